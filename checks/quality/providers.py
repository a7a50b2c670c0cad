"""The metrics Great Expectations may ask of DuckDB, entered in its own registry.

Knows its registry; what each metric asks of a table is in `metrics`.
"""

from typing import Any

from great_expectations.exceptions.exceptions import MetricProviderError
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.metrics.metric_provider import MetricProvider
from great_expectations.expectations.registry import get_metric_kwargs, register_metric

from checks.quality.metrics import MEANINGS, SUFFIXES

_COLUMN = ("batch_id", "table", "column", "row_condition", "condition_parser")
# Metrics of our own expectations: what they are about, and what they are compared with.
_OURS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "column_values.in_reference": (_COLUMN, ("reference",)),
    "column_values.french_format": (_COLUMN, ("format",)),
    "column_values.near_median": (_COLUMN, ("multiplier",)),
    "column.reference_sum": (_COLUMN, ("reference", "where")),
    "column.missing_share": (_COLUMN, ()),
    "column.reference_missing_share": (_COLUMN, ("reference",)),
    "column.distance_to_reference": (_COLUMN, ("reference",)),
}


class DuckDBMetric(MetricProvider):
    """Provides every metric; none depends on another, so that a suite is resolved in one go."""


def register(engine: type[ExecutionEngine[Any]]) -> None:
    """Enter each metric for an engine, under the keys by which Great Expectations knows it."""
    for name in MEANINGS:
        base = name.rpartition(".")[0] if name.rpartition(".")[2] in SUFFIXES else name
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
