"""The two expectations Great Expectations lacks: both hold a column to another table.

`reference` is written `schema.table.column`. Which parameters they take is repeated in
`checks.vocabulary`, and a test keeps the two alike.
"""

from typing import Any, ClassVar

from great_expectations.expectations.expectation import (
    ColumnAggregateExpectation,
    ColumnMapExpectation,
)


class ExpectColumnValuesToBeInReference(ColumnMapExpectation):
    """Each value is one of another table's column: a foreign key. A missing value passes."""

    reference: str

    map_metric: ClassVar[str] = "column_values.in_reference"
    success_keys: ClassVar[tuple[str, ...]] = ("reference", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "reference")


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

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        found, expected = float(metrics["column.sum"]), float(metrics["column.reference_sum"])
        allowed = self.tolerance * max(1.0, abs(expected))
        return {
            # A total which is not a number equals nothing, not even itself.
            "success": found == expected or abs(found - expected) <= allowed,
            "result": {"observed_value": found, "details": {"expected_value": expected}},
        }
