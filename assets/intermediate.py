"""The second age of data: out of the tables, sealed, until the register says that it ends.

What a contract keeps is the first age. Where the register gives a second one (« archivage
intermédiaire »: no longer in use, kept for a duty or a dispute), rows past the first are not
eliminated: they leave every table, file and publication for a sealed file that no reader of tables
opens. An access or an erasure reaches them there. What becomes of them at the end, `pipelines.
purging` does: destroyed, or handed over to archives under their visa.
"""

import hashlib
import hmac
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.catalogue import Table
from assets.platform import Platform
from assets.purge import Past
from checks.durations import before, days_in
from checks.register import Entry
from checks.retention import overdue
from resources.files import clear, settle
from resources.sealing import Sealer, Unsealer
from resources.sql import literal, quoted

DOMAIN = "intermediaire"
SUFFIX = ".ardoise"
Row = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """Rows of a table put away by one purge: all of them are from before a day."""

    path: Path
    table: str
    before: date
    rows: int


def second_age(platform: Platform, table: Table) -> Entry | None:
    """The processing of a table whose rows have a second age, after the time its contract says."""
    name = table.contract.protection.register_entry
    entry = platform.register.get(name) if name else None
    if entry is None or entry.retention.intermediate is None:
        return None
    first = days_in(table.contract.retention.keep) <= days_in(entry.retention.active)
    return entry if first else None


def put_away(
    connection: duckdb.DuckDBPyConnection, platform: Platform, past: Sequence[Past]
) -> int:
    """Seal the rows past their first age that have a second one, before they leave; how many."""
    count = 0
    for one in past:
        table = platform.catalogue.tables[one.table]
        if not one.rows or second_age(platform, table) is None:
            continue
        clear_file = platform.home.work / f"{table.key}.jsonl"
        going = overdue(table.contract, platform.day_of(table.contract))
        connection.execute(
            f"copy (from {table.layer}.{quoted(table.name)} where {going} order by all) "
            f"to {literal(clear_file)} (format json)"
        )
        try:
            lines = clear_file.read_bytes()
        finally:
            clear_file.unlink(missing_ok=True)
        _seal(platform, table.key, date.fromisoformat(one.limit), one.rows, lines)
        count += one.rows
    return count


def batches(platform: Platform, table: Table) -> list[Batch]:
    """What is put away of a table, the oldest first."""
    found = []
    for path in sorted(_folder(platform).glob(f"{table.key}.*{SUFFIX}")):
        *_, day, rows, _digest = path.name.removesuffix(SUFFIX).split(".")
        found.append(Batch(path, table.key, date.fromisoformat(day), int(rows)))
    return found


def ended(platform: Platform, table: Table) -> list[Batch]:
    """What is put away of a table and past its second age."""
    entry = second_age(platform, table)
    if entry is None:
        return []
    first = table.contract.retention.limit(platform.day_of(table.contract))
    limit = before(str(entry.retention.intermediate), first)
    return [batch for batch in batches(platform, table) if batch.before <= limit]


def past_of(table: Table, batch: Batch) -> Past:
    """A batch as what is past its time."""
    retention = table.contract.retention
    limit = batch.before.isoformat()
    return Past(
        table.key, batch.rows, 0, retention.keep, retention.since or "", retention.reason, limit
    )


def rows_of(platform: Platform, batch: Batch) -> Iterator[Row]:
    """The rows of a batch, unsealed one by one.

    Raises:
        ArdoiseError: the file was altered, or its key is missing.
    """
    with batch.path.open("rb") as sealed:
        clear_lines = io.BufferedReader(Unsealer(sealed, platform.keys, DOMAIN), 1 << 20)
        for line in clear_lines:
            yield json.loads(line)


def take_out(platform: Platform, table: Table, theirs: Callable[[Sequence[Row]], set[int]]) -> None:
    """Rewrite what is put away of a table without some rows, given by their rank in a batch."""
    for batch in batches(platform, table):
        rows = list(rows_of(platform, batch))
        gone = theirs(rows)
        if not gone:
            continue
        left = [row for rank, row in enumerate(rows) if rank not in gone]
        if left:
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in left)
            _seal(platform, table.key, batch.before, len(left), lines.encode())
        batch.path.unlink()


def _seal(platform: Platform, key: str, day: date, rows: int, lines: bytes) -> None:
    """The same rows have the same name: an interrupted purge puts them away once."""
    folder = _folder(platform)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear(folder, ".*")
    secret = platform.keys.current(DOMAIN).value
    digest = hmac.digest(secret, lines, hashlib.sha256).hex()[:16]
    path = folder / f"{key}.{day.isoformat()}.{rows}.{digest}{SUFFIX}"
    aside = folder / f".{path.name}"
    with aside.open("wb") as file:
        sealer = Sealer(file, platform.keys, DOMAIN)
        sealer.write(lines)
        sealer.finish()
    settle(aside, path)


def _folder(platform: Platform) -> Path:
    return platform.home.path / "intermediate"
