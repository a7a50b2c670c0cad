"""What is observed of each processing: its tables, their volumes, their last purge.

Declared words are in `checks.register`; here are counts, bytes and dates, from the platform's own
tables and the journal, never a row of a source.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from assets.catalogue import Table
from assets.register.minimisation import offered
from checks.contract import NATURES, PersonalData
from checks.register import Entry
from resources.french import local
from resources.journal import Journal


@dataclass(frozen=True)
class Purge:
    """The last time rows past their time left a table, and how many."""

    day: dt.date
    rows: int


@dataclass(frozen=True)
class Told:
    """What the journal says: each table's last purge, what of its file is not kept; the last
    restoration of a backup, the files of the last publication (None before the first).
    """

    purges: Mapping[str, Purge] = field(default_factory=dict)
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    restored_on: dt.date | None = None
    files: Sequence[str] | None = None


@dataclass(frozen=True)
class Holding:
    """What one table holds under a processing. `rows` and `bytes` are None before a publication.

    `left_out` are the titles its file offers that nobody asked for.
    """

    key: str
    title: str
    access: str
    keep: str
    natures: Mapping[str, PersonalData]
    pseudonyms: Sequence[str]
    rows: int | None
    bytes: int | None
    overdue: int | None
    purge: Purge | None
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class Processing:
    """One processing, what it holds, and the open tables computed from it."""

    name: str
    entry: Entry
    holdings: Sequence[Holding]
    opened: Sequence[str]

    @property
    def rows(self) -> int | None:
        """The rows published under it; None where nothing is yet."""
        known = [one.rows for one in self.holdings if one.rows is not None]
        return sum(known) if known else None

    @property
    def overdue(self) -> int:
        """The rows past their time, as they were last counted."""
        return sum(one.overdue or 0 for one in self.holdings)

    @property
    def purge(self) -> Purge | None:
        """The last purge of any of its tables."""
        known = [one.purge for one in self.holdings if one.purge]
        return max(known, key=lambda one: one.day, default=None)


def processings(
    connection: duckdb.DuckDBPyConnection | None,
    tables: Sequence[Table],
    register: Mapping[str, Entry],
    told: Told,
) -> list[Processing]:
    """Every processing by its number; `connection` is None where nothing was ever published.

    `told` is what the journal says of each table.
    """
    published = _published(connection) if connection is not None else {}
    overdue = _overdue(connection) if connection is not None else {}
    found = []
    for name, entry in sorted(register.items(), key=lambda item: (item[1].number, item[0])):
        own = [one for one in tables if one.contract.protection.register_entry == name]
        holdings = [
            _holding(one, published.get(one.key), overdue.get(one.key), told) for one in own
        ]
        opened = [
            one.contract.title
            for one in tables
            if one.contract.access == "open" and name in processings_behind(one, tables)
        ]
        found.append(Processing(name, entry, holdings, opened))
    return found


def processings_behind(table: Table, tables: Sequence[Table]) -> set[str]:
    """The processings that a table tells something of: its own, and those of all it is made of."""
    known = {one.key: one for one in tables}
    reached, waiting = set[str](), [table.key]
    while waiting:
        key = waiting.pop()
        if key in reached or key not in known:
            continue
        reached.add(key)
        waiting += known[key].upstream
    entries = {known[key].contract.protection.register_entry for key in reached}
    return {entry for entry in entries if entry is not None}


def told_by(journal: Journal) -> Told:
    """What the journal says, in one reading."""
    purges: dict[str, Purge] = {}
    restored_on, files = None, None
    for _, line in journal.lines():
        match line["event"]:
            case "purge":
                for one in line.get("tables", ()):
                    purges[str(one["table"])] = Purge(_day(line), int(one.get("rows", 0)))
            case "restauration":
                restored_on = _day(line)
            case "export":
                files = list(line["files"])
    left_out = {key: one.titles for key, one in offered(journal).items()}
    return Told(purges, left_out, restored_on, files)


def _day(line: Mapping[str, Any]) -> dt.date:
    return local(dt.datetime.fromisoformat(line["at"])).date()


def _holding(
    table: Table,
    published: tuple[int, int | None] | None,
    overdue: int | None,
    told: Told,
) -> Holding:
    contract = table.contract
    personal = [column for column in contract.columns if column.personal_data != "none"]
    personal.sort(key=lambda column: -NATURES.index(column.personal_data))
    return Holding(
        key=table.key,
        title=contract.title,
        access=contract.access,
        keep=contract.retention.french,
        natures={column.name: column.personal_data for column in personal},
        pseudonyms=[column.name for column in personal if column.pseudonym],
        rows=published[0] if published else None,
        bytes=published[1] if published else None,
        overdue=overdue,
        purge=told.purges.get(table.key),
        left_out=told.left_out.get(table.key, ()),
    )


def _published(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int | None]]:
    rows = connection.execute(
        """
        from quality.versions
        select table_name, published_rows, stored_bytes
        where outcome = 'published'
        qualify version = max(version) over (partition by table_name)
        """
    ).fetchall()
    return {name: (rows, stored) for name, rows, stored in rows}


def _overdue(connection: duckdb.DuckDBPyConnection) -> dict[str, int | None]:
    rows = connection.execute(
        """
        from sobriety.volumes
        select table_name, overdue_rows
        qualify measured_at = max(measured_at) over (partition by table_name)
        """
    ).fetchall()
    return dict(rows)
