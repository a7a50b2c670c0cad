"""SQL over the platform's own tables, answered as the facts of a page.

No sentence, no format and no layout here: those are in `phrases`, `charts` and the templates.
Nothing here reads a row of a source: only counts, bytes and energy.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from assets.dashboards.facts import Energy, Indicator, Load, Machine, Method, TableCard, TableState

MONTHS_SHOWN = 13
TABLE_ACTIVITIES = ("table", "control")


def first_of_month(date: dt.date, months_before: int = 0) -> dt.date:
    """The first day of a month, or of one some months before."""
    index = date.year * 12 + date.month - 1 - months_before
    return dt.date(index // 12, index % 12 + 1, 1)


def energy_by_month(
    connection: duckdb.DuckDBPyConnection, today: dt.date
) -> Mapping[dt.date, Energy]:
    """Energy of each month up to this one, 13 at most. A month without a run is a gap."""
    rows = connection.execute(
        """
        select
            date_trunc('month', started_at)::date as month,
            sum(kwh),
            sum(kwh_low),
            sum(kwh_high),
            sum(gco2e),
            count(*),
            count(*) - count(kwh),
            count(distinct run_id),
            sum(codecarbon_kwh),
            list_sort(list(distinct method) filter (kwh is not null)),
            list_sort(list(distinct coefficients) filter (kwh is not null)),
            list_sort(list(distinct factor) filter (kwh is not null))
        from sobriety.ledger
        where started_at >= ? and started_at < ?
        group by month
        order by month
        """,
        [first_of_month(today, MONTHS_SHOWN - 1), first_of_month(today, -1)],
    ).fetchall()
    measured = {
        row[0]: Energy(*row[1:-3], *(tuple(each or ()) for each in row[-3:])) for row in rows
    }
    if not measured:
        return {}
    ages = range(MONTHS_SHOWN - 1, -1, -1)
    months = [first_of_month(today, age) for age in ages]
    return {month: measured.get(month, Energy()) for month in months if month >= min(measured)}


def loads(connection: duckdb.DuckDBPyConnection, today: dt.date) -> Sequence[Load]:
    """What each table used this month, gate included, and each other activity; heaviest first."""
    rows = connection.execute(
        """
        select
            if(activity in ?, replace(asset, '/', '.'), activity) as what,
            sum(kwh) as kwh,
            count(distinct run_id) filter (rows_out is not null)
        from sobriety.ledger
        where started_at >= ? and started_at < ?
        group by what
        order by kwh desc nulls last, what
        """,
        [list(TABLE_ACTIVITIES), first_of_month(today), first_of_month(today, -1)],
    ).fetchall()
    return [Load(*row) for row in rows]


def table_states(
    connection: duckdb.DuckDBPyConnection, cards: Sequence[TableCard]
) -> Sequence[TableState]:
    """The state of each table of the platform, in the order of `cards`."""
    decided = _last_versions(connection, published_only=False)
    published = _last_versions(connection, published_only=True)
    rules = _last_rules(connection)
    nothing = (None,) * 6
    states = []
    for card in cards:
        outcome, decided_on, *_ = decided.get(card.name, nothing)
        # The version that readers see, even when a later one was refused.
        _, published_on, received, kept, aside, stored = published.get(card.name, nothing)
        total, passed = rules.get(card.name, (0, 0))
        states.append(
            TableState(
                card=card,
                outcome=outcome,
                decided_on=decided_on,
                published_on=published_on,
                received_rows=received,
                published_rows=kept,
                quarantined_rows=aside,
                stored_bytes=stored,
                rules=total,
                rules_passed=passed,
            )
        )
    return states


def indicators(connection: duckdb.DuckDBPyConnection) -> Sequence[Indicator]:
    """The figures of the territory; none as long as their table was never published."""
    if not has_table(connection, "curated", "indicateurs_territoire"):
        return []
    rows = connection.execute(
        """
        select
            libelle,
            theme,
            valeur,
            unite,
            periode::varchar,
            synthetique
        from curated.indicateurs_territoire
        order by theme, code
        """
    ).fetchall()
    return [Indicator(*row) for row in rows]


def machine(connection: duckdb.DuckDBPyConnection, today: dt.date) -> Machine:
    """What the machine cost this month, switched on and made."""
    rows = connection.execute(
        """
        select
            sum(kwh) filter (where line in ('veille', 'memoire')),
            sum(kwh) filter (where line = 'stockage'),
            sum(gco2e) filter (where line <> 'fabrication'),
            sum(gco2e) filter (where line = 'fabrication')
        from sobriety.hosting
        where month = ?
        """,
        [first_of_month(today)],
    ).fetchall()
    return Machine(*rows[0])


def has_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    """Whether a table was ever published."""
    found = connection.execute(
        """
        select count(*)
        from information_schema.tables
        where table_catalog = current_database() and table_schema = ? and table_name = ?
        """,
        [schema, name],
    ).fetchall()
    return found != [(0,)]


def method(connection: duckdb.DuckDBPyConnection, today: dt.date) -> Method:
    """The codes of method, coefficients and emission factor the month was measured with."""
    rows = connection.execute(
        """
        select
            list_sort(list(distinct method) filter (method is not null)),
            list_sort(list(distinct coefficients) filter (coefficients is not null)),
            list_sort(list(distinct factor) filter (factor is not null))
        from sobriety.ledger
        where started_at >= ? and started_at < ?
        """,
        [first_of_month(today), first_of_month(today, -1)],
    ).fetchall()
    return Method(*(tuple(codes or ()) for codes in rows[0]))


def _last_versions(
    connection: duckdb.DuckDBPyConnection, *, published_only: bool
) -> dict[str, tuple[Any, ...]]:
    rows = connection.execute(
        """
        select
            table_name,
            outcome,
            decided_at::date,
            received_rows,
            published_rows,
            quarantined_rows,
            stored_bytes
        from quality.versions
        where outcome = 'published' or not ?
        qualify row_number() over (
            partition by table_name
            order by decided_at desc, version desc
        ) = 1
        """,
        [published_only],
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def _last_rules(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    rows = connection.execute(
        """
        with last_checks as (
            from quality.results
            qualify run_id = first_value(run_id) over (
                partition by table_name
                order by checked_at desc, run_id
            )
        )
        select
            table_name,
            count(*),
            count(*) filter (passed)
        from (
            select table_name, rule, bool_and(passed) as passed from last_checks group by all
        )
        group by table_name
        """
    ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}
