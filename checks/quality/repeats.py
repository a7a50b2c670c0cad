"""Values found more than once: proved absent in passing when they can be, counted otherwise.

Each way is exact: what it cannot prove, the next one counts.
"""

from typing import Any

import duckdb

from checks.quality.figures import Repeats

# Rows looked at to see whether it is worth reading a column in its order.
_PROBE = 2048
# A bit for each number that could be: at most as many bytes as a hash table would take, and 32 MB.
_BITS_PER_ROW = 64
_MOST_BITS = 1 << 28


def count_repeats(
    connection: duckdb.DuckDBPyConnection, asked: Repeats, *, rows: int, large: bool
) -> int:
    """How many considered rows hold values found more than once, every occurrence counted."""
    if large and len(asked.values) == 1:
        counted = _in_order(connection, asked)
        if counted is not None:
            return counted
        if asked.dense is not None and _all_different(connection, asked, asked.dense, rows):
            return 0
    if large and asked.hashed:
        return _by_hash(connection, asked)
    return _grouped(connection, asked)


def _in_order(connection: duckdb.DuckDBPyConnection, asked: Repeats) -> int | None:
    """Read in its own order, if it grows: equal values are then neighbours. None if it does not.

    DuckDB streams a window without order over the rows one after the other, in one thread.
    """
    (value,) = asked.values
    column = f"(select {value} as v from {asked.source.sql} where {asked.considered})"
    neighbours = f"(select v, lag(v) over () as before, lead(v) over () as after from {column})"
    probe = f"(select v, lag(v) over () as before from {column} limit {_PROBE})"
    if _one(connection, f"select count(*) from {probe} where v < before"):
        return None
    falls, repeats = _row(
        connection,
        f"select count(*) filter (where v < before), "
        f"count(*) filter (where v = before or v = after) from {neighbours}",
    )
    return None if falls else int(repeats)


def _all_different(
    connection: duckdb.DuckDBPyConnection, asked: Repeats, dense: tuple[int, int], rows: int
) -> bool:
    """Whether whole numbers between two bounds set as many bits as there are rows."""
    low, high = dense
    if high - low >= min(_MOST_BITS, _BITS_PER_ROW * rows):
        return False
    (value,) = asked.values
    distinct, present = _row(
        connection,
        f"select bit_count(bitstring_agg({value}, {low}, {high})), count({value}) "
        f"from {asked.source.sql} where {asked.considered}",
    )
    return bool(distinct == present)


def _by_hash(connection: duckdb.DuckDBPyConnection, asked: Repeats) -> int:
    """Grouped by hashes of 8 bytes; only rows whose hash repeats are then compared for good."""
    rows, values = f"{asked.source.sql} where ({asked.considered})", ", ".join(asked.values)
    return int(
        _one(
            connection,
            f"with suspects as materialized (select hash({values}) as h from {rows} "
            "group by h having count(*) > 1) "
            "select coalesce(sum(n) filter (where n > 1), 0) from (select count(*) as n "
            # Without a suspect, the rows are not read again.
            f"from {rows} and (select count(*) from suspects) > 0 "
            f"and hash({values}) in (from suspects) group by {values})",
        )
    )


def _grouped(connection: duckdb.DuckDBPyConnection, asked: Repeats) -> int:
    return int(
        _one(
            connection,
            "select coalesce(sum(n) filter (where n > 1), 0) from (select count(*) as n "
            f"from {asked.source.sql} where {asked.considered} group by {', '.join(asked.values)})",
        )
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    return _row(connection, query)[0]


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    if row is None:
        raise RuntimeError("an aggregate without group always gives one row")
    return tuple(row)
