"""A DuckDB file of an audience: its tables, each commented, and its catalogue. Whole, or not there.

Open and internal files are in the first storage version of DuckDB 1: old drivers (DBeaver, QGIS, R)
open them. An encrypted file cannot be: it needs DuckDB 1.4 to be read.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from assets.publication.audiences import Readable
from assets.publication.dictionary import Rows, write_dictionary
from resources.platform_tables import PUBLISHED_TABLES
from resources.sql import literal, quoted
from resources.warehouse import encrypting, registered, transaction

STORAGE = "storage_version 'v1.0.0'"
# The first that can be encrypted.
ENCRYPTED_STORAGE = "storage_version 'v1.4.0'"
Copy = Callable[[str, str], None]


def write_open(
    connection: duckdb.DuckDBPyConnection, path: Path, readable: Sequence[Readable], rows: Rows
) -> None:
    """The open file."""
    with _attached(connection, path):
        fill(connection, readable, rows, lambda name, select: _make(connection, name, select))


def write_internal(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    open_file: Path,
    readable: Sequence[Readable],
    rows: Rows,
) -> None:
    """The internal file: the open one, with internal tables, another catalogue, and the platform's
    own tables (checks, energy).

    It begins as a copy, block by block: most of it is the same tables, and it is made again with
    each publication (0.3 CPU-s instead of 1.1 in the demonstration).
    """
    shutil.copyfile(open_file, path)
    others = [one for one in readable if one.access != "open"]
    with _attached(connection, path):
        connection.execute("drop schema export.catalogue cascade")
        fill(connection, others, rows, lambda name, select: _make(connection, name, select))
        for schema in ("quality", "sobriety"):
            connection.execute(f"create schema export.{schema}")
        for name in PUBLISHED_TABLES:
            _make(connection, f"export.{name}", f"from {name}")


def write_encrypted(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    key: bytes,
    readable: Sequence[Readable],
    rows: Rows,
) -> None:
    """The restricted file. Rows go from one connection to the other in memory, never by a file."""
    with encrypting(path, key, ENCRYPTED_STORAGE) as sealed:

        def copy(name: str, select: str) -> None:
            with registered(sealed, "_incoming", connection.sql(select)):
                sealed.execute(f"create table {name} as from _incoming")

        with transaction(sealed):
            fill(sealed, readable, rows, copy)


def fill(
    target: duckdb.DuckDBPyConnection, readable: Sequence[Readable], rows: Rows, copy: Copy
) -> None:
    """Make the tables of `export` and its catalogue; `copy` makes one from what it selects."""
    for schema in ("sources", "curated", "catalogue"):
        target.execute(f"create schema if not exists export.{schema}")
    for one in readable:
        copy(_name(one), one.select)
        for statement in _comments(one):
            target.execute(statement)
    write_dictionary(target, "export", rows)


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """A file to write, as `export`: all the tables of one moment in one transaction, or no file."""
    connection.execute(f"attach {literal(path)} as export ({STORAGE})")
    try:
        with transaction(connection):
            yield
    finally:
        connection.execute("detach export")


def _make(connection: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    connection.execute(f"create table {name} as {select}")


def _name(one: Readable) -> str:
    return f"export.{one.table.layer}.{quoted(one.table.name)}"


def _comments(one: Readable) -> Iterator[str]:
    contract, name = one.table.contract, _name(one)
    told = f"{contract.title}. {contract.description} Grain : {contract.grain}."
    if contract.synthetic:
        told += " Données synthétiques, pour démonstration."
    if missing := len(contract.columns) - len(one.columns):
        told += f" Sans {missing} colonne{'s' * (missing > 1)} de données personnelles."
    yield f"comment on table {name} is {literal(told)}"
    for column in contract.columns:
        if column.name in one.columns:
            unit = f" ({column.unit})" if column.unit else ""
            yield (
                f"comment on column {name}.{quoted(column.name)} is "
                f"{literal(column.description + unit)}"
            )
