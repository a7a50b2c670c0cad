"""The static pages: rendered, held to their own rules, then put in place of the former ones.

What a page says is in `assets.dashboards`; what it must satisfy is in `checks.page`.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from assets.catalogue import Table
from assets.dashboards.facts import Budget, TableCard
from assets.platform import Platform
from checks.page import check_page
from checks.rules import Verdict
from resources.files import write_whole


@dataclass(frozen=True)
class PagePublication:
    """What became of a page: its weight and verdicts; not written when one of them refuses."""

    name: str
    written: bool
    facts: Mapping[str, int]
    verdicts: Sequence[Verdict]
    sha256: str


def publish_elected_page(
    connection: duckdb.DuckDBPyConnection, platform: Platform, today: dt.date
) -> PagePublication:
    """Render the page of the elected officials from the platform's own tables."""
    from assets.dashboards.pages import (
        render_elected_page,
    )  # Jinja: paid only when a page is rendered

    territory = platform.territory.territory
    page = render_elected_page(
        connection,
        territory_name=territory.name,
        tables=[table_card(table) for table in platform.catalogue],
        budget=Budget(territory.budget.energy_kwh_month, territory.budget.storage_gb),
        today=today,
    )
    verdicts = check_page(page.content)
    written = not any(verdict.refuses for verdict in verdicts)
    if written:
        write_whole(platform.home.site / page.name, page.content)
    digest = hashlib.sha256(page.content).hexdigest()
    return PagePublication(page.name, written, page.facts, verdicts, digest)


def table_card(table: Table) -> TableCard:
    """What a page needs of a contract."""
    contract = table.contract
    return TableCard(
        name=table.key,
        title=contract.title,
        theme=contract.theme,
        layer=table.layer,
        access=contract.access,
        synthetic=contract.synthetic,
        keep=contract.retention.keep,
        keep_reason=contract.retention.reason,
        cadence=contract.cadence,
        owner=contract.owner or None,
        publisher=contract.publisher or None,
        license=contract.license or None,
    )
