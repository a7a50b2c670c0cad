"""The cells of the version at hand: a scratch table the rest of the control reads, row by row.

One row per row of the staged table, in its order: its place there, its dimensions as one text, and
the numbers the control needs. It lives in the connection, and is replaced by the next table's.
"""

from collections.abc import Iterator

import duckdb
import numpy as np

from checks.disclosure.lines import Reals
from checks.disclosure.words import Cells, Disclosure
from resources.sql import quoted

# Names of columns of a contract begin with a letter: these can be none of them.
AT_HAND = "temp._cells"


def lay_out(connection: duckdb.DuckDBPyConnection, table: str, declared: Disclosure) -> None:
    """Write the cells of a staged table down."""
    connection.execute(
        f"create or replace temp table {AT_HAND.removeprefix('temp.')} as "
        "select rowid as _place, row_number() over (order by rowid) - 1 as _row, "
        f"{', '.join([f'{_told(declared)} as _cell', *_doubles(declared)])} from {table}"
    )


def numbers(connection: duckdb.DuckDBPyConnection, name: str) -> Reals:
    """One column of the cells, in their order; a null is NaN."""
    found = connection.execute(f"select {quoted(name)} from {AT_HAND} order by _row").fetchnumpy()
    return np.ma.filled(np.ma.asarray(found[name]).astype(np.float64), np.nan)


def added_up(cells: Cells) -> list[str]:
    """The columns that add up from one cell to another, the count first."""
    return list(dict.fromkeys((cells.count, *cells.sums)))


def _told(declared: Disclosure) -> str:
    """The place of a row in its table, in SQL: its dimensions."""
    names = [f"{quoted(name)} := {quoted(name)}::varchar" for name in declared.dimensions]
    return f"to_json(struct_pack({', '.join(names)}))::varchar" if names else "'{}'"


def _doubles(declared: Disclosure) -> Iterator[str]:
    names = [
        name
        for cells in declared.cells
        for name in (*added_up(cells), *filter(None, cells.sums.values()))
    ]
    return (f"{quoted(name)}::double as {quoted(name)}" for name in dict.fromkeys(names))
