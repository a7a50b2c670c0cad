"""Rows read the quick way and the exact way: the same values, the same rows aside, for the same
reasons, whatever is drawn.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.decoding.judging import FAULTS, judge_suspects, streamed
from assets.decoding.macros import MACROS
from assets.decoding.reading import Reading
from assets.decoding.shortcuts import MET
from assets.decoding.storing import store
from assets.decoding.values import stored
from checks.contract import Contract
from tests.decoding import column, contract
from tests.test_shortcuts import COLUMNS, written

# `ARDOISE_DRAWS=500` makes the long run, here as for the gate.
DRAWS = int(os.environ.get("ARDOISE_DRAWS", "40"))
BOUNDS: list[dict[str, Any]] = [
    {},
    {"required": True},
    {"minLength": 2, "maxLength": 4},
    {"pattern": r"\d+.*"},
    {"enum": ["0", "1", "7", "5", "12.5", "2026", "2026-01-05", "true"]},
]
CORRECTION = {"column": "a0", "value": "7", "becomes": "8"} | {
    "reason": "faute",
    "author": "Essai",
    "date": "2026-01-05",
}
LIMITS = {"integer": (0, 100), "number": (0, 100), "year": (2000, 2026)}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        yield connection


@st.composite
def tables(draw) -> tuple[Contract, list[list[str | None]], frozenset[int]]:
    """A contract, rows of texts, and the columns that are read with care."""
    kinds = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4))
    columns = []
    for index, words in enumerate(kinds):
        constraints = dict(draw(st.sampled_from(BOUNDS)))
        if (limits := LIMITS.get(words["type"])) and draw(st.booleans()):
            constraints = {"minimum": limits[0], "maximum": limits[1]}
        severity = draw(st.sampled_from(["critical", "critical", "warning"]))
        columns.append(column(f"a{index}", constraints=constraints, severity=severity, **words))
    drawn = st.lists(written | st.none(), min_size=len(kinds), max_size=len(kinds))
    rows = draw(st.lists(drawn, min_size=1, max_size=12))
    careful = draw(st.frozensets(st.integers(0, len(kinds) - 1)))
    mended = draw(st.sampled_from([[], [CORRECTION], [CORRECTION | {"value": ""}]]))
    return contract(*columns, missingValues=["", "ND"], corrections=mended), rows, careful


def judged(connection, contract: Contract, query: str):
    """The typed rows, and those at fault with their texts and reasons."""
    names = ", ".join(f"{one.name} {stored(one)}" for one in contract.columns)
    connection.execute(f"create or replace table held ({names}, _raw varchar[])")
    connection.execute(f"insert into held {query}")
    judge_suspects(connection, "held", contract, numbered=True)
    good = f"select * exclude (_raw) from held where rowid not in (select row from {FAULTS})"
    return (
        repr(connection.execute(f"{good} order by rowid").fetchall()),
        connection.execute(f"from {FAULTS} order by row").fetchall(),
    )


@pytest.mark.slow
@settings(max_examples=DRAWS, deadline=None)
@given(table=tables())
@example(
    table=(
        contract(column("a0", type="number", constraints={"minLength": 2, "maxLength": 4})),
        [["\t7"], ["77"], [" 7 "]],
        frozenset(),
    )
)
def test_the_quick_way_and_the_exact_one_keep_the_same_rows(connection, table):
    declared, rows, careful = table
    written_in = "".join(text or "" for row in rows for text in row)
    met = "".join(one for one in MET if one in written_in)
    store(connection, rows, declared, range(2, len(rows) + 2))
    reading = Reading(len(rows), 0, [], numbered=True, met=met)
    texts = ", ".join(f"nullif(c{i}, '')" for i, _ in enumerate(declared.columns))
    nothing = "null, " * len(declared.columns)
    exact = f"select {nothing} [{texts}, line::varchar] from temp._texts"
    expected = judged(connection, declared, exact)
    for columns in (frozenset(), careful, frozenset(range(len(declared.columns)))):
        query = streamed(declared, replace(reading, careful=columns))
        assert judged(connection, declared, query) == expected, columns
