"""What was already released of a table: whoever kept an earlier version compares it with the next.

Each cell is remembered once per value it was released with: that value is known for ever, and
hiding it protects nothing. Of a hidden value only a keyed seal is kept, which tells whether it
changed, and which cells it was added up with: what follows is in `checks.disclosure.earlier`.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
) -> dict[tuple[str, str], int]:
    """The rows that were hidden with the value they have now, by cell and seal."""
    sealed = connection.execute(
        f"select distinct _row, _cell, {quoted(column)}, seal "
        f"from {AT_HAND} join quality.released on cell = _cell "
        f"where {_of(key, column)} and seal is not null and {quoted(column)} is not null "
        "order by all"
    ).fetchall()
    return {
        (cell, seal): row
        for row, cell, value, seal in sealed
        if seals.match([seal], cell, column, value)
    }


@dataclass(frozen=True)
class Unseen:
    """A cell hidden in one release: whether it told too much by itself, the lines it stood in.

    Two cells of a release that share a line, by its name there, are added up in it.
    """

    version: int
    cell: str
    seal: str
    sensitive: bool
    lines: Sequence[str]


def hidden_before(
    connection: duckdb.DuckDBPyConnection, seals: Seals, key: str, column: str
) -> list[Unseen]:
    """Every cell that was hidden in some release, but for what another release showed."""
    told = f"from quality.released where {_of(key, column)}"
    found = connection.execute(
        f"""
        with shown as (select cell, list(value) as shown {told} and value is not null group by cell)
        select version, cell, seal, sensitive, lines, shown
        from (from quality.released where {_of(key, column)} and seal is not null)
        left join shown using (cell)
        order by version, cell, seal
        """
    ).fetchall()
    return [
        Unseen(version, cell, seal, sensitive, lines)
        for version, cell, seal, sensitive, lines, shown in found
        if not any(seals.match([seal], cell, column, value) for value in shown or [])
    ]


def prepare_release(connection: duckdb.DuckDBPyConnection) -> None:
    """Make room for what the version at hand will tell if it is published."""
    connection.execute(
        f"create or replace temp table {PENDING.removeprefix('temp.')} "
        "(table_name varchar, cell varchar, column_name varchar, value double, seal varchar, "
        "sensitive boolean, lines varchar[])"
    )


def prepare_column(
    connection: duckdb.DuckDBPyConnection,
    seals: Seals,
    key: str,
    column: str,
    hidden: Mapping[int, tuple[bool, list[str]]],
) -> None:
    """Write down what a column will tell: `hidden` are its hidden rows, with whether each is
    sensitive and the lines it stands in.
    """
    told = f"from {AT_HAND} where {quoted(column)} is not null and _row"
    connection.execute(
        f"insert into {PENDING} select {literal(key)}, _cell, {literal(column)}, "
        f"{quoted(column)}, null, null, null {told} not in (select unnest($1))",
        [list(hidden)],
    )
    unseen = connection.execute(
        f"select _row, _cell, {quoted(column)} {told} in (select unnest($1))", [list(hidden)]
    ).fetchall()
    if unseen:
        connection.executemany(
            f"insert into {PENDING} values (?, ?, ?, null, ?, ?, ?)",
            [
                [key, cell, column, seals.make(cell, column, value), *hidden[row]]
                for row, cell, value in unseen
            ],
        )


def remember_release(connection: duckdb.DuckDBPyConnection, key: str, version: int | None) -> None:
    """Remember what a version that is being published tells: each value once, what is hidden
    whenever it is not hidden as in the version before.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    columns = "cell, column_name, value, seal, sensitive, lines"
    connection.execute(
        f"""
        insert into quality.released by name
        with now as (select {columns} from {PENDING} where table_name = {literal(key)}),
        earlier as (from quality.released where table_name = {literal(key)}),
        last as (select {columns} from earlier where seal is not null
            and version = (select max(version) from earlier where seal is not null)),
        hidden as (select {columns} from now where seal is not null)
        select
            {literal(key)} as table_name, {literal(version)} as version,
            {literal(now)} as released_at, {columns}
        from now
        where case
            when seal is null then (cell, column_name, value) not in (
                select (cell, column_name, value) from earlier where value is not null
            )
            else exists (from hidden except from last) or exists (from last except from hidden)
        end
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
