"""Rows that repeat a key: all but the first when they are identical, all when they differ."""

import duckdb

from assets.decoding.judging import FAULTS
from assets.decoding.reading import Reading
from checks.contract import Contract
from resources.sql import quoted


def find_repeats(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract, reading: Reading
) -> None:
    """Add to `FAULTS` the rows of a staging table that repeat a key, with their raw texts."""
    keys = [contract.key] if contract.key else []
    keys += [
        [column.name]
        for column in contract.columns
        if column.constraints.unique and [column.name] not in keys
    ]
    connection.execute("create or replace temp table _repeats (row bigint, reasons varchar[])")
    for key in keys:
        _find(connection, table, contract, key)
    # Their texts went by when nobody knew that they repeat others: they are read again.
    line = "line" if reading.numbered else "null"
    texts = ", ".join(f"c{index}" for index in range(len(contract.columns)))
    if connection.execute("select 1 from _repeats limit 1").fetchone():
        connection.execute(
            f"""
            insert into {FAULTS}
            select row, line, raw, reasons
            from (
                select row_number() over () - 1 as row, {line} as line, [{texts}] as raw
                from {reading.again}
            ) join _repeats using (row)
            """
        )


def _find(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract, key: list[str]
) -> None:
    names = [quoted(name) for name in key]
    content = ", ".join(quoted(column.name) for column in contract.columns)
    # Two keys that lack the same part are the same key; two lone missing values are not.
    same = "=" if len(key) == 1 else "is not distinct from"
    matches = " and ".join(f"good.{name} {same} repeated.{name}" for name in names)
    connection.execute(
        f"""
        insert into _repeats
        with good as (
            select rowid as row, * exclude (_raw)
            from {table}
            where rowid not in (select row from {FAULTS} union all select row from _repeats)
        ),
        repeated as (
            select {", ".join(names)} from good group by all having count(*) > 1
        ),
        judged as (
            select
                row,
                min(row) over same as first,
                min(hash({content})) over same <> max(hash({content})) over same as differs
            from good semi join repeated on {matches}
            window same as (partition by {", ".join(names)})
        )
        select
            row,
            ['{key[0]}:' || case when differs then 'CLE_EN_CONFLIT' else 'DOUBLON' end]
        from judged
        where differs or row <> first
        """
    )
