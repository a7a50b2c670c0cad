"""The rows set aside, of the published version and of the last refused one.

A value is given only for the column at fault, and never for a column that is about persons unless
it is asked for by name. Why a row is set aside is decided in `assets.decoding`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from assets.catalogue import Table
from checks.contract import Contract
from resources.errors import DeclarationError
from resources.sql import literal, quoted

Version = Literal["publiée", "refusée"]
NAMES: dict[Version, str] = {"publiée": "{name}", "refusée": "{name}__refusee"}


@dataclass(frozen=True)
class Reason:
    """How many rows of a version were set aside first for a column and a code."""

    version: Version
    column: str | None
    code: str
    rows: int


@dataclass(frozen=True)
class Aside:
    """One row set aside. `value` is None where there is none, or where it may not be shown."""

    version: Version
    line: int
    column: str | None
    code: str
    value: str | None
    hidden: bool


def reasons_of(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Reason]:
    """Every reason, the most frequent first; a version's counts add up to its rows set aside."""
    found: list[Reason] = []
    for version, name in _versions(connection, table):
        rows = connection.execute(
            f"select _colonne, _motif, count(*) from {name} group by all order by 3 desc, 1, 2"
        ).fetchall()
        found += [Reason(version, column, code, n) for column, code, n in rows]
    return found


def rows_of(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    *,
    reason: str | None = None,
    limit: int | None = None,
    values: bool = False,
) -> list[Aside]:
    """The rows in the order of the file; `reason` keeps those of one code, `values` shows persons'.

    `limit` is a number of rows by version.
    """
    found: list[Aside] = []
    for version, name in _versions(connection, table):
        kept = f"where _motif = {literal(reason)}" if reason else ""
        cut = f"limit {limit}" if limit is not None else ""
        rows = connection.execute(
            f"select _ligne, _colonne, _motif, {_value(connection, name)} "
            f"from {name} {kept} order by _ligne {cut}"
        ).fetchall()
        for line, column, code, value in rows:
            hidden = value is not None and not values and _about_persons(table.contract, column)
            found.append(Aside(version, line, column, code, None if hidden else value, hidden))
    return found


def lines_aside(connection: duckdb.DuckDBPyConnection, table: Table) -> set[int]:
    """The lines set aside by the version decided last."""
    *_, last = [None, *_versions(connection, table)]
    if last is None:
        return set()
    return {line for (line,) in connection.execute(f"select _ligne from {last[1]}").fetchall()}


def confirm_source(table: Table) -> None:
    """Nothing is received by a curated table, so nothing of it is set aside.

    Raises:
        DeclarationError: the table is not a source.
    """
    if table.layer != "sources":
        read = ", ".join(f"« {key} »" for key in sorted(table.upstream))
        raise DeclarationError(
            f"« {table.key} » est calculée : elle ne reçoit pas de fichier et n’a pas de "
            f"quarantaine. Voyez celle de ce qu’elle lit : {read}."
        )


def _versions(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[tuple[Version, str]]:
    """The quarantines there are, the published one first. A publication drops the refused one."""
    for version, pattern in NAMES.items():
        name = pattern.format(name=table.name)
        there = connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'quarantine' "
            f"and table_name = {literal(name)} and database_name = current_database()"
        ).fetchone()
        if there:
            yield version, f"quarantine.{quoted(name)}"


def _value(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    """SQL: the text of the column at fault, or the whole line where it could not be cut."""
    described = connection.execute(f"select * from {name} limit 0").description or []
    columns: Sequence[str] = [column[0] for column in described]
    cases = " ".join(
        f"when {literal(column)} then {quoted(column)}::varchar"
        for column in columns
        if not column.startswith("_")
    )
    return f"case when _colonne is null then _texte else case _colonne {cases} end end"


def _about_persons(contract: Contract, column: str | None) -> bool:
    """Whether a value is about persons; a whole line is as soon as one of its columns is.

    A column the contract no longer has is judged by the table: nobody says what it was.
    """
    if column is not None and column in contract.by_name:
        return contract.by_name[column].personal_data != "none"
    return contract.protection.personal_data != "none"
