"""What each metric of Great Expectations asks of a table, by its name.

Knows names of metrics, not Great Expectations; what they mean is in `row_metrics` and its
neighbours, how they are entered in its registry in `providers`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from checks.quality.comparison_metrics import COMPARISON_METRICS
from checks.quality.figures import Figure, Known, Question, UnanswerableError
from checks.quality.row_metrics import ROW_METRICS, RowMetric
from checks.quality.spread_metrics import SPREAD_METRICS
from checks.quality.sql import Domain
from checks.quality.table_metrics import TABLE_METRICS
from checks.quality.text_metrics import TEXT_METRICS

Asked = Mapping[str, Any]
Meaning = Callable[[Domain, Asked], Figure | Known]


def _unexpected_count(test: RowMetric) -> Meaning:
    return lambda domain, asked: test(domain, asked).unexpected(domain)


def _filtered_row_count(test: RowMetric) -> Meaning:
    return lambda domain, asked: Question(
        f"count(*) filter (where {test(domain, asked).considered})", domain.source
    )


def _withheld(test: RowMetric) -> Meaning:
    return lambda domain, asked: Known([])


# Whatever the format of result that is asked, values and rows stay in the table.
SUFFIXES: dict[str, Callable[[RowMetric], Meaning]] = {
    "unexpected_count": _unexpected_count,
    "filtered_row_count": _filtered_row_count,
    "unexpected_values": _withheld,
    "unexpected_index_list": _withheld,
    "unexpected_index_query": _withheld,
    "unexpected_rows": _withheld,
}
MEANINGS: dict[str, Meaning] = (
    TABLE_METRICS
    | COMPARISON_METRICS
    | {
        f"{name}.{suffix}": figure(test)
        for name, test in (ROW_METRICS | TEXT_METRICS | SPREAD_METRICS).items()
        for suffix, figure in SUFFIXES.items()
    }
)


def meaning(metric: str) -> Meaning:
    """What a metric asks of a table.

    Raises:
        UnanswerableError: DuckDB is not asked for it.
    """
    if metric not in MEANINGS:
        raise UnanswerableError(f"La mesure « {metric} » n’est pas calculée par DuckDB.")
    return MEANINGS[metric]
