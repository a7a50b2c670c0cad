"""Retention executed: rows past their time leave the tables, the quarantine, the files received.

Which rows is said by the contract alone (`checks.retention`); which tables nothing may leave, by
the register (`assets.withholding`). What reads them is made again, what is published written again
and the file compacted by `pipelines.purging`, which then writes the certificate.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb

from assets.catalogue import Table
from assets.old_files import old_files
from assets.old_texts import count_as_set_aside, forget_texts, old_texts
from assets.partitions.recounting import forget_landed
from assets.platform import Platform
from assets.removal import Removal, remove_rows
from assets.rights.landed import Redacted
from assets.versions import published_version
from checks.retention import overdue
from resources.files import write_whole
from resources.sql import quoted


@dataclass(frozen=True)
class Past:
    """What is past its time in one table. Counts and rules, never a value.

    `rows` are those of the table, `aside` those whose text is in its quarantine, `received` those
    of the files received, of which `files` go whole. `limit` is the oldest day that may be kept
    (ISO 8601); `purge` the identity of the purge that removed them.
    """

    table: str
    rows: int
    aside: int
    keep: str
    since: str
    reason: str
    limit: str
    purge: str = ""
    received: int = 0
    files: int = 0


def past_rows(
    connection: duckdb.DuckDBPyConnection, platform: Platform, tables: Iterable[Table]
) -> list[Past]:
    """What is past its time in published tables, in what was set aside of them, in their files."""
    found = []
    for table in tables:
        contract, day = table.contract, platform.day_of(table.contract)
        rows = aside = 0
        past = overdue(contract, day)
        if past is not None and published_version(connection, table.key) is not None:
            (rows,) = connection.execute(
                f"select count(*) filter ({past}) from {table.layer}.{quoted(table.name)}"
            ).fetchall()[0]
            aside = old_texts(connection, table, day)
        files = list(_files(platform, table, dry_run=True))
        if rows or aside or files:
            found.append(
                Past(
                    table.key,
                    rows,
                    aside,
                    contract.retention.keep,
                    contract.retention.since or "",
                    contract.retention.reason,
                    contract.retention.limit(day).isoformat(),
                    received=sum(one.rows for one in files),
                    files=sum(one.removed for one in files),
                )
            )
    return found


def _files(platform: Platform, table: Table, *, dry_run: bool) -> Iterator[Redacted]:
    if table.layer == "sources":
        yield from old_files(platform, table, platform.day_of(table.contract), dry_run=dry_run)


def purge(
    platform: Platform,
    tables: Sequence[Table],
    *,
    before: Callable[[duckdb.DuckDBPyConnection, Sequence[Past]], None] = lambda *_: None,
) -> list[Past]:
    """Remove what is past its time, table by table, and write each new version in the journal.

    What an interrupted purge had removed comes with it: its certificate is still to be written.
    `before` is done once it is known what goes, while it is still there.

    Raises:
        BusyWarehouse: another run is under way.
        ArdoiseError: DuckDB failed where it should not; no value is in the message.
    """
    identity = str(uuid.uuid4())
    with platform.warehouse.writing() as connection:
        done = _done_before(connection, platform)
        found = [replace(past, purge=identity) for past in past_rows(connection, platform, tables)]
        before(connection, found)
        if done or found:
            told = [asdict(past) for past in (*done, *found)]
            write_whole(pending(platform), json.dumps(told).encode())
        for past in found:
            table = platform.catalogue.tables[past.table]
            list(_files(platform, table, dry_run=False))
            if past.rows or past.aside:
                _purge_table(connection, platform, table, past)
    return [*done, *found]


def pending(platform: Platform) -> Path:
    """The file that says what a purge removes; there until its certificate is written."""
    return platform.home.warehouse.with_suffix(".purge")


def _done_before(connection: duckdb.DuckDBPyConnection, platform: Platform) -> list[Past]:
    """What a purge that was interrupted had already removed."""
    file = pending(platform)
    if not file.is_file():
        return []
    told = [Past(**past) for past in json.loads(file.read_text(encoding="utf-8"))]
    removed = set(connection.execute("select run_id, table_name from quality.versions").fetchall())
    return [
        past
        for past in told
        if (past.purge, past.table) in removed or not (past.rows or past.aside)
    ]


def _purge_table(
    connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table, past: Past
) -> None:
    day = platform.day_of(table.contract)

    def forget() -> None:
        forget_texts(connection, table, day)
        count_as_set_aside(connection, table, past.rows)

    going = str(overdue(table.contract, day))
    removal = Removal(past.purge, "purge", "purged")
    remove_rows(connection, platform, table, going, past.rows, removal, forget)
    forget_landed(connection, platform, table)
