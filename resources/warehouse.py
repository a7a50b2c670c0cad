"""The DuckDB file every table lives in.

Nothing else opens DuckDB: one writer at a time, one set of settings, no way out of the data
folder. What a table must satisfy is in `checks`; how it is made is in `assets`; what is done of a
file that is damaged, or behind the journal, is in `resources.recovery`.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from resources import recovery
from resources.compaction import rewrite
from resources.encryption import attach, extension
from resources.errors import ArdoiseError
from resources.files import clear, refusal
from resources.journal import Journal
from resources.layout import lay_out, lock_down
from resources.lock import alone
from resources.settings import Home
from resources.sql import literal, quoted

if TYPE_CHECKING:
    import polars as pl  # 0.2 CPU-s: paid by those who bring a frame

log = logging.getLogger("ardoise")
CATALOG = "ardoise"
# 'latest' is 18 % faster to write; only the platform opens this file. A table takes at least one
# block: at 64 kB most of ours weigh a quarter, 5 million rows 9 % less, and reading is not slower
# (at 16 kB it is, and the file triples).
OPTIONS = "storage_version 'latest', block_size 65536"
# Groups of rows (122 880) are written as they are filled instead of five at a time: a third of the
# memory of a load, at the same speed.
SETTINGS = "set write_buffer_row_group_count = 1"


class Warehouse:
    """The one writer of the data folder's DuckDB file."""

    def __init__(
        self, home: Home, *, wait_s: float = 600, restore: recovery.Restore | None = None
    ) -> None:
        """`restore` gives tables back to a warehouse that is made again."""
        self.home = home
        self.wait_s = wait_s
        self.journal = Journal(home.journal)
        self._restore = restore
        self._connection: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection, alone in writing until the outermost `with` ends.

        Raises:
            BusyWarehouse: another process still writes after `wait_s` seconds.
            ArdoiseError: DuckDB failed where it should not; no value is in the message.
        """
        if self._connection is not None:
            with self._told():
                yield self._connection
            return
        with alone(self._beside(".lock"), self.wait_s), self._told():
            clear(self.home.work)  # a killed run's: we are alone
            self.home.work.mkdir(parents=True, exist_ok=True)
            self._connection = self._open()
            try:
                yield self._connection
            finally:
                connection, self._connection = self._connection, None
                connection.close()

    @contextmanager
    def idle(self) -> Iterator[None]:
        """The time of a `with` during which nobody writes; the warehouse is not opened.

        Raises:
            BusyWarehouse: somebody is writing.
        """
        with alone(self._beside(".lock"), wait_s=0):
            yield

    def compact(self) -> None:
        """Rewrite the file without the bytes of what it no longer holds.

        Raises:
            BusyWarehouse: another process still writes after `wait_s` seconds.
            ArdoiseError: the disk is full, or the file damaged; it is as it was.
        """
        with self.writing():
            pass  # sound, level with the journal, and whole without its log
        with (
            alone(self._beside(".lock"), self.wait_s),
            self._told(),
            duckdb.connect(":memory:") as connection,
        ):
            lock_down(connection, [self.home.path], temporary=self.home.work)
            rewrite(connection, self.home.warehouse, OPTIONS)

    def suspect(self) -> None:
        """Have every table read and compared with the journal at the next opening."""
        self._beside(".suspect").touch()

    def why(self, error: duckdb.Error) -> str:
        """Why DuckDB stopped, in French; a damaged file is judged whole at the next opening."""
        if recovery.no_space(error):
            return "le disque est plein"
        if recovery.is_damage(error):
            self.suspect()
            return "son fichier est abîmé ; il sera mis de côté et refait à la prochaine exécution"
        return f"DuckDB s’est arrêté, {type(error).__name__}"

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            # Its message may quote a value of a table, and Dagster keeps it for ever.
            raise ArdoiseError(
                f"L’entrepôt « {self.home.warehouse} » n’a pas pu être lu ou écrit "
                f"({self.why(error)}). Ce qui est publié reste lisible. Relancez ; si l’incident "
                "se répète, c’est un défaut de la plateforme."
            ) from None
        except BrokenPipeError:
            raise  # whoever was being told left
        except OSError as error:
            raise ArdoiseError(
                f"Arrêt : {refusal(error)}. Ce qui est publié n’a pas changé. Faites de la place, "
                "ou rendez le dossier de données accessible, puis relancez."
            ) from None

    def _open(self) -> duckdb.DuckDBPyConnection:
        """The warehouse, level with the journal: what it misses is made again, on either side."""
        file = self.home.warehouse
        clear(file.parent, ".*")  # a rebuilding that was killed
        if not file.is_file():
            return self._remake("ABSENT") if self._existed() else self._attach(file)
        if self._log.is_file() and (fault := self._peek()):
            return self._remake(fault)
        try:
            connection = self._attach(file)
        except duckdb.Error as error:
            if not recovery.is_damage(error):
                raise
            return self._remake("ILLISIBLE")
        try:
            fault = self._fault(connection)
            if fault is None:
                self._beside(".suspect").unlink(missing_ok=True)
                recovery.catch_up(connection, self.journal)
                return connection
        except BaseException:
            connection.close()
            raise
        connection.close()
        return self._remake(fault)

    def _peek(self) -> str | None:
        """What is wrong with a warehouse whose last process died, before DuckDB takes its log in.

        Nothing is written: a log cut short would be gone once opened otherwise.
        """
        with duckdb.connect(":memory:") as connection:
            try:
                connection.execute(
                    f"attach {literal(self.home.warehouse)} as {CATALOG} (read_only)"
                )
                connection.execute(f"use {CATALOG}")
            except duckdb.Error as error:
                if not recovery.is_damage(error):
                    raise
                return "ILLISIBLE"
            return self._fault(connection)

    def _fault(self, connection: duckdb.DuckDBPyConnection) -> str | None:
        """What is wrong with an open warehouse; its tables are read only when it is suspect."""
        try:
            if recovery.behind(connection, self.journal):
                return "EN_RETARD"
            suspect = self._beside(".suspect").is_file()
            return "ABIME" if suspect and recovery.altered(connection) else None
        except duckdb.Error as error:
            if not recovery.is_damage(error):
                raise
            return "ABIME"

    def _remake(self, reason: str) -> duckdb.DuckDBPyConnection:
        """Set the file aside, make another from its copies, then give it the name.

        Made under another name, so that a run killed meanwhile starts it again.
        """
        file = self.home.warehouse
        former = recovery.set_aside(file) or recovery.left_aside(file, self.journal)
        aside = file.with_name(f".{file.name}")
        connection = self._attach(aside)
        try:
            copies = recovery.attach_copies(
                connection,
                former=None if reason == "ILLISIBLE" else former,
                analysts=self._analysts,
            )
            recovery.recall_history(connection, self.journal, copies)
            restored, lost = self._restore(connection, copies) if self._restore else ([], [])
            recovery.give_up_others(connection, restored)
            for copy in copies:
                connection.execute(f"detach {copy}")
            checkpoint(connection)
        finally:
            connection.close()
        recovery.tell(self.journal, self.home, reason, former, restored, lost)
        aside.replace(file)
        self._beside(".suspect").unlink(missing_ok=True)
        return self._attach(file)

    def _attach(self, file: Path) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"attach {literal(file)} as {CATALOG} ({OPTIONS})")
            connection.execute(f"use {CATALOG}")
            connection.execute(SETTINGS)
            lock_down(connection, [self.home.path], temporary=self.home.work)
            lay_out(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def _log(self) -> Path:
        """DuckDB's write-ahead log: there only when the last process was killed."""
        return self.home.warehouse.with_name(f"{self.home.warehouse.name}.wal")

    @property
    def _analysts(self) -> Path:
        """The analysts' file, the other copy of much of what is here."""
        return self.home.published / "analyse.duckdb"

    def _existed(self) -> bool:
        """Whether there was a warehouse, to go by what it leaves elsewhere."""
        traces = (self._log, self._analysts)
        return any(map(Path.is_file, traces)) or self.journal.last_decision() is not None

    def _beside(self, suffix: str) -> Path:
        return self.home.warehouse.with_suffix(suffix)


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


def checkpoint(connection: duckdb.DuckDBPyConnection) -> None:
    """Take the write-ahead log into the file, which is then whole by itself.

    Not optional after a decision: a torn log is dropped without a word (60 times out of 60), and
    thirty refreshes take 165 MB without it, 11 MB with it.
    """
    connection.execute("checkpoint")


@contextmanager
def reading(
    path: Path, *, key: bytes | None = None, beside: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, read-only and unable to look elsewhere.

    `key` opens an encrypted one; `beside` is another file to join it with, under its own stem.

    Raises:
        ArdoiseError: nothing is published yet, or the file is damaged.
    """
    if not path.is_file():
        raise ArdoiseError(
            "Rien n’est encore publié : le fichier des analystes n’existe pas. "
            "Lancez « ardoise run » d’abord."
        )
    connection = duckdb.connect(":memory:")
    try:
        attach(connection, path, "published", "read_only", key)
        if beside is not None:
            attach(connection, beside, beside.stem, "read_only")
        connection.execute("use published")
        lock_down(connection, [], temporary=None)
        yield connection
    except duckdb.Error as error:
        if not recovery.is_damage(error):
            raise
        raise ArdoiseError(
            f"Le fichier publié « {path} » est abîmé. L’entrepôt n’est pas touché. Lancez "
            "« ardoise verify », qui le retire, puis « ardoise run », qui le refait."
        ) from None
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
def encrypting(path: Path, key: bytes, options: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own that writes a new encrypted file (AES-GCM), attached as `export`.

    It can open nothing else. DuckDB encrypts with its httpfs extension, which brings OpenSSL; here
    it comes from a Python package, signed by DuckDB, and the network is closed behind it.
    """
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"load {literal(extension('httpfs'))}")
        attach(connection, path, "export", options, key)
        lock_down(connection, [path.parent], temporary=None)
        yield connection
        connection.execute("detach export")
    finally:
        connection.close()


@contextmanager
def registered(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    frame: "pl.DataFrame | duckdb.DuckDBPyRelation",
) -> Iterator[None]:
    """A polars frame, or what another connection selects, readable in SQL under a name."""
    connection.register(name, _ArrowStream(frame))
    try:
        yield
    finally:
        connection.unregister(name)


@contextmanager
def empty_tables(
    tables: Mapping[str, Mapping[str, str]],
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to tables that hold no row, by `schema.table` and the type of each column.

    For what is asked of DuckDB's plans alone: they are not shortened by there being no row.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("set disabled_optimizers = 'statistics_propagation'")
        for name, columns in tables.items():
            schema, _, table = name.partition(".")
            told = ", ".join(f"{quoted(column)} {type_}" for column, type_ in columns.items())
            connection.execute(f"create schema if not exists {quoted(schema)}")
            connection.execute(f"create table {quoted(schema, table)} ({told})")
        lock_down(connection, [], temporary=None)
        yield connection


@cache
def scratch() -> duckdb.DuckDBPyConnection:
    """A connection to nothing, for what declarations ask of DuckDB without data."""
    connection = duckdb.connect(":memory:")
    lock_down(connection, [], temporary=None)
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
        lock_down(connection, [folder, *read], temporary=folder)
        yield connection
    finally:
        connection.close()


class _ArrowStream:
    """A frame through Arrow's C stream, which DuckDB reads without pyarrow (45 MB) installed."""

    def __init__(self, frame: "pl.DataFrame | duckdb.DuckDBPyRelation") -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)
