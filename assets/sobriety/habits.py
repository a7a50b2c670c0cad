"""The habits of a table, from the books of earlier runs: what its sobriety is judged from.

Sentences and thresholds are in `checks.sobriety`; what could be done about it in
`assets.sobriety.levers`.
"""

import datetime as dt
from collections.abc import Iterator

import duckdb

from assets.catalogue import Table
from assets.sobriety.levers import RHYTHM, observed_days
from checks import sobriety
from checks.retention import overdue
from checks.rules import Verdict
from resources.sql import literal

COMPARED = 20


def habit_verdicts(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    staged: str,
    *,
    cpu_s: float | None,
    today: dt.date,
) -> list[Verdict]:
    """What the books say of a table that is about to be published, staged under this name.

    `today` is the day from which its retention is counted.
    """
    contract = table.contract
    found = [
        sobriety.overdue_verdict(contract, _overdue(connection, table, staged, today)),
        sobriety.drift_verdict(cpu_s, _spent(connection, table)),
    ]
    used, kept, readers, unread = _serving(connection, table)
    if table.layer == "sources":
        asked = RHYTHM.get(contract.cadence) if contract.cadence else None
        changes = observed_days(connection, table) if asked else None
        found.append(sobriety.columns_verdict(used, kept))
        found.append(sobriety.rhythm_verdict(asked, changes))
    found.append(sobriety.reading_verdict(readers, unread))
    return [verdict for verdict in found if verdict is not None]


def overdue_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, int]]:
    """Every published table that holds rows past their time, as the books last counted them."""
    yield from connection.execute(
        """
        select
            table_name,
            overdue_rows
        from (
            from sobriety.volumes
            qualify measured_at = max(measured_at) over (partition by table_name)
        )
        where overdue_rows > 0
        order by table_name
        """
    ).fetchall()


def _overdue(
    connection: duckdb.DuckDBPyConnection, table: Table, staged: str, today: dt.date
) -> int | None:
    past = overdue(table.contract, today)
    if past is None:
        return None
    rows = connection.execute(f"select count(*) filter ({past}) from {staged}").fetchall()
    return int(rows[0][0])


def _spent(connection: duckdb.DuckDBPyConnection, table: Table) -> list[float]:
    """CPU-seconds of making it, in its last real runs."""
    rows = connection.execute(
        f"""
        select cpu_s
        from sobriety.ledger
        where asset = {literal(table.key)} and activity = 'table' and outcome = 'published'
            and cpu_s is not null
        order by started_at desc
        limit {COMPARED}
        """
    ).fetchall()
    return [float(row[0]) for row in rows]


def _serving(
    connection: duckdb.DuckDBPyConnection, table: Table
) -> tuple[int | None, int | None, int | None, int | None]:
    """Columns used and kept, tables that read it, days since somebody did."""
    rows = connection.execute(
        f"""
        with watched as (
            select
                *,
                min(measured_at) over () as since
            from sobriety.volumes
            where table_name = {literal(table.key)}
        )
        select
            columns_used,
            columns_kept,
            readers,
            date_diff('day', coalesce(last_read_at, since), measured_at)
        from watched
        order by measured_at desc
        limit 1
        """
    ).fetchall()
    return rows[0] if rows else (None, None, None, None)
