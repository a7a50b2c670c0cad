"""Volumes, table by table: received, landed, kept, published; columns and rows that serve.

Facts of `sobriety.volumes`, written at each publication. What they say should be done is in
`assets.sobriety.levers`.
"""

import datetime as dt
from typing import Any

import duckdb

from assets.catalogue import Table
from assets.outcome import Published
from assets.platform import Platform
from assets.sobriety.reads import read_by_analysts, used_by_tables
from assets.versions import published_version, stored_bytes
from checks.retention import oldest, overdue
from resources.sql import literal, quoted
from resources.warehouse import append, transaction


def write_volumes(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    run_id: str,
    now: dt.datetime,
) -> None:
    """Write the volumes of every published table."""
    published = [
        (table, version)
        for table in platform.catalogue
        if (version := published_version(connection, table.key)) is not None
    ]
    tables = [table for table, _ in published]
    kept = {table.key: _columns(connection, table) for table in tables}
    used = used_by_tables(connection, tables, kept)
    by_analysts, last_read = read_by_analysts(platform.home.logs, now)
    rows = []
    for table, version in published:
        read = used.get(table.key, set()) | by_analysts.get(table.key, set())
        read |= set(table.contract.key)
        unused = sorted(kept[table.key] - read) if table.layer == "sources" else []
        rows.append(
            {
                "run_id": run_id,
                "measured_at": now,
                "table_name": table.key,
                **_received(platform, table),
                "stored_bytes": stored_bytes(connection, f"{table.layer}.{quoted(table.name)}"),
                "published_bytes": _published_bytes(platform, table),
                "received_rows": _received_rows(connection, table, version),
                "kept_rows": version.rows,
                "columns_kept": len(kept[table.key]),
                "columns_used": len(kept[table.key]) - len(unused),
                "unused_columns": unused,
                "readers": sum(table.key in other.upstream for other in tables),
                "last_read_at": last_read.get(table.key),
                **_kept_since(connection, table, platform.day_of(table.contract)),
            }
        )
    with transaction(connection):
        connection.execute(f"delete from sobriety.volumes where run_id = {literal(run_id)}")
        append(connection, "sobriety.volumes", rows)


def _received(platform: Platform, table: Table) -> dict[str, Any]:
    if table.layer != "sources":
        return {"received_bytes": None, "landed_bytes": None}
    landing, names = platform.landing, platform.landing.partitions(table.landing)
    kept = [landing.last(table.landing, name) for name in names or [None]]
    files = [landed for landed in kept if landed is not None]
    return {
        "received_bytes": sum(landed.bytes for landed in files) if files else None,
        "landed_bytes": sum(landed.landed_bytes for landed in files) if files else None,
    }


def _kept_since(
    connection: duckdb.DuckDBPyConnection, table: Table, today: dt.date
) -> dict[str, Any]:
    """Rows past their time and the oldest moment; None where the contract does not say since."""
    past = overdue(table.contract, today)
    if past is None:
        return {"overdue_rows": None, "oldest": None}
    rows = connection.execute(
        f"select count(*) filter ({past}), {oldest(table.contract) or 'null'} "
        f"from {table.layer}.{quoted(table.name)}"
    ).fetchall()
    return {"overdue_rows": rows[0][0], "oldest": rows[0][1]}


def _published_bytes(platform: Platform, table: Table) -> int | None:
    """The open file of a table, as it stands; None for a table that has none (yet)."""
    file = platform.home.current / "open" / "parquet" / f"{table.key}.parquet"
    return file.stat().st_size if file.is_file() else None


def _received_rows(
    connection: duckdb.DuckDBPyConnection, table: Table, version: Published
) -> int | None:
    row = connection.execute(
        f"select received_rows from quality.versions where table_name = {literal(table.key)} "
        f"and version = {version.version}"
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def _columns(connection: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = current_database() "
        f"and schema_name = '{table.layer}' and table_name = {literal(table.name)}"
    ).fetchall()
    return {str(row[0]) for row in rows}
