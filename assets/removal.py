"""Rows removed from a published table, which becomes a new version of the same file.

Nothing is built again: a gate that refuses, or a volume that falls by half, would keep the rows.
Which rows go, and why, is decided in `assets.purge` and in `assets.rights`.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import duckdb

from assets.catalogue import Table
from assets.outcome import Published
from assets.partitions.recounting import recount
from assets.platform import Platform
from assets.versions import next_version, published_version, replace_table, stored_bytes
from resources.content import content_of
from resources.sql import literal, quoted
from resources.warehouse import checkpoint, transaction


@dataclass(frozen=True)
class Removal:
    """Why rows go: `reason` in the history, `fact` what the journal calls their number."""

    identity: str
    reason: str
    fact: str


def remove_rows(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    table: Table,
    going: str,
    rows: int,
    removal: Removal,
    meanwhile: Callable[[], None],
) -> None:
    """Remove the `rows` rows of which some SQL is true, and write the new version in the journal.

    `meanwhile` is done in the same transaction.
    """
    standing = published_version(connection, table.key)
    assert standing is not None
    name, staging = (
        f"{table.layer}.{quoted(each)}" for each in (table.name, f"_staging_{table.name}")
    )
    connection.execute(
        f"create or replace table {staging} as from {name} where ({going}) is not true"
    )
    checkpoint(connection)
    after = replace(
        standing,
        version=next_version(connection, table.key),
        rows=standing.rows - rows,
        content=content_of(connection, staging),
    )
    stored = stored_bytes(connection, staging)
    with transaction(connection):
        replace_table(connection, table.layer, table.name, f"_staging_{table.name}")
        meanwhile()
        _remember(connection, table, removal, rows, standing, after, stored)
        parts = recount(connection, platform, table, after.version, removal.identity)
    checkpoint(connection)
    received, quarantined = _counts(connection, table.key, after.version)
    platform.journal.write(
        "publication",
        run=removal.identity,
        table=table.key,
        version=after.version,
        fingerprint=after.fingerprint,
        received=received,
        rows=after.rows,
        quarantined=quarantined,
        content=after.content,
        sha256=after.received_sha256,
        data_date=after.data_date.isoformat() if after.data_date else None,
        **{removal.fact: rows},
        **parts,
    )


def _remember(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    removal: Removal,
    rows: int,
    standing: Published,
    after: Published,
    stored: int | None,
) -> None:
    """The new version: made from the same file, holding fewer rows."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    connection.execute(
        f"""
        insert into quality.versions by name
        select * replace (
            {literal(removal.identity)} as run_id,
            {literal(now)} as decided_at,
            {after.version} as version,
            {after.rows} as published_rows,
            quarantined_rows + {rows} as quarantined_rows,
            {literal(stored)} as stored_bytes,
            {literal(after.content)} as content,
            {literal(removal.reason)} as reason
        )
        from quality.versions
        where table_name = {literal(table.key)} and version = {standing.version}
        """
    )


def _counts(connection: duckdb.DuckDBPyConnection, key: str, version: int) -> tuple[object, ...]:
    row: tuple[object, ...] = connection.execute(
        "select received_rows, quarantined_rows from quality.versions "
        f"where table_name = {literal(key)} and version = {version}"
    ).fetchall()[0]
    return row
