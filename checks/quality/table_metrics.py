"""What the metrics of Great Expectations about a column or a table as a whole mean in SQL.

Holds meaning only. Row by row metrics are in `row_metrics`; how metrics reach Great Expectations is
in `providers`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from checks.quality.figures import Figure, Known, Question, Source
from checks.quality.sql import INSTANTS, NUMBERS, Column, Domain, Family
from resources.sql import quoted

Asked = Mapping[str, Any]
Metric = Callable[[Domain, Asked], Figure | Known]


def _of_column(
    expression: Callable[[Column, Asked], str],
    of_values: Callable[[Column, Asked], str] | None = None,
) -> Metric:
    """A metric which is one aggregate over one column; missing values are left out of it.

    `of_values` is the same, asked of each value and how often it is found.
    """

    def figure(domain: Domain, asked: Asked) -> Question:
        column = domain.column(asked["column"])
        repeating = of_values is not None and column.family is Family.TEXT
        return Question(
            expression(column, asked),
            domain.source,
            column.name if repeating else None,
            of_values(column, asked) if of_values is not None and repeating else None,
        )

    return figure


def _number(column: Column) -> str:
    column.must_be(*NUMBERS, Family.BOOLEAN)
    return f"{column.value}::integer" if column.family is Family.BOOLEAN else column.value


def _extreme(function: str) -> Metric:
    def figure(domain: Domain, asked: Asked) -> Question:
        column = domain.column(asked["column"])
        column.must_be(*NUMBERS, *INSTANTS)
        cast = "::timestamp" if column.family in INSTANTS else ""
        # Asked of the column by itself, DuckDB answers from what it knows already.
        by_itself = domain.condition is None and column.facts.low is not None
        return Question(
            # Great Expectations compares moments with moments only: a day begins at midnight.
            f"{function}({column.value}){cast}",
            domain.source,
            alone=(f"(select {column.value} as v from {domain.table})", f"{function}(v){cast}")
            if by_itself
            else None,
        )

    return figure


def _distinct(column: Column) -> str:
    return f"count(distinct {column.value})"


def _distinct_among_values(column: Column) -> str:
    return f"count({column.value})"


def _not_in_set(distinct: Callable[[Column], str]) -> Callable[[Column, Asked], str]:
    return lambda column, asked: (
        f"{distinct(column)} filter (where ({column.is_in(asked['value_set'])}) is not true)"
    )


def _missing_from_column(distinct: Callable[[Column], str]) -> Callable[[Column, Asked], str]:
    return lambda column, asked: (
        f"{len(column.literals(asked['value_set']))} - "
        f"{distinct(column)} filter (where {column.is_in(asked['value_set'])})"
    )


def _proportion(part: str, whole: str) -> str:
    return f"coalesce({part} / nullif({whole}, 0), 0)"


def _row_count(domain: Domain, asked: Asked) -> Question:
    other = asked.get("table")
    if other:
        return Question("count(*)", Source(quoted(*str(other).split("."))))
    return Question("count(*)", domain.source)


def _reference_sum(domain: Domain, asked: Asked) -> Question:
    table, column = domain.reference(asked["reference"])
    rows = Domain(table, domain.describe, asked.get("where"))
    return Question(f"coalesce(sum({_number(column)}), 0)", rows.source)


def _rows_found(domain: Domain, asked: Asked) -> Question:
    query = str(asked["unexpected_rows_query"]).replace("{batch}", domain.table)
    return Question("count(*)", Source(f"({query})"))


def _columns(domain: Domain, _: Asked) -> Known:
    return Known(list(domain.describe(domain.table)))


def _column_types(domain: Domain, _: Asked) -> Known:
    types = domain.describe(domain.table)
    return Known([{"name": name, "type": column.type} for name, column in types.items()])


# Great Expectations asks for the offending values as well: they never leave the table.
_WITHHELD: Metric = lambda domain, asked: Known([])  # noqa: E731

TABLE_METRICS: dict[str, Metric] = {
    "table.row_count": _row_count,
    "table.columns": _columns,
    "table.column_types": _column_types,
    "table.column_count": lambda domain, _: Known(len(domain.describe(domain.table))),
    "column.min": _extreme("min"),
    "column.max": _extreme("max"),
    "column.mean": _of_column(lambda column, _: f"avg({_number(column)})"),
    "column.median": _of_column(lambda column, _: f"median({_number(column)}::double)"),
    # As in the pandas engine, the sum of nothing is zero.
    "column.sum": _of_column(lambda column, _: f"coalesce(sum({_number(column)}), 0)"),
    "column.reference_sum": _reference_sum,
    "column.standard_deviation": _of_column(
        lambda column, _: f"stddev_samp({_number(column)}::double)"
    ),
    "column.distinct_values.count": _of_column(
        lambda column, _: _distinct(column), lambda column, _: _distinct_among_values(column)
    ),
    "column.unique_proportion": _of_column(
        lambda column, _: _proportion(_distinct(column), f"count({column.value})")
    ),
    "column.non_null_proportion": _of_column(
        lambda column, _: _proportion(f"count({column.value})", "count(*)")
    ),
    "unexpected_rows_query.table": _WITHHELD,
    "unexpected_rows_query.row_count": _rows_found,
    "column.distinct_values.not_in_set": _WITHHELD,
    "column.distinct_values.not_in_set.count": _of_column(
        _not_in_set(_distinct), _not_in_set(_distinct_among_values)
    ),
    "column.distinct_values.missing_from_column": _WITHHELD,
    "column.distinct_values.missing_from_column.count": _of_column(
        _missing_from_column(_distinct), _missing_from_column(_distinct_among_values)
    ),
}
