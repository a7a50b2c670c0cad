"""The metrics Great Expectations may ask of DuckDB, entered in its own registry.

Knows names of metrics; what they mean is in `row_metrics` and `table_metrics`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from great_expectations.exceptions.exceptions import MetricProviderError
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.metrics.metric_provider import MetricProvider
from great_expectations.expectations.registry import get_metric_kwargs, register_metric

from checks.quality.figures import Known, Question, UnanswerableError
from checks.quality.row_metrics import ROW_METRICS, Test
from checks.quality.sql import Domain
from checks.quality.table_metrics import TABLE_METRICS

Asked = Mapping[str, Any]
Meaning = Callable[[Domain, Asked], Question | Known]
RowMetric = Callable[[Domain, Asked], Test]

_COLUMN = ("batch_id", "table", "column", "row_condition", "condition_parser")
# Metrics of our own expectations: what they are about, and what they are compared with.
_OURS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "column_values.in_reference": (_COLUMN, ("reference",)),
    "column.reference_sum": (_COLUMN, ("reference", "where")),
}


def _unexpected_count(test: RowMetric) -> Meaning:
    return lambda domain, asked: test(domain, asked).unexpected(domain)


def _filtered_row_count(test: RowMetric) -> Meaning:
    return lambda domain, asked: Question(
        f"count(*) filter (where {test(domain, asked).considered})", domain.source
    )


def _withheld(test: RowMetric) -> Meaning:
    return lambda domain, asked: Known([])


# Whatever the format of result that is asked, values and rows stay in the table.
_SUFFIXES: dict[str, Callable[[RowMetric], Meaning]] = {
    "unexpected_count": _unexpected_count,
    "filtered_row_count": _filtered_row_count,
    "unexpected_values": _withheld,
    "unexpected_index_list": _withheld,
    "unexpected_index_query": _withheld,
    "unexpected_rows": _withheld,
}
_MEANINGS: dict[str, Meaning] = TABLE_METRICS | {
    f"{name}.{suffix}": figure(test)
    for name, test in ROW_METRICS.items()
    for suffix, figure in _SUFFIXES.items()
}


def meaning(metric: str) -> Meaning:
    """What a metric asks of a table."""
    if metric not in _MEANINGS:
        raise UnanswerableError(f"La mesure « {metric} » n’est pas calculée par DuckDB.")
    return _MEANINGS[metric]


class DuckDBMetric(MetricProvider):
    """Provides every metric; none depends on another, so that a suite is resolved in one go."""


def register(engine: type[ExecutionEngine[Any]]) -> None:
    """Enter each metric for an engine, under the keys by which Great Expectations knows it."""
    for name in _MEANINGS:
        base = name.rpartition(".")[0] if name.rpartition(".")[2] in _SUFFIXES else name
        if base in _OURS:
            domain_keys, value_keys = _OURS[base]
        else:
            keys = _known_keys(name)
            if keys is None:
                continue
            domain_keys, value_keys = keys
        register_metric(
            metric_name=name,
            metric_domain_keys=domain_keys,
            metric_value_keys=value_keys,
            execution_engine=engine,
            metric_class=DuckDBMetric,
            metric_provider=None,
        )


def _known_keys(name: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The keys of a metric; None when Great Expectations has no such metric, and never asks it."""
    try:
        keys = get_metric_kwargs(name)
    except MetricProviderError:
        return None
    return keys["metric_domain_keys"], keys["metric_value_keys"]
