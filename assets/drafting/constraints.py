"""What every value of the file satisfies, and so may be asked of the next ones.

Read from the typed table, after the decoder set aside what it could not read. Ranges are told, not
asked: next year's largest value will be larger.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from assets.drafting.proposal import Proposal
from checks.declaration import VARIABLE
from checks.protection.kind import says
from resources.french import number
from resources.sql import literal, quoted

# A list is proposed where each value is seen often enough for a new one to be a surprise.
LONGEST_LIST = 15
TIMES_SEEN = 20
# A list of the places of today is not a list of the places there may be.
PLACES = (
    "commune",
    "ville",
    "nom",
    "libelle",
    "zone",
    "voie",
    "quartier",
    "epci",
    "adresse",
    "iris",
)
LATITUDES = ("lat", "latitude", "ylat")
LONGITUDES = ("lon", "lng", "long", "longitude", "xlong")


@dataclass(frozen=True)
class Measured:
    """Figures of one column of the typed table."""

    name: str
    missing: int
    distinct: int
    least: Any
    most: Any
    longest: int | None


def measured(
    connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]
) -> tuple[int, list[Measured]]:
    """How many rows a typed table has, and the figures of each column."""
    asked = ", ".join(
        f"count(*) - count({column}), count(distinct {column}), min({column}), max({column}), "
        f"max(length({column}::varchar))"
        for column in map(quoted, names)
    )
    row = connection.execute(f"select count(*), {asked} from {table}").fetchone()
    assert row is not None
    figures = [row[start : start + 5] for start in range(1, len(row), 5)]
    return row[0], [Measured(name, *of) for name, of in zip(names, figures, strict=True)]


def constrained(
    connection: duckdb.DuckDBPyConnection, table: str, rows: int, one: Proposal, of: Measured
) -> Proposal:
    """A proposal with what all its values satisfy."""
    constraints: dict[str, Any] = {}
    doubts: list[str] = []
    if rows and not of.missing:
        constraints["required"] = True
    constraints |= one.words.get("constraints", {})
    if one.type in ("integer", "number", "year") and of.least is not None:
        constraints |= _bounds(one, of)
        if one.personal == "none":
            doubts.append(
                f"De {_told(of.least)} à {_told(of.most)} dans ce fichier."
                if of.least < of.most
                else f"Toujours {_told(of.least)} dans ce fichier."
            )
    if one.type in ("date", "datetime") and of.least is not None:
        if one.personal == "none":
            doubts.append(f"Du {of.least:%d/%m/%Y} au {of.most:%d/%m/%Y} dans ce fichier.")
        if of.least.year < 1900 or of.most.year > 2100:
            doubts.append("Des dates avant 1900 ou après 2100 : à vérifier.")
    if _listable(one, of, rows):
        values, variants = _values(connection, table, one.name)
        if not any(VARIABLE.search(value) for value in values):
            constraints["enum"] = values
        doubts += variants
    words = {word: value for word, value in one.words.items() if word != "constraints"}
    if constraints:
        words["constraints"] = constraints
    return replace(one, words=words).doubting(*doubts)


def _bounds(one: Proposal, of: Measured) -> dict[str, Any]:
    for titles, bound in ((LATITUDES, 90), (LONGITUDES, 180)):
        if says(one.name, titles):
            return _within(of, -bound, bound)
    if one.type == "year":
        return _within(of, 1800, 2100)
    return {"minimum": 0} if of.least >= 0 else {}


def _within(of: Measured, least: int, most: int) -> dict[str, Any]:
    """Bounds that every value keeps, or none."""
    return {"minimum": least, "maximum": most} if least <= of.least <= of.most <= most else {}


def _listable(one: Proposal, of: Measured, rows: int) -> bool:
    return (
        one.type == "string"
        and one.personal == "none"
        and not {"format", "constraints"} & set(one.words)
        and not says(one.name, PLACES)
        and 2 <= of.distinct <= LONGEST_LIST
        and rows - of.missing >= TIMES_SEEN * of.distinct
        and (of.longest or 0) <= 60
    )


def _values(
    connection: duckdb.DuckDBPyConnection, table: str, name: str
) -> tuple[list[str], list[str]]:
    """The values, the most frequent first, and the doubt when one is written in several ways."""
    column = quoted(name)
    values = [
        row[0]
        for row in connection.execute(
            f"select {column} from {table} where {column} is not null "
            f"group by all order by count(*) desc, {column}"
        ).fetchall()
    ]
    told = ", ".join(literal(value) for value in values)
    row = connection.execute(
        "select count(distinct lower(strip_accents(regexp_replace(value, '\\W', '', 'g')))) "
        f"from (select unnest([{told}]) as value)"
    ).fetchone()
    if row is not None and row[0] < len(values):
        return values, ["Une même valeur s’écrit de plusieurs façons."]
    return values, []


def _told(value: float) -> str:
    if value == int(value):
        return number(value) if abs(value) >= 10_000 else str(int(value)).replace("-", "−")
    return number(value, 3 if abs(value) < 100 else 1)
