"""The partitions of a table after rows were removed from it: purged, erased, whatever the reason.

What each partition holds is counted again; one whose whole period is past its time is dropped,
with what it had set aside and the file it came from. Received = published + set aside, still.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import duckdb

from assets.catalogue import Table
from assets.partitions.parts import remember_parts, standing, told_of
from assets.partitions.reception import partitions_of
from assets.platform import Platform
from checks.partitions import LAYOUTS
from resources.content import Rows
from resources.sql import literal, quoted


def recount(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    table: Table,
    version: int,
    run_id: str,
) -> dict[str, object]:
    """Write what the partitions hold in a version just made; the same for the journal.

    To be called in the transaction of the removal, once the version is in the history.
    """
    if table.contract.partitions is None:
        return {}
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    held, aside = _held(connection, table), _aside(connection, table)
    past = _past(platform, table)
    changed = []
    for name, kept in standing(connection, table.key).items():
        rows = held.get(name, Rows(0, 0, 0))
        ended = name in past and rows.count == 0
        if rows.word == kept.content and not ended:
            continue
        after = replace(
            kept,
            version=version,
            decided_at=now,
            rows=rows.count,
            quarantined=(kept.received or 0) - rows.count,
            content=rows.word,
        )
        if ended:
            after = replace(after, outcome="purged", rows=0, quarantined=0, received=0)
            _drop(connection, table, name)
        else:
            _name(connection, table, name, (after.quarantined or 0) - aside.get(name, 0))
        changed.append(after)
    remember_parts(connection, run_id, table.key, changed)
    _add_up(connection, table, version)
    return {"partitions": told_of(changed)} if changed else {}


def forget_landed(connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table) -> None:
    """Remove the received files of the partitions that no longer stand because of their age."""
    if table.contract.partitions is None:
        return
    for name in platform.landing.partitions(table.landing) & _past(platform, table):
        if name not in standing(connection, table.key):
            platform.landing.forget(table.landing, name)


def _past(platform: Platform, table: Table) -> set[str]:
    """The periods whose last day is past its time."""
    cut, retention = partitions_of(table.contract), table.contract.retention
    if retention.since != cut.by:
        return set()
    today = platform.day_of(table.contract)
    limit = retention.limit(today)
    return {period.name for period in cut.until(today) if period.end <= limit}


def _held(connection: duckdb.DuckDBPyConnection, table: Table) -> Mapping[str, Rows]:
    """What each partition of a published table holds."""
    cut = partitions_of(table.contract)
    by = quoted(cut.by)
    kind = table.contract.by_name[cut.by].type
    name = {
        "year": f"lpad({by}::varchar, 4, '0')",
        "yearmonth": f"left({by}, {len(cut.example)})",
    }.get(kind, f"strftime({by}, {literal(LAYOUTS[cut.each])})")
    rows = connection.execute(
        f"select {name}, count(*), sum(hash(_row)), bit_xor(hash(_row)) "
        f"from {table.layer}.{quoted(table.name)} as _row group by 1"
    ).fetchall()
    return {each: Rows(*sums) for each, *sums in rows}


def _aside(connection: duckdb.DuckDBPyConnection, table: Table) -> Mapping[str, int]:
    return dict(
        connection.execute(
            f"select _partition, count(*) from quarantine.{quoted(table.name)} group by 1"
        ).fetchall()
    )


def _drop(connection: duckdb.DuckDBPyConnection, table: Table, partition: str) -> None:
    connection.execute(
        f"delete from quarantine.{quoted(table.name)} where _partition = {literal(partition)}"
    )


def _name(connection: duckdb.DuckDBPyConnection, table: Table, partition: str, rows: int) -> None:
    """Say of so many rows set aside by the removal which partition they were of."""
    aside = f"quarantine.{quoted(table.name)}"
    if rows > 0:
        connection.execute(
            f"update {aside} set _partition = {literal(partition)} where rowid in "
            f"(select rowid from {aside} where _partition is null limit {rows})"
        )


def _add_up(connection: duckdb.DuckDBPyConnection, table: Table, version: int) -> None:
    """The counts of the version: those of the partitions that stand."""
    connection.execute(f"delete from quarantine.{quoted(table.name)} where _partition is null")
    stands = standing(connection, table.key).values()
    received = sum(kept.received or 0 for kept in stands)
    aside = sum(kept.quarantined or 0 for kept in stands)
    connection.execute(
        f"update quality.versions set received_rows = {received}, quarantined_rows = {aside} "
        f"where table_name = {literal(table.key)} and version = {version}"
    )
