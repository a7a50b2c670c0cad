"""A warehouse that is damaged, lost or behind the journal: set aside, and made again.

What DuckDB does alone, and what it does not (1.5.5, 60 trials each): a bit flipped in the file or
in its write-ahead log is an error when it is read; a log cut short is dropped without a word, and
the last commits with it. Hence the journal, written after each commit: at every opening, its last
decision must be in the warehouse, which costs one row read on each side. The contents of the
tables are compared in full when an error of reading was met, and by `ardoise verify`.

Which copy gives a table back is known in `assets.recovery`; nothing here opens DuckDB.
"""

import errno
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from resources.content import comparable, content_of
from resources.french import plural
from resources.journal import Journal
from resources.platform_tables import REMEMBERED_TABLES
from resources.settings import Home
from resources.sql import literal, quoted

log = logging.getLogger("ardoise")

Restore = Callable[[duckdb.DuckDBPyConnection, Sequence[str]], tuple[list[str], list[str]]]
FACTS = (
    *("fingerprint", "received", "rows", "quarantined", "content", "sha256", "data_date"),
    "reason",
)
# What a line of the journal says of a partition, and the column of the history it is.
PARTITION_FACTS = {
    "outcome": "outcome",
    "fingerprint": "fingerprint",
    "received": "received_rows",
    "rows": "published_rows",
    "quarantined": "quarantined_rows",
    "content": "content",
    "sha256": "received_sha256",
    "data_date": "data_date",
    "reason": "reason",
}
REASONS = {
    "ABSENT": "n’était plus là",
    "ILLISIBLE": "ne s’ouvrait plus",
    "ABIME": "était abîmé",
    "EN_RETARD": "avait perdu des décisions que le journal garde",
}
DAMAGE = (
    "Corrupt database file",
    "Could not read enough bytes",
    "not a valid DuckDB database file",
    "replaying WAL",
    "database file with version number",  # written by a later DuckDB: made again by this one
    "has been invalidated",
)
STANDING = """
select
    table_name,
    content,
    quarantined_rows
from quality.versions
where outcome = 'published' and fingerprint <> ''
qualify row_number() over (partition by table_name order by version desc) = 1
order by table_name
"""


def no_space(error: duckdb.Error) -> bool:
    """Whether the disk, or the quota, is full."""
    told = str(error)
    return any(word in told for word in ("No space left", "Disk quota", "File too large"))


def is_damage(error: duckdb.Error) -> bool:
    """Whether the file itself is at fault, and not the disk, the rights or the query."""
    if no_space(error):
        return False
    broken = isinstance(error, duckdb.SerializationException | duckdb.InternalException)
    return broken or any(words in str(error) for words in DAMAGE)


def of_the_disk(error: BaseException | None) -> bool:
    """Whether the disk or the warehouse's file is at fault: nothing a source can be refused for."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
    return isinstance(error, duckdb.Error) and (no_space(error) or is_damage(error))


def behind(connection: duckdb.DuckDBPyConnection, journal: Journal) -> bool:
    """Whether the warehouse lacks the last decision of the journal."""
    decision = journal.last_decision()
    return decision is not None and _place(connection, decision) is None


def catch_up(connection: duckdb.DuckDBPyConnection, journal: Journal) -> None:
    """Write in the journal what was committed just before a process died: nothing is lost."""
    decision = journal.last_decision()
    last = _place(connection, decision) if decision else -1
    after = f"from quality.versions where rowid > {last}"
    if not connection.execute(f"select 1 {after} limit 1").fetchall():
        return
    known = {_identity(line) for line in journal.decisions()}
    for run, table, version, outcome, *facts in connection.execute(
        "select run_id, table_name, version, outcome, fingerprint, received_rows, "
        "published_rows, quarantined_rows, content, received_sha256, data_date, reason "
        f"{after} order by rowid"
    ).fetchall():
        if (run, table, version) not in known:
            told = dict(zip(FACTS, facts, strict=True))
            if parts := _partitions(connection, table, version):
                told["partitions"] = parts
            _write(journal, run, table, version, outcome, told)


def _write(
    journal: Journal, run: str, table: str, version: int, outcome: str, facts: dict[str, Any]
) -> None:
    reason = facts.pop("reason")
    date = facts.pop("data_date")
    journal.write(
        "publication" if outcome == "published" else "refus",
        run=run,
        table=table,
        version=version,
        **facts,
        data_date=date.isoformat() if date else None,
        recovered=True,
        **({} if outcome == "published" else {"message": f"{table} : refusée. {reason}"}),
    )


def set_aside(file: Path) -> Path | None:
    """Move a warehouse, and the log it has not taken in, to a dated folder; its new place."""
    log_file = file.with_name(f"{file.name}.wal")
    if not file.is_file() and not log_file.is_file():
        return None
    folder = file.parent / f"ecarte-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    folder.mkdir(parents=True)
    for path in (log_file, file):
        if path.is_file():
            path.replace(folder / path.name)
    return folder / file.name


def left_aside(file: Path, journal: Journal) -> Path | None:
    """The warehouse set aside last, when a killed process did not end what it set it aside for."""
    told = journal.last("reconstruction") or {}
    for kept in sorted(file.parent.glob(f"ecarte-*/{file.name}"), reverse=True):
        return kept if kept.parent.name not in str(told.get("set_aside")) else None
    return None


def attach_copies(
    connection: duckdb.DuckDBPyConnection, *, former: Path | None, analysts: Path
) -> list[str]:
    """Attach, read-only, what may still hold tables and history; the names of what opened."""
    opened = []
    for name, path in (("former", former), ("analysts", analysts)):
        if path is not None and path.is_file():
            with suppress(duckdb.Error):
                connection.execute(f"attach {literal(path)} as {name} (read_only)")
                opened.append(name)
    return opened


def recall_history(
    connection: duckdb.DuckDBPyConnection, journal: Journal, copies: Sequence[str]
) -> None:
    """Take verdicts, versions, releases and energy back from a copy, the rest from the journal."""
    for table in REMEMBERED_TABLES:
        for copy in copies:
            with suppress(duckdb.Error):
                connection.execute(f"insert into {table} by name from {copy}.{table}")
                break
    cursor = connection.execute("select run_id, table_name, version from quality.versions")
    known = set(cursor.fetchall())
    for line in journal.decisions():
        if _identity(line) not in known:
            known.add(_identity(line))
            for remembered in _remembered(line):
                connection.execute(remembered)


def give_up_others(connection: duckdb.DuckDBPyConnection, restored: Collection[str]) -> None:
    """No version stands any more of a table that was not given back: it will be made anew."""
    kept = ", ".join(literal(key) for key in ("", *restored))
    connection.execute(
        f"update quality.versions set fingerprint = '' where table_name not in ({kept})"
    )
    connection.execute(f"delete from quality.partitions where table_name not in ({kept})")


def altered(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables that cannot be read whole, or no longer hold what was published. Reads all."""
    expected = {key: content for key, content, _ in connection.execute(STANDING).fetchall()}
    found = sorted(set(expected) - set(_tables(connection)))
    for key in _tables(connection):
        try:
            content = content_of(connection, quoted(*key.split(".", 1)))
        except duckdb.Error:
            found.append(key)
            continue
        if comparable(expected.get(key)) and content != expected[key]:
            found.append(key)
    return found


def tell(
    journal: Journal,
    home: Home,
    reason: str,
    former: Path | None,
    restored: Sequence[str],
    lost: Sequence[str],
) -> None:
    """One line in the journal, one warning in French."""
    folder = str(former.parent.relative_to(home.path)) if former else None
    journal.write("reconstruction", reason=reason, set_aside=folder, restored=restored, lost=lost)
    kept = f" Il est gardé dans « {folder} »." if folder else ""
    given_back = f"{plural(len(restored), 'table refaite', 'tables refaites')} à l’identique"
    missing = f" ; à refaire depuis leur source : {', '.join(lost)}" if lost else ""
    log.warning("L’entrepôt %s.%s %s%s.", REASONS[reason], kept, given_back, missing)


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for schema, name in connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = current_database() and not temporary order by all"
    ).fetchall():
        yield f"{schema}.{name}"


def _identity(line: dict[str, Any]) -> tuple[Any, ...]:
    return (line.get("run"), line.get("table"), line.get("version"))


def _place(connection: duckdb.DuckDBPyConnection, decision: dict[str, Any]) -> int | None:
    """Where a decision of the journal stands in the history, None when it does not."""
    row = connection.execute(
        "select max(rowid) from quality.versions where table_name = "
        f"{literal(decision['table'])} and version = {literal(decision['version'])} "
        f"and run_id = {literal(decision['run'])}"
    ).fetchone()
    return row[0] if row else None


def _partitions(
    connection: duckdb.DuckDBPyConnection, table: str, version: int
) -> dict[str, dict[str, Any]]:
    """What was decided of each partition in a version, as the journal writes it."""
    facts = ", ".join(PARTITION_FACTS.values())
    rows = connection.execute(
        f"select partition, {facts} from quality.partitions "
        f"where table_name = {literal(table)} and version = {version} order by partition"
    ).fetchall()
    return {
        name: {
            word: value.isoformat() if isinstance(value, datetime) else value
            for word, value in zip(PARTITION_FACTS, row, strict=True)
        }
        for name, *row in rows
    }


def _remembered(line: dict[str, Any]) -> Iterator[str]:
    """A decision of the journal as rows of the history."""
    published = line["event"] == "publication"
    row = {
        "run_id": line.get("run"),
        "decided_at": datetime.fromisoformat(line["at"]).replace(tzinfo=None),
        "table_name": line.get("table"),
        "version": line.get("version"),
        "outcome": "published" if published else "refused",
        "fingerprint": line.get("fingerprint"),
        "received_rows": line.get("received"),
        "published_rows": line.get("rows") if published else None,
        "quarantined_rows": line.get("quarantined"),
        "reason": line.get("message"),
        "data_date": line.get("data_date"),
        "content": line.get("content"),
        "received_sha256": line.get("sha256"),
    }
    yield _insertion("quality.versions", row)
    for name, told in (line.get("partitions") or {}).items():
        about = {name: row[name] for name in ("run_id", "decided_at", "table_name", "version")}
        facts = {column: told.get(word) for word, column in PARTITION_FACTS.items()}
        yield _insertion("quality.partitions", {**about, "partition": name, **facts})


def _insertion(table: str, row: dict[str, Any]) -> str:
    columns, values = ", ".join(row), ", ".join(literal(value) for value in row.values())
    return f"insert into {table} ({columns}) values ({values})"
