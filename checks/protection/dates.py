"""Columns of dates: those of birth, by their title, or by their span in a table of persons.

A date says nothing of itself. In a table that holds persons, dates that span generations and leave
out the last years are births; those of requests, sites or contracts do not look so.
"""

from collections.abc import Sequence

import duckdb

from checks.protection.columns import Place
from checks.protection.finding import Finding
from checks.protection.kind import kinds
from resources.sql import quoted

BIRTH = "naissance"
# Of nine tenths of the dates, in years: births of a public span more, and grown-ups are older.
SPAN, AGE = 25, 12
ENOUGH = 20
# The part of a text column that must be days for it to be a column of dates.
DAYS = 0.9
LAYOUTS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d"]


def births(
    connection: duckdb.DuckDBPyConnection, table: str, places: Sequence[Place], *, persons: bool
) -> list[Finding]:
    """The columns that hold dates of birth."""
    dates = [place for place in places if place.look == "date"]
    named = [place for place in dates if kinds()[BIRTH].named(place.names)]
    found = []
    if named:
        counts = ", ".join(f"count({quoted(place.name)})" for place in named)
        row = connection.execute(f"select {counts} from {table}").fetchall()[0]
        found += [Finding(p.name, BIRTH, n, n) for p, n in zip(named, row, strict=True) if n]
    if persons:
        silent = [place for place in places if place.look != "number" and place not in named]
        found += _spanning(connection, table, silent)
    return found


def _spanning(
    connection: duckdb.DuckDBPyConnection, table: str, places: Sequence[Place]
) -> list[Finding]:
    """The columns whose dates span generations; a text may be a column of dates."""
    if not places:
        return []
    asked = ", ".join(
        f"count({quoted(place.name)}), count({day}), "
        f"coalesce(year(quantile_disc({day}, 0.95)) - year(quantile_disc({day}, 0.05)), 0), "
        f"coalesce(year(current_date) - year(quantile_disc({day}, 0.9)), 0)"
        for place, day in ((place, _day(place)) for place in places)
    )
    row = connection.execute(f"select {asked} from {table}").fetchall()[0]
    figures = [row[4 * rank : 4 * rank + 4] for rank in range(len(places))]
    return [
        Finding(place.name, BIRTH, days, filled)
        for place, (filled, days, span, age) in zip(places, figures, strict=True)
        if days >= max(ENOUGH, DAYS * filled) and span >= SPAN and age >= AGE
    ]


def _day(place: Place) -> str:
    """SQL: the day that a cell is, null where it is none."""
    if place.look == "date":
        return f"{quoted(place.name)}::date"
    text = f"trim({place.text})"
    shaped = f"regexp_full_match({text}, '[0-9]{{1,4}}[-/.]?[0-9]{{2}}[-/.]?[0-9]{{2,4}}')"
    return f"(case when {shaped} then try_strptime({text}, {LAYOUTS}) end)::date"
