"""DuckDB as an execution engine of Great Expectations: metrics in, figures out, no copy.

Through Great Expectations' own extension points: an `ExecutionEngine`, the data of its batch, and a
provider for each metric. What a metric means is in `row_metrics` and `table_metrics`.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NoReturn

import duckdb
from great_expectations.core.batch import BatchData
from great_expectations.exceptions.exceptions import MetricResolutionError
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    Condition,
    NullityCondition,
    Operator,
    OrCondition,
    PassThroughCondition,
    deserialize_row_condition,
)
from great_expectations.validator.metric_configuration import (
    MetricConfiguration,
    MetricConfigurationID,
)

from checks.quality.figures import Known, Question, UnanswerableError, answer, unforeseen
from checks.quality.providers import meaning, register
from checks.quality.sql import Column, Domain

_OPERATORS = {
    Operator.EQUAL: "=",
    # A missing value differs from any other: `<>` would leave its row out.
    Operator.NOT_EQUAL: "is distinct from",
    Operator.LESS_THAN: "<",
    Operator.LESS_THAN_OR_EQUAL: "<=",
    Operator.GREATER_THAN: ">",
    Operator.GREATER_THAN_OR_EQUAL: ">=",
}
Figures = dict[MetricConfigurationID, Any]
Faults = dict[MetricConfigurationID, UnanswerableError]


class DuckDBTable(BatchData):
    """The rows Great Expectations judges: a table the connection can read, by its quoted name."""

    def __init__(self, execution_engine: "DuckDBExecutionEngine", table: str) -> None:
        super().__init__(execution_engine)
        self.table = table


class DuckDBExecutionEngine(ExecutionEngine[str]):
    """Answers all the metrics of a suite at once, with one query for each source of rows."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        super().__init__(name="duckdb", caching=False)
        self._connection = connection
        self._describe = cache(self._columns_of)
        self.load_batch_data("table", DuckDBTable(self, table))

    def figures(self, metrics: Iterable[MetricConfiguration]) -> tuple[Figures, Faults]:
        """Every metric that can be had, and why the others cannot."""
        figures: Figures = {}
        faults: Faults = {}
        questions: dict[MetricConfigurationID, Question] = {}
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
        answers = answer(self._connection, questions.values())
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

    def _meaning(self, metric: MetricConfiguration) -> Question | Known:
        domain_kwargs = metric.metric_domain_kwargs
        batch = self.batch_manager.batch_data_cache[domain_kwargs.get("batch_id") or "table"]
        domain = Domain(batch.table, self._describe)  # type: ignore[union-attr]  # ours
        # A table which is not there is said to be so, whatever is asked of it.
        domain.describe(domain.table)
        condition = deserialize_row_condition(domain_kwargs.get("row_condition"))
        if condition is not None:
            clause = self.condition_to_filter_clause(_checked(condition))
            domain = Domain(domain.table, domain.describe, clause)
        return meaning(metric.metric_name)(domain, domain_kwargs | metric.metric_value_kwargs)

    def _columns_of(self, table: str) -> Mapping[str, str]:
        try:
            rows = self._connection.execute(f"describe {table}").fetchall()
        except duckdb.CatalogException:
            raise UnanswerableError(f"La table {table} n’existe pas.") from None
        return {name: kind for name, kind, *_ in rows}

    def _column(self, condition: ComparisonCondition | NullityCondition) -> Column:
        table: str = self.batch_manager.active_batch_data.table  # type: ignore[union-attr]  # ours
        return Domain(table, self._describe).column(condition.column.name)

    def _comparison_condition_to_filter_clause(self, condition: ComparisonCondition) -> str:
        column = self._column(condition)
        if condition.operator == Operator.IN:
            return f"({column.is_in(condition.parameter)}) is true"
        if condition.operator == Operator.NOT_IN:
            return f"({column.is_in(condition.parameter)}) is not true"
        operator = _OPERATORS[Operator(condition.operator)]
        return f"{column.value} {operator} {column.literal(condition.parameter)}"

    def _nullity_condition_to_filter_clause(self, condition: NullityCondition) -> str:
        return f"{self._column(condition).value} is {'' if condition.is_null else 'not '}null"

    def _and_condition_to_filter_clause(self, condition: AndCondition) -> str:
        return self._joined(" and ", condition.conditions)

    def _or_condition_to_filter_clause(self, condition: OrCondition) -> str:
        return self._joined(" or ", condition.conditions)

    def _joined(self, word: str, conditions: list[Condition]) -> str:
        clauses = (self.condition_to_filter_clause(_checked(each)) for each in conditions)
        return "(" + word.join(clauses) + ")"


def _checked(condition: Any) -> Condition:
    if not isinstance(condition, Condition) or isinstance(condition, PassThroughCondition):
        raise UnanswerableError(
            "La condition « row_condition » ne se comprend pas ; elle s’écrit par exemple "
            'col("secteur") == "tertiaire".'
        )
    return condition


register(DuckDBExecutionEngine)
