"""`ardoise sobriety`: what the platform cost this month, all told, and what would cost less."""

import datetime as dt
from typing import Any

import duckdb
from rich.table import Table as Grid

from assets.platform import Platform
from assets.sobriety.control import threshold
from assets.sobriety.intensity import BOUNDARY_OUT, Footprint, intensities
from assets.sobriety.levers import levers, told
from pipelines.grids import console, filled, fitting
from resources.french import carbon, energy, listing, month, percent, weight
from resources.sql import literal
from resources.warehouse import reading

WORDS = {
    "traitements": "traitements",
    "veille": "machine allumée",
    "memoire": "mémoire allumée",
    "stockage": "données gardées",
    "fabrication": "fabrication de la machine",
}
# The columns of a terminal of each width.
COLUMNS = (
    (0, ("Poste", "Électricité", "Carbone", "Part")),
    (96, ("Poste", "Électricité", "de", "à", "Carbone", "Part")),
)
SPENT = """
select
    'traitements' as line,
    sum(kwh_low) as kwh_low,
    sum(kwh) as kwh,
    sum(kwh_high) as kwh_high,
    sum(gco2e_low) as gco2e_low,
    sum(gco2e) as gco2e,
    sum(gco2e_high) as gco2e_high
from sobriety.ledger
where date_trunc('month', started_at) = {month}::date
union all by name
select
    line,
    kwh_low,
    kwh,
    kwh_high,
    gco2e_low,
    gco2e,
    gco2e_high
from sobriety.hosting
where month = {month}::date
"""
REFRESHED = """
select
    count(*),
    coalesce(sum(published_rows) filter (where starts_with(table_name, 'curated.')), 0)
from quality.versions
where outcome = 'published' and date_trunc('month', decided_at) = {month}::date
"""


def show_sobriety(platform: Platform, now: dt.datetime) -> None:
    """The month so far, then the five most useful actions.

    Raises:
        ArdoiseError: nothing is published yet.
    """
    output = console()
    with reading(platform.analyst_file) as connection:
        rows = _spent(connection, now)
        output.print(f"{month(now.date()).capitalize()}, jusqu’à ce jour")
        output.print(_grid(rows, output.width))
        for line in _rates(connection, platform, rows, now):
            output.print(line)
        output.print(_noise(connection))
        found = levers(connection, platform.catalogue, now)
    output.print()
    output.print("Ce qui allègerait le plus :" if found else "Rien à proposer de mesuré à ce jour.")
    for line in told(found):
        output.print(line)


def _spent(connection: duckdb.DuckDBPyConnection, now: dt.datetime) -> list[tuple[Any, ...]]:
    start = literal(now.date().replace(day=1).isoformat())
    return connection.execute(SPENT.format(month=start)).fetchall()


def _grid(rows: list[tuple[Any, ...]], width: int) -> Grid:
    whole = sum(row[5] or 0.0 for row in rows)
    lines = []
    for line, low, central, high, _, grams, _ in rows:
        from_, to = ("–", "–") if central is None else (energy(low), energy(high))
        lines.append(
            {
                "Poste": WORDS.get(line, line),
                "Électricité": "–" if line == "fabrication" else energy(central),
                "de": from_,
                "à": to,
                "Carbone": carbon(grams),
                "Part": percent(grams / whole) if grams is not None and whole else "–",
            }
        )
    columns = fitting(width, COLUMNS)
    return filled(columns, lines, right=frozenset(columns) - {"Poste"})


def _rates(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    rows: list[tuple[Any, ...]],
    now: dt.datetime,
) -> list[str]:
    first = literal(now.date().replace(day=1).isoformat())
    refreshes, curated = connection.execute(REFRESHED.format(month=first)).fetchall()[0]
    made = sum(row[5] or 0.0 for row in rows if row[0] == "fabrication")
    used = sum(row[5] or 0.0 for row in rows if row[0] != "fabrication")
    hours = connection.execute(
        f"select max(hours) from sobriety.hosting where month = {first}::date"
    ).fetchall()[0][0]
    rates = intensities(
        Footprint(used, made),
        curated_rows=int(curated),
        refreshes=int(refreshes),
        inhabitants=_inhabitants(connection),
        days=float(hours or 0) / 24,
    )
    stored = weight(_stored(connection))
    return [
        "Intensité carbone (SCI, ISO/IEC 21031) : "
        + " ; ".join(f"{carbon(grams)} par {unit}" for unit, grams in rates.items()),
        f"Hors périmètre : {listing(BOUNDARY_OUT)}. Tables conservées : {stored}.",
    ]


def _inhabitants(connection: duckdb.DuckDBPyConnection) -> int:
    try:
        row = connection.execute("select sum(population) from sources.communes").fetchone()
    except duckdb.Error:
        return 0  # a territory may name its communes otherwise: the rate is « non mesuré »
    return int(row[0]) if row and row[0] is not None else 0


def _stored(connection: duckdb.DuckDBPyConnection) -> int | None:
    row = connection.execute(
        "select sum(stored_bytes) from (from sobriety.volumes "
        "qualify measured_at = max(measured_at) over (partition by table_name))"
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def _noise(connection: duckdb.DuckDBPyConnection) -> str:
    noise = threshold(connection)
    if noise is None:
        return "Seuil de signification : non mesuré (travail témoin jamais exécuté)."
    return f"Une variation de moins de {percent(noise)} n’est pas significative (travail témoin)."
