"""The catalogue: an index of what exists, and one sheet per table."""

from collections.abc import Iterator
from typing import Any

from assets.dashboards import anonymity, history, sheet
from assets.dashboards.periods import period_states, periods
from assets.dashboards.site import Draft, Site
from assets.dashboards.views import first_of_month
from assets.publication.audiences import readable_columns
from resources import french

NAVIGATION = (4, "Catalogue", "catalogue/index.html")
LAYERS = {"curated": "Tables croisées", "sources": "Sources"}


def drafts(site: Site) -> Iterator[Draft]:
    """The index, then a sheet for each table."""
    tables = {table.key: table for table in site.tables}
    rows: dict[str, list[dict[str, Any]]] = {layer: [] for layer in LAYERS}
    sheets = []
    for table in site.tables:
        contract = table.contract
        versions = history.decided(site.connection, table.key)
        rules = history.rule_states(site.connection, table.key)
        spent = history.spent(site.connection, table.key, first_of_month(site.today))
        published = next((one for one in versions if one.outcome == "published"), None)
        rows[table.layer].append(
            {
                "path": f"{table.key}.html",
                "title": contract.title,
                "theme": contract.theme,
                "access": sheet.ACCESS[contract.access],
                "rows": "–"
                if published is None or published.rows is None
                else french.number(published.rows),
                "fresh": sheet.freshness(published).removeprefix("Données du "),
                "chip": sheet.quality(rules),
            }
        )
        words = {
            "description": contract.description,
            "over": contract.theme,
            "key": table.key,
            "lead": contract.description,
            "grain": contract.grain,
            "facts": sheet.facts(table, versions, rules, spent),
            "anonymity": anonymity.answers(contract, rules),
            "caveats": contract.caveats,
            "lineage": sheet.lineage(table, tables),
            "columns": sheet.columns(contract),
            "rules": sheet.rule_lines(rules),
            "periods": periods(contract.partitions, period_states(site.connection, table.key))
            if contract.partitions
            else None,
            "versions": sheet.version_lines(versions),
            "readable": contract.access if readable_columns(contract) else None,
        }
        sheets.append(Draft(f"catalogue/{table.key}.html", contract.title, "fiche.html.j2", words))
    yield Draft(
        "catalogue/index.html",
        "Catalogue des données",
        "catalogue.html.j2",
        {
            "groups": [
                {"name": name, "rows": sorted(rows[layer], key=lambda row: str(row["title"]))}
                for layer, name in LAYERS.items()
            ]
        },
    )
    yield from sheets
