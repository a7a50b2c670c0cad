"""When tables are refreshed: one job and one schedule per cadence the contracts declare.

Night and early morning, never during the evening peak of the power grid (19 h to 23 h): RGESN 2024,
criterion 8.10. The minute is spread by name so that sources are not all asked at once.
"""

import zlib
from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets.catalogue import Catalogue, Table
from pipelines.publications import PUBLICATIONS

TIMEZONE = "Europe/Paris"
EVERYTHING = "tout"
PUBLISHING = "publication"
# « ponctuelle » has no schedule: someone asks for it.
CRONS = {
    "horaire": "{minute} 0-18,23 * * *",
    "quotidienne": "{minute} 3 * * *",
    "hebdomadaire": "{minute} 4 * * 1",
    "mensuelle": "{minute} 4 2 * *",
    "trimestrielle": "{minute} 5 3 1,4,7,10 *",
    "semestrielle": "{minute} 5 4 4,10 *",
    "annuelle": "{minute} 5 5 1 *",
}


def jobs(catalogue: Catalogue) -> list[UnresolvedAssetJobDefinition]:
    """One job per cadence, one for everything, one for what is published."""
    by_cadence = [
        dg.define_asset_job(
            cadence,
            selection=_selection(catalogue, cadence),
            description=f"Sources de cadence {cadence}, ce qui les lit, et les publications.",
        )
        for cadence in _cadences(catalogue)
    ]
    return [
        *by_cadence,
        dg.define_asset_job(
            EVERYTHING,
            selection=dg.AssetSelection.all(),
            description="Toutes les tables et toutes les publications.",
        ),
        dg.define_asset_job(
            PUBLISHING,
            selection=dg.AssetSelection.assets(*PUBLICATIONS),
            description="Le fichier des analystes et la page des élus.",
        ),
    ]


def schedules(catalogue: Catalogue) -> list[dg.ScheduleDefinition]:
    """One schedule per cadence, on as soon as the daemon runs."""
    return [
        dg.ScheduleDefinition(
            name=f"cadence_{cadence}",
            job_name=cadence,
            cron_schedule=cron(cadence),
            execution_timezone=TIMEZONE,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description=f"Cadence {cadence} des contrats, hors de la pointe de 19 h à 23 h.",
        )
        for cadence in _cadences(catalogue)
        if cadence in CRONS
    ]


def cron(cadence: str) -> str:
    """The cron line of a cadence."""
    return CRONS[cadence].format(minute=5 + zlib.crc32(cadence.encode()) % 50)


def _cadences(catalogue: Catalogue) -> list[str]:
    used = {table.contract.cadence for table in catalogue if table.layer == "sources"}
    return [cadence for cadence in (*CRONS, "ponctuelle") if cadence in used]


def _selection(catalogue: Catalogue, cadence: str) -> dg.AssetSelection:
    keys = [table.key for table in _sources(catalogue) if table.contract.cadence == cadence]
    reached = [dg.AssetKey(key.split(".")) for key in sorted(catalogue.downstream(keys))]
    return dg.AssetSelection.assets(*reached, *PUBLICATIONS)


def _sources(catalogue: Catalogue) -> Iterator[Table]:
    return (table for table in catalogue if table.layer == "sources")
