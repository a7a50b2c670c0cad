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


def births(
    connection: duckdb.DuckDBPyConnection, table: str, places: Sequence[Place], *, persons: bool
) -> list[Finding]:
    """The columns that hold dates of birth."""
    dates = [place for place in places if place.look == "date"]
    named = [place for place in dates if kinds()[BIRTH].named(place.names)]
    silent = [place for place in dates if place not in named] if persons else []
    if not named and not silent:
        return []
    asked = [f"count({quoted(place.name)})" for place in named]
    asked += [
        f"count({date}), coalesce(year(quantile_disc({date}, 0.95)) - "
        f"year(quantile_disc({date}, 0.05)), 0), "
        f"coalesce(year(current_date) - year(quantile_disc({date}, 0.9)), 0)"
        for date in (quoted(place.name) for place in silent)
    ]
    row = connection.execute(f"select {', '.join(asked)} from {table}").fetchall()[0]
    found = [
        Finding(place.name, BIRTH, filled, filled)
        for place, filled in zip(named, row, strict=False)
        if filled
    ]
    for rank, place in enumerate(silent):
        filled, span, age = row[len(named) + 3 * rank : len(named) + 3 * rank + 3]
        if filled >= ENOUGH and span >= SPAN and age >= AGE:
            found.append(Finding(place.name, BIRTH, filled, filled))
    return found
