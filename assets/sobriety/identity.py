"""The checks of the ledger on itself: it adds up, it says how, it never exceeds the machine.

Verdicts in the words of `checks.rules`, shown in Dagster as the checks of `sobriety.ledger`.
"""

from collections.abc import Iterator
from typing import Any

import duckdb

from checks.rules import Dimension, Rule, Severity, Verdict
from resources.french import number, percent, plural, quantity
from resources.sql import literal

TOLERANCE = 0.01
# Under 20 ms the clock itself is a percent off.
LEAST_S = 0.02
CODECARBON_TOLERANCE = 0.2


def ledger_verdicts(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[Verdict]:
    """What the ledger of a run says of itself."""
    return [
        *_adds_up(connection, run_id),
        _says_how(connection, run_id),
        *_within_the_machine(connection, run_id),
        *_agrees_with_codecarbon(connection, run_id),
    ]


def _adds_up(connection: duckdb.DuckDBPyConnection, run_id: str) -> Iterator[Verdict]:
    rule = _rule(
        "additionne",
        Severity.CRITICAL,
        "Tables, contrôles, orchestration et mesure font ensemble l’exécution, à 1 % près",
    )
    lines, whole = _one(
        connection,
        f"""
        select
            (select sum(cpu_s) from sobriety.ledger where run_id = {literal(run_id)}),
            (select cpu_s from sobriety.runs where run_id = {literal(run_id)})
        """,
    )
    if lines is None or whole is None:
        yield Verdict(rule, passed=False, error="l’exécution n’a pas été mesurée")
        return
    gap = abs(lines - whole)
    yield Verdict(
        rule,
        passed=gap <= max(TOLERANCE * whole, LEAST_S),
        observed=f"{quantity(lines, 's', 2)} pour {quantity(whole, 's', 2)}",
    )


def _says_how(connection: duckdb.DuckDBPyConnection, run_id: str) -> Verdict:
    (silent,) = _one(
        connection,
        "select count(*) from sobriety.ledger "
        f"where run_id = {literal(run_id)} "
        "and (method is null or coefficients is null or factor is null)",
    )
    return Verdict(
        _rule(
            "methode",
            Severity.CRITICAL,
            "Chaque ligne dit comment elle a été mesurée et avec quels coefficients",
        ),
        passed=silent == 0,
        observed=f"{plural(silent, 'ligne')} sans méthode",
    )


def _within_the_machine(connection: duckdb.DuckDBPyConnection, run_id: str) -> Iterator[Verdict]:
    """Runs that overlap this one, added up, against what the machine worked meanwhile."""
    spent, busy, runs = _one(
        connection,
        f"""
        with this as (from sobriety.runs where run_id = {literal(run_id)})
        select
            sum(
                other.cpu_s * least(1, greatest(0, date_diff(
                    'millisecond',
                    greatest(other.started_at, this.started_at),
                    least(other.ended_at, this.ended_at)
                ) / greatest(1, date_diff('millisecond', other.started_at, other.ended_at))))
            ),
            any_value(this.machine_busy_s),
            count(*)
        from this join sobriety.runs as other
            on other.started_at <= this.ended_at and other.ended_at >= this.started_at
        """,
    )
    if spent is None or busy is None:
        return
    yield Verdict(
        _rule(
            "machine",
            Severity.CRITICAL,
            "Les exécutions simultanées ne comptent pas plus que le travail de la machine",
        ),
        # The kernel counts busy time by ticks of 10 ms, and forgets part of short ones.
        passed=spent <= busy * 1.05 + 0.5,
        observed=f"{plural(runs, 'exécution')}, {quantity(spent, 's', 2)} pour "
        f"{quantity(busy, 's', 2)} de la machine",
    )


def _agrees_with_codecarbon(
    connection: duckdb.DuckDBPyConnection, run_id: str
) -> Iterator[Verdict]:
    ours, theirs = _one(
        connection,
        "select sum(kwh), sum(codecarbon_kwh) from sobriety.ledger "
        f"where run_id = {literal(run_id)} and codecarbon_kwh is not null",
    )
    if not ours or not theirs:
        return
    gap = theirs / ours - 1
    yield Verdict(
        _rule(
            "codecarbon",
            Severity.WARNING,
            f"CodeCarbon et le modèle s’accordent à {number(100 * CODECARBON_TOLERANCE)} % près",
        ),
        passed=abs(gap) <= CODECARBON_TOLERANCE,
        observed=f"{percent(abs(gap))} {'de plus' if gap > 0 else 'de moins'} selon CodeCarbon",
    )


def _rule(name: str, severity: Severity, sentence: str) -> Rule:
    return Rule(f"registre.{name}", Dimension.SOBRIETY, severity, sentence, "ledger")


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    return row if row is not None else ()
