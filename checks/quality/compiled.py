"""A suite judged from its compiled form: figures asked of DuckDB, judged without importing GX.

What each rule asks and how it judges is in `judgement`; how figures are had is in `answers`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from checks.quality.answers import answer
from checks.quality.conditions import clause
from checks.quality.figures import Figure, Known, UnanswerableError, unforeseen
from checks.quality.judgement import JUDGES, Judgement, Judging, Metric
from checks.quality.metrics import meaning
from checks.quality.sql import Domain
from checks.quality.tables import Tables
from checks.rules import Rule

Outcome = Judgement | UnanswerableError
# A longer list is of values, not of columns.
_MOST_NAMES = 200


def is_compiled(rule: Rule) -> bool:
    """Whether a rule is judged without Great Expectations."""
    return rule.expectation in JUDGES


def judge(
    connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[Rule]
) -> list[Outcome]:
    """The judgement on each rule, or why there is none.

    Rules are judged together, wave after wave: all ask what they need, all are answered.
    """
    tables = Tables(connection, {name for rule in rules for name in _named(rule.parameters)})
    running = [_Running(rule, tables, table) for rule in rules]
    while waiting := [each for each in running if each.outcome is None]:
        asked = {
            figure: None
            for each in waiting
            for figure in each.needed
            if not isinstance(figure, Known)
        }
        answers = answer(tables, asked)
        for each in waiting:
            each.go_on(answers)
    return [each.outcome for each in running if each.outcome is not None]


def _named(asked: Any) -> Iterator[str]:
    """Every text of a rule's parameters, among which the columns it names, and its reference's."""
    match asked:
        case str():
            yield asked
            yield asked.rpartition(".")[2]
        case Mapping():
            for each in asked.values():
                yield from _named(each)
        case list() | tuple() if len(asked) <= _MOST_NAMES:
            for each in asked:
                yield from _named(each)


class _Running:
    """A rule being judged: what it waits for, then its outcome."""

    def __init__(self, rule: Rule, tables: Tables, table: str) -> None:
        self.outcome: Outcome | None = None
        self.needed: list[Figure | Known] = []
        self._asked = rule.parameters
        self._domain = Domain(table, tables.columns)
        self._judging: Judging = JUDGES[rule.expectation](rule.parameters)
        self._advance(None)

    def go_on(self, answers: Mapping[Figure, Any]) -> None:
        """Take the figures it waited for, and ask for others or conclude."""
        figures = [
            figure.value if isinstance(figure, Known) else answers[figure] for figure in self.needed
        ]
        fault = next((found for found in figures if isinstance(found, UnanswerableError)), None)
        if fault is not None:
            self.outcome = fault
        else:
            self._advance(figures)

    def _advance(self, figures: Sequence[Any] | None) -> None:
        try:
            metrics = next(self._judging) if figures is None else self._judging.send(figures)
            self.needed = [self._figure(metric) for metric in metrics]
        except StopIteration as end:
            self.outcome = end.value
        except UnanswerableError as fault:
            self.outcome = fault
        except duckdb.Error:
            raise  # the connection itself is at fault: no rule can be judged
        except Exception as error:
            self.outcome = unforeseen(error)

    def _figure(self, metric: Metric) -> Figure | Known:
        name, asked = metric if isinstance(metric, tuple) else (metric, self._asked)
        # A table which is not there is said to be so, whatever is asked of it.
        self._domain.describe(self._domain.table)
        domain, condition = self._domain, asked.get("row_condition")
        if condition is not None:
            domain = Domain(domain.table, domain.describe, clause(condition, domain))
        return meaning(name)(domain, asked)
