"""DuckDB as an execution engine of Great Expectations: metrics in, figures out, no copy.

Through Great Expectations' own extension points: an `ExecutionEngine`, the data of its batch, and a
provider for each metric. What a metric means is in `row_metrics` and `table_metrics`.
"""

from collections.abc import Iterable
from typing import Any, NoReturn

import duckdb
from great_expectations.core.batch import BatchData
from great_expectations.exceptions.exceptions import MetricResolutionError
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.row_conditions import Condition, deserialize_row_condition
from great_expectations.validator.metric_configuration import (
    MetricConfiguration,
    MetricConfigurationID,
)

from checks.quality.answers import answer
from checks.quality.conditions import clause
from checks.quality.figures import Figure, Known, UnanswerableError, unforeseen
from checks.quality.metrics import meaning
from checks.quality.providers import register
from checks.quality.sql import Domain
from checks.quality.tables import Tables

Figures = dict[MetricConfigurationID, Any]
Faults = dict[MetricConfigurationID, UnanswerableError]


class DuckDBTable(BatchData):
    """The rows Great Expectations judges: a table the connection can read, by its quoted name."""

    def __init__(self, execution_engine: "DuckDBExecutionEngine", table: str) -> None:
        super().__init__(execution_engine)
        self.table = table


class DuckDBExecutionEngine(ExecutionEngine[str]):
    """Answers all the metrics of a suite at once, by the ways `answers` knows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        super().__init__(name="duckdb", caching=False)
        self._tables = Tables(connection)
        self.load_batch_data("table", DuckDBTable(self, table))

    def figures(self, metrics: Iterable[MetricConfiguration]) -> tuple[Figures, Faults]:
        """Every metric that can be had, and why the others cannot."""
        figures: Figures = {}
        faults: Faults = {}
        questions: dict[MetricConfigurationID, Figure] = {}
        for metric in metrics:
            try:
                found = self._meaning(metric)
            except UnanswerableError as fault:
                faults[metric.id] = fault
                continue
            except duckdb.Error:
                raise  # the connection itself is at fault: no figure can be had
            except Exception as error:
                faults[metric.id] = unforeseen(error)
                continue
            if isinstance(found, Known):
                figures[metric.id] = found.value
            else:
                questions[metric.id] = found
        answers = answer(self._tables, list(questions.values()))
        for identity, question in questions.items():
            figure = answers[question]
            if isinstance(figure, UnanswerableError):
                faults[identity] = figure
            else:
                figures[identity] = figure
        return figures, faults

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[MetricConfiguration],
        metrics: Figures | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> Figures:
        """The door by which Great Expectations' own validator asks."""
        asked = list(metrics_to_resolve)
        figures, faults = self.figures(asked)
        if faults:
            raise MetricResolutionError(
                message=" ".join({str(fault): None for fault in faults.values()}),
                failed_metrics=[metric for metric in asked if metric.id in faults],
            )
        return figures

    def get_batch_data_and_markers(self, batch_spec: Any) -> NoReturn:
        """Refused: the table is given when the engine is made."""
        raise NotImplementedError("a DuckDBExecutionEngine is made for one table")

    def _filter_clause(self, condition: Condition) -> str:
        """A condition on rows in SQL: the door by which Great Expectations' own metrics ask."""
        return clause(condition.dict(), self._domain(None))

    _comparison_condition_to_filter_clause = _filter_clause
    _nullity_condition_to_filter_clause = _filter_clause
    _and_condition_to_filter_clause = _filter_clause
    _or_condition_to_filter_clause = _filter_clause

    def _meaning(self, metric: MetricConfiguration) -> Figure | Known:
        domain_kwargs = metric.metric_domain_kwargs
        domain = self._domain(domain_kwargs.get("batch_id"))
        # A table which is not there is said to be so, whatever is asked of it.
        domain.describe(domain.table)
        condition = deserialize_row_condition(domain_kwargs.get("row_condition"))
        if condition is not None:
            told = condition.dict() if isinstance(condition, Condition) else condition
            domain = Domain(domain.table, domain.describe, clause(told, domain))
        return meaning(metric.metric_name)(domain, domain_kwargs | metric.metric_value_kwargs)

    def _domain(self, batch: str | None) -> Domain:
        found = self.batch_manager.batch_data_cache[batch or "table"]
        return Domain(found.table, self._tables.columns)  # type: ignore[union-attr]  # ours


register(DuckDBExecutionEngine)
