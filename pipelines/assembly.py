"""Every asset, check, job, schedule and sensor of a platform, put together."""

import dagster as dg

from assets.platform import Platform
from pipelines.publications import publication_assets
from pipelines.schedules import jobs, schedules
from pipelines.session import Session
from pipelines.tables import table_asset
from pipelines.watching import sensors


def definitions_of(platform: Platform, session: Session | None = None) -> dg.Definitions:
    """The definitions of a platform; `session` lets the command line watch a run."""
    session = session or Session(platform)
    catalogue = platform.catalogue
    return dg.Definitions(
        assets=[
            *(table_asset(table, session) for table in catalogue),
            *publication_assets(catalogue, session),
        ],
        jobs=jobs(catalogue),
        schedules=schedules(catalogue),
        sensors=sensors(platform),
        # One process: Great Expectations is imported once, and DuckDB has its one writer
        # (78 s with one process per step, 13 s here, for the same two assets).
        executor=dg.in_process_executor,
    )
