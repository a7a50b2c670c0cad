"""The rows of erased persons in the warehouse: in tables, and in what was set aside of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from assets.catalogue import Table
from assets.intermediate import Row, batches, rows_of, take_out
from assets.platform import Platform
from assets.rights.landed import texts
from assets.rights.matching import Recognition
from assets.versions import published_version
from resources.sql import literal, quoted

GONE = "temp._gone"


@dataclass(frozen=True)
class Rows:
    """How many rows of a person stand in a table, in its two quarantines, in its second age."""

    table: str
    rows: int = 0
    aside: int = 0
    refused: int = 0
    put_away: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.rows + self.aside + self.refused + self.put_away


def rows_of_persons(
    connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table
) -> Rows:
    """How many there are."""
    numbers = dict(person_rows(connection, platform, table))
    asides = {
        place: len(numbers.get(f"quarantine.{quoted(name)}", ()))
        for place, name in quarantines(connection, table)
    }
    put_away = len(put_away_rows(platform, table))
    return Rows(table.key, len(numbers.get(name_of(table), ())), **asides, put_away=put_away)


def person_rows(
    connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table
) -> list[tuple[str, set[int]]]:
    """Where there are rows of theirs, and their numbers: the table, its quarantines."""
    known = Recognition(platform.suppressions, table.contract)
    found: list[tuple[str, set[int]]] = []
    if not known:
        return found
    if published_version(connection, table.key) is not None:
        numbers = set(known.rows(texts(connection, name_of(table), known.names)))
        found.append((name_of(table), numbers))
    for _, name in quarantines(connection, table):
        found.append((f"quarantine.{quoted(name)}", set(_aside(connection, known, name))))
    return found


def put_away_rows(platform: Platform, table: Table) -> list[Row]:
    """The rows of theirs that are in their second age."""
    known = Recognition(platform.suppressions, table.contract)
    found: list[Row] = []
    for batch in batches(platform, table) if known else ():
        rows = list(rows_of(platform, batch))
        found += [rows[rank] for rank in sorted(_ranks(known, rows))]
    return found


def forget_put_away(platform: Platform, table: Table) -> None:
    """Take theirs out of what is in its second age."""
    known = Recognition(platform.suppressions, table.contract)
    take_out(platform, table, lambda rows: _ranks(known, rows))


def _ranks(known: Recognition, rows: Sequence[Row]) -> set[int]:
    texts_of = (
        (rank, [None if row.get(name) is None else str(row[name]) for name in known.names])
        for rank, row in enumerate(rows)
    )
    return set(known.rows(texts_of))


def choose_rows(connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table) -> str:
    """SQL that is true of the rows of a published table that are theirs, until the next choice."""
    known = Recognition(platform.suppressions, table.contract)
    _remember(connection, known.rows(texts(connection, name_of(table), known.names)))
    return f"rowid in (select number from {GONE})"


def forget_aside(
    connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table, code: str
) -> None:
    """Empty the rows set aside that are theirs: that a row was there stays, its line does not."""
    known = Recognition(platform.suppressions, table.contract)
    for _, name in quarantines(connection, table):
        _remember(connection, _aside(connection, known, name))
        empty_aside(connection, table, name, f"rowid in (select number from {GONE})", code)


def empty_aside(
    connection: duckdb.DuckDBPyConnection, table: Table, name: str, where: str, code: str
) -> None:
    """Keep of some rows of a quarantine nothing but a reason."""
    columns = _columns(connection, name)
    emptied = [one.name for one in table.contract.columns if one.name in columns]
    # A column that the contract has no more may hold a value too.
    emptied += sorted(name for name in columns - set(emptied) if not name.startswith("_"))
    emptied.append("_texte")
    told = ", ".join(f"{quoted(one)} = null" for one in emptied)
    connection.execute(
        f"update quarantine.{quoted(name)} set {told}, _ligne = 0, _colonne = null, "
        f"_motif = {literal(code)}, _motifs = [{literal(code)}] where {where}"
    )


def count_aside(connection: duckdb.DuckDBPyConnection, name: str, rows: int, code: str) -> None:
    """Count rows gone from a table in its quarantine: published + set aside = received, still."""
    if rows and _columns(connection, name):
        connection.execute(
            f"insert into quarantine.{quoted(name)} (_ligne, _motif, _motifs) "
            f"select 0, {literal(code)}, [{literal(code)}] from range({rows})"
        )


def quarantines(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[tuple[str, str]]:
    """The quarantines that there are of a table: of the published version, of the refused one."""
    for place, name in (("aside", table.name), ("refused", f"{table.name}__refusee")):
        if _columns(connection, name):
            yield place, name


def _aside(connection: duckdb.DuckDBPyConnection, known: Recognition, name: str) -> Iterator[int]:
    relation, columns = f"quarantine.{quoted(name)}", _columns(connection, name)
    present = [one for one in known.names if one in columns]
    read = texts(connection, relation, present, "_texte is null")
    rank = {one: at for at, one in enumerate(present)}
    full = (
        (number, [values[rank[one]] if one in rank else None for one in known.names])
        for number, values in read
    )
    yield from list(known.rows(full))
    for number, (text,) in texts(connection, relation, ["_texte"], "_texte is not null"):
        if text is not None and known.line(text):
            yield number


def _remember(connection: duckdb.DuckDBPyConnection, numbers: Iterator[int]) -> None:
    found = list(numbers)
    connection.execute("create or replace temp table _gone (number bigint)")
    for start in range(0, len(found), 10_000):
        values = ", ".join(f"({number})" for number in found[start : start + 10_000])
        connection.execute(f"insert into {GONE} values {values}")


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        f"and schema_name = 'quarantine' and table_name = {literal(name)}"
    ).fetchall()
    return {str(row[0]) for row in rows}


def name_of(table: Table) -> str:
    """The published table, in SQL."""
    return f"{table.layer}.{quoted(table.name)}"
