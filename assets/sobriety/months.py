"""The ledger's own retention: thirteen months in detail, then one line a month.

Thirteen months show the same month of last year; beyond, a council reads months, not runs.
"""

import datetime as dt

import duckdb

from resources.sql import literal
from resources.warehouse import transaction

MONTHS_KEPT = 13
# Tables of facts about runs that only their detail makes useful.
DETAILS = {
    "sobriety.runs": "started_at",
    "sobriety.avoided": "avoided_at",
    "sobriety.volumes": "measured_at",
}


def gather_old_months(connection: duckdb.DuckDBPyConnection, today: dt.date) -> int:
    """Add up the lines older than thirteen months by month, asset and method; how many went."""
    limit = f"{literal(oldest_day(today).isoformat())}::date"
    row = connection.execute(
        f"select count(*) from sobriety.ledger where started_at < {limit}"
    ).fetchone()
    lines = int(row[0]) if row else 0
    if lines == 0:
        return 0
    with transaction(connection):
        connection.execute(
            f"""
            insert into sobriety.months by name
            select
                date_trunc('month', started_at)::date as month,
                asset,
                activity,
                count(distinct run_id) as runs,
                sum(cpu_s) as cpu_s,
                sum(kwh_low) as kwh_low,
                sum(kwh) as kwh,
                sum(kwh_high) as kwh_high,
                sum(gco2e_low) as gco2e_low,
                sum(gco2e) as gco2e,
                sum(gco2e_high) as gco2e_high,
                sum(codecarbon_kwh) as codecarbon_kwh,
                sum(bytes_in) as bytes_in,
                sum(rows_out) as rows_out,
                method,
                coefficients,
                factor
            from sobriety.ledger
            where started_at < {limit}
            group by all
            """
        )
        connection.execute(f"delete from sobriety.ledger where started_at < {limit}")
        for table, moment in DETAILS.items():
            connection.execute(f"delete from {table} where {moment} < {limit}")
    return lines


def oldest_day(today: dt.date) -> dt.date:
    """The first day of the oldest month kept in detail."""
    index = today.year * 12 + today.month - 1 - MONTHS_KEPT
    return dt.date(index // 12, index % 12 + 1, 1)
