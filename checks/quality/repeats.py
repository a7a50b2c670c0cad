"""Values found more than once: proved absent in passing when they can be, counted otherwise.

Each way is exact: what it cannot prove, the next one counts.
"""

from typing import Any

import duckdb

from checks.quality.figures import Repeats
from checks.quality.packing import Packed, packed

# Rows looked at, here and there, to see whether it is worth reading a column in its order.
_PROBE = 2048
_PROBES = 2


def count_repeats(
    connection: duckdb.DuckDBPyConnection, asked: Repeats, *, rows: int, large: bool
) -> int:
    """How many considered rows hold values found more than once, every occurrence counted.

    `rows` is how many the table has, whatever the condition on them.
    """
    if large and len(asked.values) == 1 and not asked.few:
        counted = _in_order(connection, asked, rows)
        if counted is not None:
            return counted
    if large and (bits := packed(asked, rows)) is not None:
        return _by_bits(connection, asked, bits)
    if large and asked.hashed:
        return _by_hash(connection, asked)
    return _grouped(connection, asked)


def _in_order(connection: duckdb.DuckDBPyConnection, asked: Repeats, rows: int) -> int | None:
    """Read in its own order, if it grows: equal values are then neighbours. None if it does not.

    DuckDB streams a window without order over the rows one after the other, in one thread; to
    compare two texts costs it more than to hash them.
    """
    (value,) = asked.values
    column = f"(select {value} as v from {asked.source.sql} where {asked.considered})"
    neighbours = f"(select v, lag(v) over () as before, lead(v) over () as after from {column})"
    if any(_falls(connection, asked, rows * each // _PROBES) for each in range(_PROBES)):
        return None
    falls, repeats = _row(
        connection,
        f"select count(*) filter (where v < before), "
        f"count(*) filter (where v = before or v = after) from {neighbours}",
    )
    return None if falls else int(repeats)


def _falls(connection: duckdb.DuckDBPyConnection, asked: Repeats, first: int) -> bool:
    """Whether values do not grow over a few rows; a view, which does not number its own, does."""
    (value,), table = asked.values, asked.source.table
    some = f"(select {value} as v from {table} where rowid between {first} and {first + _PROBE})"
    try:
        found = _one(
            connection,
            f"select count(*) from (select v, lag(v) over () as before from {some}) "
            "where v < before",
        )
    except (duckdb.BinderException, duckdb.ConversionException):
        return True
    return bool(found)


def _by_bits(connection: duckdb.DuckDBPyConnection, asked: Repeats, bits: Packed) -> int:
    """A bit for each key; only rows which their bits do not account for are compared for good."""
    rows = f"{asked.source.sql} where ({asked.considered})"
    names = [f"g{place}" for place in range(len(bits.groups))]
    groups = ", ".join(f"{group} as {name}" for group, name in zip(bits.groups, names, strict=True))
    values = ", ".join(f"{value} as v{place}" for place, value in enumerate(asked.values))
    by = ", ".join(f"v{place}" for place in range(len(asked.values)))
    alike = " and ".join(f"rows.{name} is not distinct from suspects.{name}" for name in names)
    return int(
        _one(
            connection,
            f"with suspects as materialized (select {groups} from {rows} group by all "
            f"having coalesce(bit_count(bitstring_agg({bits.place}, 0, {bits.places - 1})), 0) "
            # Rows without a number are as one.
            f"+ (count(*) > count({bits.place}))::integer < count(*)) "
            "select coalesce(sum(n) filter (where n > 1), 0) from (select count(*) as n "
            # Without a suspect, the rows are not read again.
            f"from (select {groups}, {values} from {rows}) as rows "
            f"semi join suspects on ({alike}) group by {by})",
        )
    )


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
