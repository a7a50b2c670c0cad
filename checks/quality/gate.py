"""Rules in, verdicts out: a rule which cannot be judged has failed.

Knows neither SQL nor Great Expectations, which is imported when a rule is not compiled.
"""

from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from checks.quality import arrival, compiled, results
from checks.quality.figures import UnanswerableError
from checks.rules import Rule, Verdict
from checks.vocabulary import IN_PANDAS, check_expectation

Judge = Callable[[duckdb.DuckDBPyConnection, str, list[Rule]], Sequence[Any]]


def evaluate(
    connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[Rule]
) -> list[Verdict]:
    """One verdict for each rule, in order; `table` is a quoted name the connection can read."""
    verdicts: dict[int, Verdict] = {}
    ways: dict[Judge, dict[int, Rule]] = {}
    for place, rule in enumerate(rules):
        fault = check_expectation(rule.expectation, rule.parameters)
        if fault is not None:
            verdicts[place] = Verdict(rule, passed=False, error=fault)
        else:
            ways.setdefault(_way(rule), {})[place] = rule
    for judge, asked in ways.items():
        judged = _judged(judge, connection, table, list(asked.values()))
        verdicts |= zip(asked, judged, strict=True)
    return [verdicts[place] for place in range(len(rules))]


def prepare(rules: Sequence[Rule]) -> None:
    """Import Great Expectations now if one of these rules is not compiled: 2 CPU-seconds, once."""
    if not all(compiled.is_compiled(rule) for rule in rules):
        arrival.validation()


def _way(rule: Rule) -> Judge:
    if compiled.is_compiled(rule):
        return compiled.judge
    return _in_pandas if rule.expectation in IN_PANDAS else _by_great_expectations


def _by_great_expectations(
    connection: duckdb.DuckDBPyConnection, table: str, rules: list[Rule]
) -> Sequence[Any]:
    found: Sequence[Any] = arrival.validation().validate(connection, table, rules)
    return found


def _in_pandas(
    connection: duckdb.DuckDBPyConnection, table: str, rules: list[Rule]
) -> Sequence[Any]:
    found: Sequence[Any] = arrival.in_pandas().judge(connection, table, rules)
    return found


def _judged(
    judge: Judge, connection: duckdb.DuckDBPyConnection, table: str, rules: list[Rule]
) -> list[Verdict]:
    try:
        outcomes = judge(connection, table, rules)
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
