"""The time of received files: rows past it go from them, and so do former files past it.

A row whose date cannot be read, or believed, is as old as the file it came in; so is every row of a
table that does not say since when time runs. The last file of a source, or of a partition,
is never removed: it says whether the next one is new.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb

from assets.catalogue import Table
from assets.decoding.reasons import reason
from assets.decoding.redacted import ROWS, Choice
from assets.decoding.values import cleaned, typed
from assets.platform import Platform
from assets.rights.landed import Redacted, received_on, redact_kept
from checks.contract import Contract
from checks.retention import overdue
from resources.sql import literal, quoted


def old_files(
    platform: Platform, table: Table, today: date, *, dry_run: bool
) -> Iterator[Redacted]:
    """Take out of the received files of a source what is past its time, or say what would be."""
    contract = table.contract
    limit = contract.retention.limit(today)
    landing = platform.landing
    known = [None, *landing.partitions(table.landing)]
    remembered = [landing.last(table.landing, partition) for partition in known]
    kept = {one.sha256 for one in remembered if one is not None}
    for path in landing.kept(table.landing):
        if path.stem not in kept and _wholly_past(table, path, limit):
            yield Redacted(table.landing, path.stem, None, 0)
            if not dry_run:
                path.unlink()
    if contract.retention.since is not None and table.feed is None:
        yield from redact_kept(
            platform,
            table,
            lambda path: past(contract, today, received_on(path) < limit),
            unreadable=lambda path: path.stem not in kept and received_on(path) < limit,
            dry_run=dry_run,
        )


def past(contract: Contract, today: date, old: bool) -> Choice:
    """The rows of a file past their time; `old` says that the file itself is."""

    def choose(connection: duckdb.DuckDBPyConnection) -> tuple[set[int], Callable[[str], bool]]:
        column = contract.by_name[str(contract.retention.since)]
        text = cleaned(column, contract, quoted(column.name))
        value = typed(column, text)
        # A date that breaks its own promise (a clock back in 1970) tells no age.
        told = f"(case when ({reason(column, text, value)}) is null then {value} end)"
        rows = connection.execute(
            f"select rowid from {ROWS} "
            f"where coalesce({overdue(contract, today, told)}, {literal(old)})"
        ).fetchall()
        return {number for (number,) in rows}, lambda line: old

    return choose


def _wholly_past(table: Table, path: Path, limit: date) -> bool:
    """Whether nothing of a former file may be kept: rows that have a date are looked at one by
    one, unless several tables read the file.
    """
    dated = table.contract.retention.since is not None and table.feed is None
    return not dated and received_on(path) < limit
