"""The expectations Great Expectations lacks, in its own words: references, formats, drift, spread.

`reference` is written `schema.table.column`. Which parameters they take is repeated in
`checks.vocabulary`, and a test keeps the two alike; how they judge is in `judgement`.
"""

from typing import Any, ClassVar

from great_expectations.expectations.core.expect_table_row_count_to_equal_other_table import (
    ExpectTableRowCountToEqualOtherTable,
)
from great_expectations.expectations.expectation import (
    ColumnAggregateExpectation,
    ColumnMapExpectation,
    Expectation,
)

from checks.quality.judgement import JUDGES

# Metrics of Great Expectations whose name is not the one we ask them by.
_OTHER = ("table.row_count.self", "table.row_count.other")


def _as_judged(
    expectation: Expectation,
    metrics: dict[str, Any],
    runtime_configuration: dict[str, Any] | None = None,
    execution_engine: Any = None,
) -> dict[str, Any]:
    """The judgement of the compiled form, on the figures Great Expectations had for us."""
    judging = JUDGES[expectation.expectation_type](expectation._get_success_kwargs())
    asked = next(judging)
    names = _OTHER if _OTHER[0] in metrics else asked
    try:
        judging.send([metrics[str(name)] for name in names])
    except StopIteration as end:
        return {"success": end.value.success, "result": dict(end.value.result)}
    raise NotImplementedError(expectation.expectation_type)


class ExpectColumnValuesToBeInReference(ColumnMapExpectation):
    """Each value is one of another table's column: a foreign key. A missing value passes."""

    reference: str

    map_metric: ClassVar[str] = "column_values.in_reference"
    success_keys: ClassVar[tuple[str, ...]] = ("reference", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "reference")


class ExpectColumnValuesToMatchFrenchFormat(ColumnMapExpectation):
    """Each value is of a format of `checks.formats`, its key included. A missing value passes."""

    format: str

    map_metric: ClassVar[str] = "column_values.french_format"
    success_keys: ClassVar[tuple[str, ...]] = ("format", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "format")


class ExpectColumnValuesToBeNearMedian(ColumnMapExpectation):
    """No value is an outlier of its column, by the median and the MAD of the logarithm."""

    multiplier: float = 6

    map_metric: ClassVar[str] = "column_values.near_median"
    success_keys: ClassVar[tuple[str, ...]] = ("multiplier", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "multiplier")


class ExpectColumnSumToEqualReference(ColumnAggregateExpectation):
    """The column adds up to the same total as another table's column, of rows `where` keeps.

    They are equal within `tolerance`, as a share of the larger of the total and 1: sums of floats
    depend on the order of rows.
    """

    reference: str
    tolerance: float = 1e-6
    where: str | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.sum", "column.reference_sum")
    success_keys: ClassVar[tuple[str, ...]] = ("reference", "tolerance", "where")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "reference", "tolerance", "where")
    _validate = _as_judged


class ExpectColumnMissingShareToBeCloseToReference(ColumnAggregateExpectation):
    """Values are missing at most `tolerance` (0 to 1) more often than in another table's column."""

    reference: str
    tolerance: float = 0.1

    metric_dependencies: ClassVar[tuple[str, ...]] = (
        "column.missing_share",
        "column.reference_missing_share",
    )
    success_keys: ClassVar[tuple[str, ...]] = ("reference", "tolerance")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "reference", "tolerance")
    _validate = _as_judged


class ExpectColumnDistributionToBeCloseToReference(ColumnAggregateExpectation):
    """At most a share `threshold` of rows would have to change to have the same distribution."""

    reference: str
    threshold: float = 0.2

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.distance_to_reference",)
    success_keys: ClassVar[tuple[str, ...]] = ("reference", "threshold")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "reference", "threshold")
    _validate = _as_judged


class ExpectColumnMaxToBeRecent(ColumnAggregateExpectation):
    """The latest moment of the column is at most `max_age_days` old."""

    max_age_days: float

    metric_dependencies: ClassVar[tuple[str, ...]] = ("column.max",)
    success_keys: ClassVar[tuple[str, ...]] = ("max_age_days",)
    args_keys: ClassVar[tuple[str, ...]] = ("column", "max_age_days")
    _validate = _as_judged


class ExpectTableRowCountToBeCloseToOtherTable(ExpectTableRowCountToEqualOtherTable):
    """The table has between `min_ratio` and `max_ratio` times the rows of another."""

    min_ratio: float = 0.4
    max_ratio: float = 5

    success_keys = ("other_table_name", "min_ratio", "max_ratio")  # type: ignore[assignment]  # more than one
    args_keys = ("other_table_name", "min_ratio", "max_ratio")  # type: ignore[assignment]
    _validate = _as_judged
