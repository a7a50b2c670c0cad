"""Rows already past their time when they arrive: set aside, and nothing of their text is kept."""

from datetime import date

import duckdb

from assets.decoding.judging import FAULTS
from assets.decoding.reading import Reading
from checks.contract import Contract
from checks.retention import OVERDUE, overdue
from resources.sql import literal


def find_overdue(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    contract: Contract,
    reading: Reading,
    today: date,
) -> None:
    """Put in `FAULTS` the rows of a staging table that are past their time, without their texts.

    Whatever else they are at fault for: its text would be kept too. But a date that breaks its own
    promise (a clock back in 1970) is a fault of the file, and tells no age.
    """
    past = overdue(contract, today)
    if past is None:
        return
    told = literal(f"{contract.retention.since}:")
    connection.execute(
        f"""
        create or replace temp table _overdue as
        select rowid as row
        from {table}
        where {past} and rowid not in (
            select row from {FAULTS}
            where len(list_filter(reasons, lambda one: starts_with(one, {told}))) > 0
        )
        """
    )
    if not connection.execute("select 1 from _overdue limit 1").fetchone():
        return
    connection.execute(f"delete from {FAULTS} where row in (select row from _overdue)")
    lines = "select row, null::bigint as line from _overdue"
    if reading.numbered:  # the file has its own lines: it is read again for theirs
        numbered = f"(select row_number() over () - 1 as row, line from {reading.again})"
        lines = f"select row, line from {numbered} semi join _overdue using (row)"
    why = literal(f"{contract.retention.since}:{OVERDUE}")
    connection.execute(
        f"insert into {FAULTS} (row, line, raw, reasons) "
        f"select row, line, null::varchar[], [{why}] from ({lines})"
    )
