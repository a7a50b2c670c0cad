"""What was already released of a table: whoever kept an earlier version compares it with the next.

Each cell is remembered once per value it was released with. Of a hidden value only a keyed seal is
kept, to know whether it changed: a cell hidden once stays hidden until it does, and a value once
released is known for ever, so that hiding it protects nothing.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import duckdb
import numpy as np

from checks.disclosure.lines import Numbers
from resources.keys import Key, Keys
from resources.sql import literal, quoted

DOMAIN = "cellules"
CELLS = "temp._cells"  # (place, row, cell, and each additive column) of the version at hand
PENDING = "temp._released"  # what that version releases, once it is published


def remembered(connection: duckdb.DuckDBPyConnection, key: str) -> bool:
    """Whether some release of a table is remembered."""
    return (
        connection.execute(
            f"select 1 from quality.released where table_name = {literal(key)} limit 1"
        ).fetchone()
        is not None
    )


def released_as_they_are(connection: duckdb.DuckDBPyConnection, key: str, column: str) -> Numbers:
    """The rows whose value was released, as it is now: it is known, hidden or not."""
    found = connection.execute(
        f"select distinct row from {CELLS} join quality.released as earlier using (cell) "
        f"where {_of(key, column)} and earlier.value = {quoted(column)}"
    ).fetchnumpy()["row"]
    return found.astype(np.int64)


def changed_a_little(
    connection: duckdb.DuckDBPyConnection, key: str, column: str, least: int
) -> Numbers:
    """The rows that differ, by less than so many units, from a value that was released."""
    found = connection.execute(
        f"select distinct row from {CELLS} join quality.released as earlier using (cell) "
        f"where {_of(key, column)} and earlier.value <> {quoted(column)} "
        f"and abs(earlier.value - {quoted(column)}) < {literal(least)}"
    ).fetchnumpy()["row"]
    return found.astype(np.int64)


def hidden_as_they_are(
    connection: duckdb.DuckDBPyConnection, keys: Keys, key: str, column: str
) -> Numbers:
    """The rows that were hidden with the value they have now."""
    sealed = connection.execute(
        f"select row, any_value(cell), any_value({quoted(column)}), list(seal) "
        f"from {CELLS} join quality.released as earlier using (cell) "
        f"where {_of(key, column)} and seal is not null group by row"
    ).fetchall()
    versions = keys.versions(DOMAIN) if sealed else []
    same = [
        row
        for row, cell, value, seals in sealed
        if any(_seal(version, key, cell, column, value) in seals for version in versions)
    ]
    return np.array(sorted(same), dtype=np.int64)


def prepare_release(
    connection: duckdb.DuckDBPyConnection,
    keys: Keys,
    key: str,
    hidden: Iterable[tuple[str, Sequence[int]]],
) -> None:
    """Write down, by column and hidden rows, what this version would tell if it is published."""
    connection.execute(
        f"create or replace temp table {PENDING.removeprefix('temp.')} "
        "(table_name varchar, cell varchar, column_name varchar, value double, seal varchar)"
    )
    for column, rows in hidden:
        connection.execute(
            f"insert into {PENDING} select {literal(key)}, cell, {literal(column)}, "
            f"{quoted(column)}, null from {CELLS} where {quoted(column)} is not null "
            "and row not in (select unnest($1))",
            [list(rows)],
        )
        unseen = connection.execute(
            f"select cell, {quoted(column)} from {CELLS} "
            f"where {quoted(column)} is not null and row in (select unnest($1))",
            [list(rows)],
        ).fetchall()
        if unseen:
            current = keys.current(DOMAIN)
            connection.executemany(
                f"insert into {PENDING} values (?, ?, ?, null, ?)",
                [
                    [key, cell, column, _seal(current, key, cell, column, value)]
                    for cell, value in unseen
                ],
            )


def remember_release(connection: duckdb.DuckDBPyConnection, key: str, version: int | None) -> None:
    """Remember what a version that is being published tells; nothing where nothing is new."""
    now = datetime.now(UTC).replace(tzinfo=None)
    connection.execute(
        f"""
        insert into quality.released by name
        select
            table_name, {literal(version)} as version, {literal(now)} as released_at,
            cell, column_name, value, seal
        from {PENDING} as now
        where table_name = {literal(key)} and not exists (
            select 1 from quality.released as earlier
            where earlier.table_name = now.table_name and earlier.cell = now.cell
            and earlier.column_name = now.column_name
            and earlier.value is not distinct from now.value
            and earlier.seal is not distinct from now.seal
        )
        """
    )


def _of(key: str, column: str) -> str:
    return f"earlier.table_name = {literal(key)} and earlier.column_name = {literal(column)}"


def _seal(version: Key, key: str, cell: str, column: str, value: float) -> str:
    said = "\x1f".join((key, cell, column, repr(float(value))))
    told = hmac.new(version.value, said.encode(), hashlib.sha256).hexdigest()
    return f"{version.version}:{told}"
