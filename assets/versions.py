"""The memory of decisions: which version of each table is published, which were refused and why.

Rows of `quality.versions` and `quality.results`, and the swap itself. The decision is taken in
`assets.table`.
"""

import datetime as dt
from typing import Any

import duckdb

from assets.catalogue import Table
from assets.decoding.stage import Staged
from assets.outcome import Decision, Outcome, Published
from resources.sql import literal, quoted
from resources.warehouse import append, checkpoint, transaction


def published_version(connection: duckdb.DuckDBPyConnection, key: str) -> Published | None:
    """The version of a table that readers see now; one that was lost has no fingerprint."""
    row = connection.execute(
        f"""
        select
            version,
            fingerprint,
            published_rows,
            decided_at,
            data_date,
            content,
            received_sha256
        from quality.versions
        where table_name = {literal(key)} and outcome = 'published' and fingerprint <> ''
        order by version desc
        limit 1
        """
    ).fetchone()
    return Published(*row) if row else None


def last_decision(connection: duckdb.DuckDBPyConnection, key: str) -> Decision | None:
    """The last thing decided about a table, published or refused."""
    row = connection.execute(
        f"""
        select
            outcome,
            fingerprint,
            reason
        from quality.versions
        where table_name = {literal(key)}
        order by version desc
        limit 1
        """
    ).fetchone()
    return Decision(*row) if row else None


def next_version(connection: duckdb.DuckDBPyConnection, key: str) -> int:
    """The number of the next decision about a table, published or refused."""
    row = connection.execute(
        "select coalesce(max(version), 0) + 1 from quality.versions "
        f"where table_name = {literal(key)}"
    ).fetchone()
    return int(row[0]) if row else 1


def publish(
    connection: duckdb.DuckDBPyConnection, run_id: str, outcome: Outcome, staged: Staged
) -> None:
    """Swap a staged table in with its quarantine, verdicts and version: all or nothing."""
    table = outcome.table
    with transaction(connection):
        swap_in(connection, table, staged)
        if staged.quarantine is not None:
            connection.execute(f"drop table if exists quarantine.{_refused_name(table)}")
        if table.contract.disclosure and table.contract.disclosure.cells:
            from checks.disclosure.releases import remember_release  # NumPy: paid only here

            remember_release(connection, table.key, outcome.version)
        remember(connection, run_id, outcome, reason=None)
    checkpoint(connection)


def swap_in(connection: duckdb.DuckDBPyConnection, table: Table, staged: Staged) -> None:
    """Give a staged table its name, and its quarantine with it."""
    replace_table(connection, table.layer, table.name, f"_staging_{table.name}")
    if staged.quarantine is not None:
        replace_table(connection, "quarantine", table.name, f"_staging_{table.name}")


def refuse(
    connection: duckdb.DuckDBPyConnection, run_id: str, outcome: Outcome, staged: Staged | None
) -> None:
    """Keep the verdicts and the rows set aside; drop the version, leave the published one."""
    table = outcome.table
    with transaction(connection):
        connection.execute(f"drop table if exists {table.layer}.{quoted(f'_staging_{table.name}')}")
        if staged is not None and staged.quarantine is not None:
            refused = f"{table.name}__refusee"
            replace_table(connection, "quarantine", refused, f"_staging_{table.name}")
        reasons = " ; ".join(verdict.rule.sentence for verdict in outcome.refusals)
        remember(connection, run_id, outcome, reason=reasons)
    checkpoint(connection)


def stored_bytes(connection: duckdb.DuckDBPyConnection, table: str) -> int | None:
    """Bytes of the file's blocks a table stands on, once checkpointed: at least one of 64 kB."""
    row = connection.execute(
        "select count(distinct block_id) * (select block_size from pragma_database_size() "
        "where database_name = current_database()) "
        f"from pragma_storage_info({literal(table)}) where block_id >= 0"
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def replace_table(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, staged: str
) -> None:
    """Give a table of the schema the name of another, which it replaces."""
    connection.execute(f"drop table if exists {quoted(schema, name)}")
    connection.execute(f"alter table {quoted(schema, staged)} rename to {quoted(name)}")


def _refused_name(table: Table) -> str:
    return quoted(f"{table.name}__refusee")


def remember(
    connection: duckdb.DuckDBPyConnection, run_id: str, outcome: Outcome, reason: str | None
) -> None:
    """Write a decision and its verdicts, those of each partition with its name."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    about: dict[str, Any] = {
        "run_id": run_id,
        "table_name": outcome.table.key,
        "version": outcome.version,
    }
    append(
        connection,
        "quality.versions",
        [
            {
                **about,
                "decided_at": now,
                "outcome": outcome.state,
                "fingerprint": outcome.fingerprint,
                "received_rows": outcome.received,
                "published_rows": outcome.rows if outcome.state == "published" else None,
                "quarantined_rows": outcome.quarantined,
                "stored_bytes": outcome.bytes_out,
                "reason": reason,
                "data_date": outcome.data_date,
                "content": outcome.content,
                "received_sha256": outcome.received_sha256,
            }
        ],
    )
    append(
        connection,
        "quality.results",
        [
            {
                **about,
                "checked_at": now,
                "rule": verdict.rule.name,
                "dimension": str(verdict.rule.dimension),
                "severity": str(verdict.rule.severity),
                "sentence": verdict.rule.sentence,
                "expectation": verdict.rule.expectation,
                "passed": verdict.passed,
                "observed": verdict.observed,
                "checked_rows": verdict.checked,
                "unexpected_rows": verdict.unexpected,
                "error": verdict.error,
                "partition": one.partition,
            }
            for one in (outcome, *outcome.partitions)
            for verdict in one.verdicts
        ],
    )
