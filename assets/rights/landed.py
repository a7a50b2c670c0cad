"""The rows of erased persons taken out of received files: at the door, and of those already kept.

A file that holds several tables (a feed) is read as each of them; a file that cannot be read is not
kept where it could hide somebody: at the door the version is refused, in the landing it is removed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from assets.catalogue import Table
from assets.decoding.macros import MACROS
from assets.decoding.redacted import ROWS, Choice, redact
from assets.platform import Platform
from assets.rights.matching import Recognition
from resources.errors import SourceError
from resources.files import sha256_of
from resources.landing import Door
from resources.sql import quoted
from resources.warehouse import extracting

BATCH = 10_000


@dataclass(frozen=True)
class Redacted:
    """What became of a received file: rows taken out, or `removed` when it could not be read."""

    source: str
    before: str
    after: str | None
    rows: int

    @property
    def removed(self) -> bool:
        """Whether nothing of it is kept."""
        return self.after is None


def door_of(platform: Platform, table: Table) -> Door | None:
    """What the file of a source goes through before it is kept; None where nobody was erased."""
    readers = [
        one
        for one in platform.catalogue
        if one.layer == "sources"
        and one.landing == table.landing
        and Recognition(platform.suppressions, one.contract)
    ]
    if not readers:
        return None

    def pass_through(received: Path) -> int:
        with _workshop(platform) as (connection, folder):
            plain, remains = folder / "received", folder / "remains"
            received.replace(plain)
            for reader in readers:
                choice = persons(platform, reader)
                gone = redact(connection, plain, reader.contract, folder, choice, remains)
                if gone and table.feed:
                    raise SourceError(
                        "PERSONNE_EFFACEE",
                        "le fichier contient une personne effacée et plusieurs tables le lisent : "
                        "il n’est pas gardé. Demandez au producteur de l’en retirer",
                    )
            (remains if gone else plain).replace(received)
            return gone

    return pass_through


def persons(platform: Platform, table: Table) -> Choice:
    """The rows of a file that are those of erased persons."""
    known = Recognition(platform.suppressions, table.contract)

    def choose(connection: duckdb.DuckDBPyConnection) -> tuple[set[int], Callable[[str], bool]]:
        return set(known.rows(texts(connection, ROWS, known.names))), known.line

    return choose


def redact_kept(
    platform: Platform,
    table: Table,
    choice: Callable[[Path], Choice],
    *,
    unreadable: Callable[[Path], bool],
    dry_run: bool = False,
) -> Iterator[Redacted]:
    """Take rows out of every file kept of a source.

    `unreadable` says whether a file that cannot be read goes whole.
    """
    landing = platform.landing
    folder = platform.home.landing / table.landing
    for damaged in filter(unreadable, sorted(folder.glob("*.altered"))):
        yield Redacted(table.landing, damaged.stem, None, 0)
        if not dry_run:
            damaged.unlink()
    for path in landing.kept(table.landing):
        with _workshop(platform) as (connection, work):
            plain, remains = work / f"received.{table.contract.format}", work / "remains"
            try:
                landing.unpack(table.landing, path.stem, plain)
                rows = redact(connection, plain, table.contract, work, choice(path), remains)
                if rows and table.feed:
                    raise SourceError("FLUX", "plusieurs tables lisent ce fichier")
            except SourceError:
                if unreadable(path):
                    yield Redacted(table.landing, path.stem, None, 0)
                    if not dry_run:
                        path.unlink(missing_ok=True)
                        path.with_suffix(".altered").unlink(missing_ok=True)
                continue
            if rows == 0:
                continue
            after = sha256_of(remains)
            if not dry_run:
                # The journal first: cut in between, it is done again with the same names.
                platform.journal.write(
                    "caviardage",
                    source=table.landing,
                    before=path.stem,
                    after=after,
                    rows=rows,
                )
                landing.supersede(table.landing, path.stem, remains)
            yield Redacted(table.landing, path.stem, after, rows)


def received_on(path: Path) -> date:
    """The day a file was received (UTC)."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def rows_kept(platform: Platform, table: Table) -> Iterator[tuple[date, dict[str, str | None]]]:
    """The rows of persons of the list in every file kept of a source, with the day it came.

    A line that does not have its columns is given whole, as `_texte`.
    """
    known = Recognition(platform.suppressions, table.contract)
    found: list[dict[str, str | None]] = []

    def gather(connection: duckdb.DuckDBPyConnection) -> tuple[set[int], Callable[[str], bool]]:
        numbers = set(known.rows(texts(connection, ROWS, known.names)))
        names = [column.name for column in table.contract.columns]
        for _, values in texts(connection, ROWS, names, among(numbers)):
            found.append(dict(zip(names, values, strict=True)))
        return set(), torn

    def torn(text: str) -> bool:
        if known.line(text):
            found.append({"_texte": text})
        return False

    if not known:
        return
    for path in platform.landing.kept(table.landing):
        found.clear()
        with _workshop(platform) as (connection, work), suppress(SourceError):
            plain = work / f"received.{table.contract.format}"
            platform.landing.unpack(table.landing, path.stem, plain)
            redact(connection, plain, table.contract, work, gather, work / "nothing")
        yield from ((received_on(path), row) for row in found)


def texts(
    connection: duckdb.DuckDBPyConnection, relation: str, names: Sequence[str], where: str = "true"
) -> Iterator[tuple[int, Sequence[str | None]]]:
    """The number of each row of a table, and its values of some columns as texts."""
    listed = "".join(f", {quoted(name)}::varchar" for name in names)
    cursor = connection.execute(f"select rowid{listed} from {relation} where {where}")
    while batch := cursor.fetchmany(BATCH):
        for number, *values in batch:
            yield number, values


def among(numbers: set[int]) -> str:
    """SQL that is true of the rows of these numbers."""
    return f"rowid in ({', '.join(map(str, sorted(numbers))) or 'null'})"


@contextmanager
def _workshop(platform: Platform) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection that can read and write in one folder of the moment, and nowhere else."""
    platform.home.work.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="caviardage-", dir=platform.home.work) as folder,
        extracting(Path(folder)) as connection,
    ):
        connection.execute(MACROS)
        yield connection, Path(folder)
