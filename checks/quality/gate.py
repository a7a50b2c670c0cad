"""Rules in, verdicts out: a rule which cannot be judged has failed.

Knows neither SQL nor Great Expectations, which is imported when the first rule is judged.
"""

from collections.abc import Sequence
from typing import Any

import duckdb

from checks.quality import arrival, results
from checks.quality.figures import UnanswerableError
from checks.rules import Rule, Verdict
from checks.vocabulary import check_expectation


def evaluate(
    connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[Rule]
) -> list[Verdict]:
    """One verdict for each rule, in order; `table` is a quoted name the connection can read."""
    faults = [check_expectation(rule.expectation, rule.parameters) for rule in rules]
    sound = [rule for rule, fault in zip(rules, faults, strict=True) if fault is None]
    judged = iter(_judge(connection, table, sound) if sound else ())
    return [
        next(judged) if fault is None else Verdict(rule, passed=False, error=fault)
        for rule, fault in zip(rules, faults, strict=True)
    ]


def _judge(connection: duckdb.DuckDBPyConnection, table: str, rules: list[Rule]) -> list[Verdict]:
    try:
        outcomes = arrival.validation().validate(connection, table, rules)
        return [_verdict(rule, outcome) for rule, outcome in zip(rules, outcomes, strict=True)]
    except Exception as error:
        # The message may quote a value of the table: only the class of the error is repeated.
        fault = (
            f"Le contrôle de qualité s’est interrompu ({type(error).__name__}) : aucune règle de "
            "la table n’a été jugée."
        )
        return [Verdict(rule, passed=False, error=fault) for rule in rules]


def _verdict(rule: Rule, outcome: Any) -> Verdict:
    if isinstance(outcome, UnanswerableError):
        return Verdict(rule, passed=False, error=str(outcome))
    return results.verdict(rule, outcome.success is True, outcome.result)
