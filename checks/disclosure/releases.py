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

from checks.disclosure.cells import AT_HAND
from checks.disclosure.lines import Numbers
from resources.keys import Key, Keys
from resources.sql import literal, quoted

DOMAIN = "cellules"
PENDING = "temp._released"  # what the version at hand releases, once it is published


class Seals:
    """The keyed seals of hidden values of one table."""

    def __init__(self, keys: Keys, key: str) -> None:
        self._keys = keys
        self._table = key

    def make(self, cell: str, column: str, value: float) -> str:
        """The seal of a value, by the key in use."""
        return self._seal(self._keys.current(DOMAIN), cell, column, value)

    def match(self, seals: Sequence[str], cell: str, column: str, value: float) -> bool:
        """Whether one of the seals is that of the value, whichever key made it."""
        return any(
            self._seal(key, cell, column, value) in seals for key in self._keys.versions(DOMAIN)
        )

    def _seal(self, key: Key, cell: str, column: str, value: float) -> str:
        said = "\x1f".join((self._table, cell, column, repr(float(value))))
        told = hmac.new(key.value, said.encode(), hashlib.sha256).hexdigest()
        return f"{key.version}:{told}"


def remembered(connection: duckdb.DuckDBPyConnection, key: str) -> bool:
    """Whether some release of a table is remembered."""
    found = connection.execute(
        f"select 1 from quality.released where table_name = {literal(key)} limit 1"
    ).fetchone()
    return found is not None


def released_as_they_are(connection: duckdb.DuckDBPyConnection, key: str, column: str) -> Numbers:
    """The rows whose value was released, as it is now: it is known, hidden or not."""
    return _rows(connection, key, column, f"value = {quoted(column)}")


def changed_a_little(
    connection: duckdb.DuckDBPyConnection, key: str, column: str, least: int
) -> Numbers:
    """The rows that differ, by less than so many units, from a value that was released."""
    gap = f"value - {quoted(column)}"
    return _rows(connection, key, column, f"{gap} <> 0 and abs({gap}) < {literal(least)}")


def hidden_as_they_are(
    connection: duckdb.DuckDBPyConnection, seals: Seals, key: str, column: str
) -> Numbers:
    """The rows that were hidden with the value they have now."""
    sealed = connection.execute(
        f"select _row, any_value(_cell), any_value({quoted(column)}), list(seal) "
        f"from {AT_HAND} join quality.released on cell = _cell "
        f"where {_of(key, column)} and seal is not null and {quoted(column)} is not null "
        "group by _row order by _row"
    ).fetchall()
    same = [row for row, cell, value, told in sealed if seals.match(told, cell, column, value)]
    return np.array(same, dtype=np.int64)


def prepare_release(
    connection: duckdb.DuckDBPyConnection,
    seals: Seals,
    key: str,
    hidden: Iterable[tuple[str, Sequence[int]]],
) -> None:
    """Write down, by column and hidden rows, what this version will tell if it is published."""
    connection.execute(
        f"create or replace temp table {PENDING.removeprefix('temp.')} "
        "(table_name varchar, cell varchar, column_name varchar, value double, seal varchar)"
    )
    for column, rows in hidden:
        told = f"from {AT_HAND} where {quoted(column)} is not null and _row"
        connection.execute(
            f"insert into {PENDING} select {literal(key)}, _cell, {literal(column)}, "
            f"{quoted(column)}, null {told} not in (select unnest($1))",
            [list(rows)],
        )
        unseen = connection.execute(
            f"select _cell, {quoted(column)} {told} in (select unnest($1))", [list(rows)]
        ).fetchall()
        if unseen:
            connection.executemany(
                f"insert into {PENDING} values (?, ?, ?, null, ?)",
                [[key, cell, column, seals.make(cell, column, value)] for cell, value in unseen],
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


def _rows(connection: duckdb.DuckDBPyConnection, key: str, column: str, which: str) -> Numbers:
    found = connection.execute(
        f"select distinct _row from {AT_HAND} join quality.released on cell = _cell "
        f"where {_of(key, column)} and {which}"
    ).fetchnumpy()["_row"]
    return found.astype(np.int64)


def _of(key: str, column: str) -> str:
    return f"table_name = {literal(key)} and column_name = {literal(column)}"
