"""The time of what was set aside: texts past it go, their line and their reason stay.

A quarantine holds texts as received, so its dates are read as `assets.decoding` reads them. A row
whose date cannot be read, or believed, is as old as the file it came in.
"""

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.catalogue import Table
from assets.decoding.macros import MACROS
from assets.decoding.values import cleaned, typed
from checks.retention import OVERDUE, overdue
from resources.sql import literal, quoted


def old_texts(connection: duckdb.DuckDBPyConnection, table: Table, today: date) -> int:
    """How many rows set aside of a table still have a text past its time."""
    return sum(
        connection.execute(
            f"select count(*) from quarantine.{quoted(name)} where {past}"
        ).fetchall()[0][0]
        for name, past in _past(connection, table, today)
    )


def forget_texts(connection: duckdb.DuckDBPyConnection, table: Table, today: date) -> None:
    """Keep of these rows their line, and why nothing more is kept."""
    since, why = _told(table)
    for name, past in _past(connection, table, today):
        known = _columns(connection, name)
        texts = [column.name for column in table.contract.columns if column.name in known]
        emptied = ", ".join(f"{quoted(each)} = null" for each in (*texts, "_texte"))
        connection.execute(
            f"update quarantine.{quoted(name)} set {emptied}, _colonne = {since}, "
            f"_motif = {literal(OVERDUE)}, _motifs = [{why}] where {past}"
        )


def count_as_set_aside(connection: duckdb.DuckDBPyConnection, table: Table, rows: int) -> None:
    """Count rows gone from the table in its quarantine: published + set aside = received, still.

    Their line is no longer known: it is 0.
    """
    if _columns(connection, table.name):
        since, why = _told(table)
        connection.execute(
            f"insert into quarantine.{quoted(table.name)} (_ligne, _colonne, _motif, _motifs) "
            f"select 0, {since}, {literal(OVERDUE)}, [{why}] from range({rows})"
        )


def _told(table: Table) -> tuple[str, str]:
    """The column from which time runs, and the reason, as the quarantine writes them in SQL."""
    since = table.contract.retention.since
    return literal(since), literal(f"{since}:{OVERDUE}")


def _past(
    connection: duckdb.DuckDBPyConnection, table: Table, today: date
) -> Iterator[tuple[str, str]]:
    """Each quarantine of a table, and SQL that is true of its rows whose text is past its time."""
    contract = table.contract
    since = str(contract.retention.since)
    connection.execute(MACROS)
    for name, outcome in ((table.name, "published"), (f"{table.name}__refusee", "refused")):
        columns = _columns(connection, name)
        if not columns:
            continue
        column, value = contract.by_name[since], "null"
        if since in columns:
            read = typed(column, cleaned(column, contract, quoted(since)))
            blamed = f"lambda one: starts_with(one, {literal(since + ':')})"
            value = f"(case when len(list_filter(_motifs, {blamed})) = 0 then {read} end)"
        (received,) = connection.execute(
            "select arg_max(data_date, version) from quality.versions "
            f"where table_name = {literal(table.key)} and outcome = {literal(outcome)}"
        ).fetchall()[0]
        old = received is not None and received.date() < contract.retention.limit(today)
        past = f"coalesce({overdue(contract, today, value)}, {literal(old)})"
        yield name, f"_motif <> {literal(OVERDUE)} and {past}"


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        f"and schema_name = 'quarantine' and table_name = {literal(name)}"
    ).fetchall()
    return {str(row[0]) for row in rows}
