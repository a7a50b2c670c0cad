"""SQL over what was decided and checked of one table, for its own page.

Counts and dates alone; no value of a row. Words are in `assets.dashboards.sheet`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from resources.sql import literal

VERSIONS_SHOWN = 8
JUDGEMENTS = 20


@dataclass(frozen=True)
class RuleState:
    """A rule's last verdict, and how often it was kept in its last judgements."""

    sentence: str
    severity: str
    passed: bool
    observed: str | None
    kept: int
    judged: int
    name: str = ""


@dataclass(frozen=True)
class Decided:
    """One version: when, what was decided, its rows and bytes, why it was refused."""

    version: int
    decided_at: dt.datetime
    outcome: str
    rows: int | None
    quarantined: int | None
    stored_bytes: int | None
    reason: str | None
    data_date: dt.datetime | None


@dataclass(frozen=True)
class Spent:
    """Energy of a table this month, in kWh, and its share of the platform's."""

    kwh: float | None
    share: float | None


def rule_states(connection: duckdb.DuckDBPyConnection, key: str) -> Sequence[RuleState]:
    """Every rule of the last judgement, those not kept first."""
    rows = connection.execute(
        f"""
        with judged as (
            select
                *,
                row_number() over (
                    -- Of the partitions judged at once, the one at fault speaks.
                    partition by rule order by checked_at desc, version desc, passed
                ) as age
            from quality.results
            where table_name = {literal(key)}
        ),
        last as (
            select max(checked_at) as checked_at from judged
        )
        select
            arg_min(sentence, age),
            arg_min(severity, age),
            arg_min(passed, age),
            arg_min(coalesce(error, observed), age),
            count(*) filter (passed and age <= {JUDGEMENTS}),
            count(*) filter (age <= {JUDGEMENTS}),
            rule
        from judged
        group by rule
        having max(checked_at) = (select checked_at from last)
        order by arg_min(passed, age), rule
        """
    ).fetchall()
    return [RuleState(*row) for row in rows]


def decided(connection: duckdb.DuckDBPyConnection, key: str) -> Sequence[Decided]:
    """The last decisions about a table, the newest first."""
    rows = connection.execute(
        f"""
        select
            version,
            decided_at,
            outcome,
            published_rows,
            quarantined_rows,
            stored_bytes,
            reason,
            data_date
        from quality.versions
        where table_name = {literal(key)}
        order by version desc
        limit {VERSIONS_SHOWN}
        """
    ).fetchall()
    return [Decided(*row) for row in rows]


def spent(connection: duckdb.DuckDBPyConnection, key: str, month: dt.date) -> Spent:
    """What the table used this month."""
    row = connection.execute(
        f"""
        select
            sum(kwh) filter (where asset = {literal(key)}),
            sum(kwh) filter (where asset = {literal(key)}) / nullif(sum(kwh), 0)
        from sobriety.ledger
        where date_trunc('month', started_at) = {literal(month.isoformat())}::date
        """
    ).fetchone()
    return Spent(*row) if row is not None else Spent(None, None)
