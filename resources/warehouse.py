"""The DuckDB file every table lives in.

Nothing else opens DuckDB: one writer at a time, one set of settings, no way out of the data
folder. What a table must satisfy is in `checks`; how it is made is in `assets`.
"""

import fcntl
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from resources.errors import ArdoiseError, BusyWarehouse
from resources.platform_tables import PLATFORM_TABLES, PUBLISHED_TABLES
from resources.settings import Home
from resources.sql import literal, quoted

if TYPE_CHECKING:
    import polars as pl  # 0.2 CPU-s: paid by those who bring a frame

log = logging.getLogger("ardoise")
SCHEMAS = ("sources", "curated", "quarantine", "quality", "sobriety")
CATALOG = "ardoise"


class Warehouse:
    """The one writer of the data folder's DuckDB file."""

    def __init__(self, home: Home, *, wait_s: float = 600) -> None:
        self.home = home
        self.wait_s = wait_s
        self._connection: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection, alone in writing until the outermost `with` ends.

        Raises:
            BusyWarehouse: another process still writes after `wait_s` seconds.
        """
        if self._connection is not None:
            yield self._connection
            return
        with _alone(self.home.warehouse.with_suffix(".lock"), self.wait_s):
            self._connection = self._open()
            try:
                yield self._connection
            finally:
                self._connection.close()
                self._connection = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        self.home.work.mkdir(parents=True, exist_ok=True)
        new = not self.home.warehouse.is_file()
        connection = duckdb.connect(":memory:")
        try:
            # 'latest' is 18 % faster to write; only the platform opens this file. A table takes
            # at least one block: at 64 kB most of ours weigh a quarter, 5 million rows 9 % less,
            # and reading is not slower (at 16 kB it is, and the file triples).
            connection.execute(
                f"attach {literal(self.home.warehouse)} as {CATALOG} "
                "(storage_version 'latest', block_size 65536)"
            )
            connection.execute(f"use {CATALOG}")
            _lock_down(connection, [self.home.path], temporary=self.home.work)
            for schema in SCHEMAS:
                connection.execute(f"create schema if not exists {schema}")
            connection.execute(PLATFORM_TABLES)
            if new:
                self._recall_history(connection)
            _drop_leftovers(connection)
        except duckdb.Error as error:
            connection.close()
            raise ArdoiseError(
                f"L’entrepôt « {self.home.warehouse} » ne s’ouvre pas ({type(error).__name__}). "
                "Les fichiers publiés restent lisibles. Mettez ce fichier de côté (et celui de "
                "même nom en « .wal », s’il existe), puis relancez : les tables seront refaites "
                "depuis les fichiers reçus, l’historique repris du fichier des analystes."
            ) from None
        return connection

    def _recall_history(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take verdicts, versions and energy back from the analysts' file, their other copy.

        The tables themselves are made anew: what is said published here no longer exists.
        """
        copy = self.home.published / "analyse.duckdb"
        if not copy.is_file():
            return
        connection.execute(f"attach {literal(copy)} as copy (read_only)")
        known = {
            f"{schema}.{name}"
            for schema, name in connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'copy'"
            ).fetchall()
        }
        for table in known.intersection(PUBLISHED_TABLES):
            connection.execute(f"insert into {table} by name from copy.{table}")
        connection.execute("detach copy")
        connection.execute("update quality.versions set fingerprint = '' ")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, read-only and unable to look elsewhere.

    Raises:
        ArdoiseError: nothing is published yet.
    """
    if not path.is_file():
        raise ArdoiseError(
            "Rien n’est encore publié : le fichier des analystes n’existe pas. "
            "Lancez « ardoise run » d’abord."
        )
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"attach {literal(path)} as published (read_only)")
        connection.execute("use published")
        _lock_down(connection, [], temporary=None)
        yield connection
    finally:
        connection.close()


def append(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[dict[str, Any]]
) -> None:
    """Add rows, by column name, to an existing table.

    Written as literals: binding any parameter makes DuckDB import pandas (0.5 CPU-s, 1.5.5), which
    a run that finds nothing to do would pay for two rows.
    """
    if not rows:
        return
    columns = ", ".join(quoted(name) for name in rows[0])
    values = ", ".join(
        "(" + ", ".join(literal(row[name]) for name in rows[0]) + ")" for row in rows
    )
    connection.execute(f"insert into {table} ({columns}) values {values}")


@contextmanager
def registered(
    connection: duckdb.DuckDBPyConnection, name: str, frame: "pl.DataFrame"
) -> Iterator[None]:
    """A polars frame readable in SQL under a name."""
    connection.register(name, _ArrowStream(frame))
    try:
        yield
    finally:
        connection.unregister(name)


@cache
def scratch() -> duckdb.DuckDBPyConnection:
    """A connection to nothing, for what declarations ask of DuckDB without data."""
    connection = duckdb.connect(":memory:")
    _lock_down(connection, [], temporary=None)
    return connection


@contextmanager
def extracting(
    folder: Path, *, filesystem: object = None, scheme: str = ""
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own that can only write into `folder`: rows of elsewhere, on their way to
    the landing. `filesystem` (fsspec) may give it files of its `scheme` to read.
    """
    connection = duckdb.connect(":memory:")
    try:
        if filesystem is not None:
            connection.register_filesystem(filesystem)
        read = [f"{scheme}:/"] if filesystem is not None else []
        _lock_down(connection, [folder, *read], temporary=folder)
        yield connection
    finally:
        connection.close()


class _ArrowStream:
    """A frame through Arrow's C stream, which DuckDB reads without pyarrow (45 MB) installed."""

    def __init__(self, frame: "pl.DataFrame") -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def _lock_down(
    connection: duckdb.DuckDBPyConnection, folders: Sequence[Path | str], *, temporary: Path | None
) -> None:
    """No network, no extension fetched, no file outside `folders`, no way back.

    The order matters, and `allowed_directories` cannot be given at connection.
    """
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        "allow_persistent_secrets = false",
        "python_enable_replacements = false",
        *([f"temp_directory = {literal(temporary)}"] if temporary else []),
        f"allowed_directories = [{', '.join(literal(f'{folder}/') for folder in folders)}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")


def _drop_leftovers(connection: duckdb.DuckDBPyConnection) -> None:
    """Remove the staging tables of a run that was killed."""
    for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        f"where database_name = '{CATALOG}' and starts_with(table_name, '_staging_')"
    ).fetchall():
        connection.execute(f"drop table {quoted(schema, table)}")


@contextmanager
def _alone(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the writer's lock file; it names who holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        deadline, told = time.monotonic() + wait_s, False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                busy = f"Une autre exécution est en cours (processus {file.read().strip()})"
                if time.monotonic() >= deadline:
                    raise BusyWarehouse(
                        f"{busy}. Les données publiées restent lisibles. "
                        "Attendez sa fin puis relancez."
                    ) from None
                if not told:
                    log.warning("%s : attente de sa fin…", busy)
                    told = True
                time.sleep(0.2)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
