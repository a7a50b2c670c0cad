"""The equations anyone can write between the cells of a table: which cells add up to what.

A margin known from elsewhere is a line of cells whose sum is known. A total that stands in the
table's own rows is a line of its parts, against itself. Cells are rows of a table, by number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from checks.disclosure.words import Disclosure
from resources.sql import literal, quoted

Numbers = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Lines of one kind: for each cell the number of its line (-1 for none) and its sign in it."""

    line: Numbers
    sign: Reals


def lines_of(
    connection: duckdb.DuckDBPyConnection, table: str, declared: Disclosure
) -> list[Lines]:
    """Every kind of line of a table, cells in the order of its rows."""
    return [
        Lines(line.astype(np.int64), sign.astype(np.float64))
        for query in (*_margins(declared, table), *_totals(declared, table))
        for line, sign in [_fetched(connection, query)]
    ]


def _fetched(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Numbers, Reals]:
    found = connection.execute(query).fetchnumpy()
    return found["line"], found["sign"]


def _margins(declared: Disclosure, table: str) -> Iterator[str]:
    """A margin adds the finest cells: a row that is itself a total is not one of its parts."""
    whole = " or ".join(_is_total(name, declared) for name in declared.totals) or "false"
    for margin in declared.margins:
        yield (
            f"select case when {whole} then -1 else {_rank(margin)} end as line, 1.0 as sign "
            f"from {table} order by rowid"
        )


def _totals(declared: Disclosure, table: str) -> Iterator[str]:
    """A total that stands in the table is the sum of the other cells of its line."""
    for name in declared.totals:
        others = [each for each in declared.dimensions if each != name]
        by = ", ".join(quoted(each) for each in others)
        told = f"bool_or({_is_total(name, declared)}) over ({f'partition by {by}' if by else ''})"
        yield (
            f"select case when {told} then {_rank(others)} else -1 end as line, "
            f"case when {_is_total(name, declared)} then -1.0 else 1.0 end as sign "
            f"from {table} order by rowid"
        )


def _is_total(name: str, declared: Disclosure) -> str:
    return f"({quoted(name)}::varchar is not distinct from {literal(declared.totals[name])})"


def _rank(names: Sequence[str]) -> str:
    if not names:
        return "0"
    return f"dense_rank() over (order by {', '.join(quoted(name) for name in names)}) - 1"
