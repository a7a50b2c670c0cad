"""Work not done: what the tables that had not changed would have cost, on a line of its own.

A counterfactual, never subtracted from what was spent, never called a saving.
"""

import datetime as dt
from collections.abc import Iterable

import duckdb

from assets.outcome import Outcome
from resources.sql import literal
from resources.warehouse import transaction

# Fewer runs than that say nothing of what another would have cost: « non mesuré ».
LEAST_RUNS = 5
COMPARED = 20


def write_avoided(
    connection: duckdb.DuckDBPyConnection, run_id: str, unchanged: Iterable[str], now: dt.datetime
) -> None:
    """Write what each unchanged table would have cost: the median of its last real runs.

    CPU-seconds, with the first and third quartiles as range; null when too few runs are known.
    """
    keys = sorted(unchanged)
    with transaction(connection):
        connection.execute(f"delete from sobriety.avoided where run_id = {literal(run_id)}")
        if not keys:
            return
        connection.execute(
            f"""
            insert into sobriety.avoided by name
            with spent as (
                select
                    asset,
                    sum(cpu_s) as cpu_s
                from sobriety.ledger
                where asset in {_listed(keys)} and outcome = 'published'
                group by asset, run_id
                qualify row_number() over (partition by asset order by max(started_at) desc)
                    <= {COMPARED}
            )
            select
                {literal(run_id)} as run_id,
                asset,
                {literal(now)} as avoided_at,
                0 as runs_compared
            from (select unnest({literal(keys)}) as asset) anti join spent using (asset)
            union all by name
            select
                {literal(run_id)} as run_id,
                asset,
                {literal(now)} as avoided_at,
                count(*) as runs_compared,
                if(count(*) >= {LEAST_RUNS}, median(cpu_s), null) as cpu_s,
                if(count(*) >= {LEAST_RUNS}, quantile_cont(cpu_s, 0.25), null) as cpu_s_low,
                if(count(*) >= {LEAST_RUNS}, quantile_cont(cpu_s, 0.75), null) as cpu_s_high
            from spent
            group by asset
            """
        )


def write_avoided_partitions(
    connection: duckdb.DuckDBPyConnection, run_id: str, outcome: Outcome, now: dt.datetime
) -> None:
    """Write what the periods left alone by a run that made others would have cost.

    Each counts for what it cost when it was made last; the range is that of their quartiles.
    """
    made = ", ".join(literal(one.partition) for one in outcome.partitions)
    connection.execute(
        f"""
        insert into sobriety.avoided by name
        with left_alone as (
            select arg_max(cpu_s, version) as cpu_s
            from quality.partitions
            where table_name = {literal(outcome.table.key)} and partition not in ({made})
            group by partition
            having arg_max(outcome, version) <> 'purged' and arg_max(cpu_s, version) is not null
        )
        select
            {literal(run_id)} as run_id,
            {literal(outcome.table.key)} as asset,
            {literal(now)} as avoided_at,
            count(*) as runs_compared,
            if(count(*) >= {LEAST_RUNS}, sum(cpu_s), null) as cpu_s,
            if(count(*) >= {LEAST_RUNS}, count(*) * quantile_cont(cpu_s, 0.25), null) as cpu_s_low,
            if(count(*) >= {LEAST_RUNS}, count(*) * quantile_cont(cpu_s, 0.75), null) as cpu_s_high
        from left_alone
        """
    )


def _listed(keys: list[str]) -> str:
    return f"({', '.join(literal(key) for key in keys)})"
