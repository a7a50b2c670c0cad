"""`ardoise sources`: every source there is, whichever profile has it, and how fresh it is."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rich.table import Table as Grid
from rich.text import Text

from assets.catalogue import Table
from assets.freshness import State, freshness
from assets.platform import Platform
from pipelines.grids import console, filled, fitting
from resources.addresses import told
from resources.french import day, plural
from resources.outage import Outages

STYLES: Mapping[State, str] = {
    "fresh": "green",
    "late": "yellow",
    "never": "dim",
    "outage": "bold red",
}
# The columns of a terminal of each width: what a narrow one leaves out is in `ardoise check`.
COLUMNS = (
    (0, ("Source", "État")),
    (76, ("Source", "État", "Reçue le", "Cadence")),
    (110, ("Source", "État", "Reçue le", "Cadence", "Profils", "Accès", "Connecteur")),
    (150, ("Source", "Titre", "État", "Reçue le", "Cadence", "Profils", "Accès", "Adresse")),
)


def show_sources(platform: Platform) -> None:
    """A line for each source, those of other profiles apart."""
    catalogue = platform.catalogue
    own = [table for table in catalogue if table.layer == "sources"]
    others = [table for table in catalogue.elsewhere if table.layer == "sources"]
    out = console()
    out.print(_grid(platform, own, out.width))
    out.print(f"{plural(len(own), 'source')} dans le profil « {catalogue.profile} ».")
    if others:
        out.print(f"\nHors du profil « {catalogue.profile} » (ARDOISE_PROFILE en change) :")
        out.print(_grid(platform, others, out.width))


def _grid(platform: Platform, tables: Sequence[Table], width: int) -> Grid:
    outages, now = Outages(platform.home), datetime.now(UTC).replace(tzinfo=None)
    columns = fitting(width, COLUMNS)
    lines = []
    for table in tables:
        landed = platform.landing.last(table.landing)
        found = freshness(table.contract.cadence, landed, outages.of(table.landing), now)
        lines.append(
            {
                **_declared(table),
                "État": Text(found.sentence, style=STYLES[found.state]),
                "Reçue le": day(landed.received_at.date()) if landed else "–",
            }
        )
    grid = filled(columns, lines)
    grid.columns[columns.index("État")].no_wrap = width >= COLUMNS[1][0]
    return grid


def _declared(table: Table) -> dict[str, str | Text]:
    contract = table.contract
    return {
        "Source": table.key,
        "Titre": contract.title,
        "Cadence": contract.cadence or "",
        "Profils": ", ".join(contract.profiles) or "tous",
        "Accès": contract.access,
        "Connecteur": contract.url.partition(":")[0],
        "Adresse": told(contract.url) + (" (synthétique)" if contract.synthetic else ""),
    }
