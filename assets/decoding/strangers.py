"""Rows of another period than the one that was asked for: set aside, whole.

A partition holds the rows of its period and no other, so that replacing it touches no neighbour. A
message that comes late is received again with its own day.
"""

import duckdb

from assets.decoding.judging import FAULTS
from assets.decoding.reading import Reading
from checks.contract import Contract
from checks.partitions import STRANGER, Period, inside
from resources.sql import literal


def find_strangers(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    contract: Contract,
    reading: Reading,
    period: Period,
) -> None:
    """Add to `FAULTS` the rows of a staging table that are not of a period.

    A row already at fault stays at fault for its own reason.
    """
    cut = contract.partitions
    assert cut is not None
    ours = inside(contract.by_name[cut.by].type, cut.by, period)
    strange = f"({ours}) is not true and rowid not in (select row from {FAULTS})"
    if not connection.execute(f"select 1 from {table} where {strange} limit 1").fetchone():
        return
    why = literal(f"{cut.by}:{STRANGER}")
    texts = ", ".join(f"c{i}" for i, _ in enumerate(contract.columns))
    line = "line" if reading.numbered else "null::bigint"
    connection.execute(
        f"create or replace temp table _strangers as select rowid as row from {table} "
        f"where {strange}"
    )
    # Their texts went by when nobody knew whose they were: they are read again.
    connection.execute(
        f"""
        insert into {FAULTS} (row, line, raw, reasons)
        select row, {line} as line, [{texts}], [{why}]
        from (select row_number() over () - 1 as row, * from {reading.again})
        semi join _strangers using (row)
        """
    )
