"""Metrics that hold values to their own column: its order, its mean, its quartiles, its median.

A column with nothing to measure against (no value, no spread) has no outlier, as Great Expectations
has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checks.quality.figures import Question, UnanswerableError
from checks.quality.row_metrics import RowMetric, RowTest
from checks.quality.sql import INSTANTS, NUMBERS, Column, Domain, Family

Asked = Mapping[str, Any]


@dataclass(frozen=True)
class OrderTest:
    """Present values, in the order of their rows, must each stand where the one before allows."""

    considered: str
    broken: str
    value: str

    def unexpected(self, domain: Domain) -> Question:
        """How many stand on the wrong side of the one before; the first cannot."""
        present = f"(select {self.value} as v from {domain.source.sql} where {self.considered})"
        followed = f"(select v, lag(v) over () as before from {present})"
        return Question(
            "count(*)", domain.source, alone=(f"{followed} where {self.broken}", "count(*)")
        )


def _in_order(sign: str) -> RowMetric:
    def test(domain: Domain, asked: Asked) -> OrderTest:
        column = domain.column(asked["column"])
        column.must_be(*NUMBERS, *INSTANTS)
        broken = f"v {sign}{'=' if asked.get('strictly') else ''} before"
        if column.family is Family.FLOAT:
            # From an infinity to the same, the step is undefined, and breaks nothing.
            broken = f"({broken}) and not (isinf(v) and v = before)"
        return OrderTest(column.present, broken, column.value)

    return test


def _number(domain: Domain, asked: Asked) -> tuple[Column, str, str]:
    """A column of numbers, its value as a float, and its present rows as a source."""
    column = domain.column(asked["column"])
    column.must_be(*NUMBERS)
    return column, f"{column.value}::double", f"{domain.source.sql} where {column.present}"


def _deviation(value: str, rows: str) -> str:
    """The standard deviation; null when it is undefined, as with an infinite value."""
    return (
        f"(select if(bool_or(isinf({value})), null, "
        f"stddev_samp({value}) filter (where isfinite({value}))) from {rows})"
    )


def _mean(value: str, rows: str) -> str:
    # Kahan's sum: forty times 2.2 is 88, and none of them is apart from its mean.
    return f"(select favg({value}) from {rows})"


def _z_score(domain: Domain, asked: Asked) -> RowTest:
    column, value, rows = _number(domain, asked)
    score = f"({value} - {_mean(value, rows)}) / nullif({_deviation(value, rows)}, 0)"
    threshold = float(asked["threshold"])
    if asked["double_sided"]:
        score, threshold = f"abs({score})", abs(threshold)
    # An undefined score is under any threshold.
    return RowTest(column.present, f"coalesce({score} < '{threshold!r}'::double, true)")


def _not_outlier(domain: Domain, asked: Asked) -> RowTest:
    column, value, rows = _number(domain, asked)
    method, multiplier = asked.get("method") or "iqr", asked.get("multiplier")
    reach = f"'{1.5 if multiplier is None else float(multiplier)!r}'::double"
    if method == "iqr":
        first, third = (
            f"(select quantile_cont({value}, {share}) from {rows})" for share in (0.25, 0.75)
        )
        span = f"{reach} * ({third} - {first})"
        holds = f"{value} >= {first} - {span} and {value} <= {third} + {span}"
        known = " and ".join(
            (f"isfinite({first})", f"isfinite({third})", *_interpolated(value, rows))
        )
    elif method == "std":
        mean, spread = _mean(value, rows), f"{reach} * {_deviation(value, rows)}"
        holds = (
            f"case when {spread} <= 0 then {value} = {mean} "
            f"else abs({value} - {mean}) < {spread} end"
        )
        known = f"isfinite({mean}) and {spread} is not null"
    else:
        raise UnanswerableError("« method » vaut « iqr » ou « std ».")
    return RowTest(column.present, f"case when {known} then {holds} else true end")


def _interpolated(value: str, rows: str) -> list[str]:
    """Whether each quartile lies between two finite values: beside an infinite one, the
    interpolation of Great Expectations (numpy) is undefined, even where it needs no step.
    """
    return [
        f"(select coalesce(isfinite(list_sort(list({value}))"
        f"[least(count(*), floor((count(*) - 1) * {share})::bigint + 2)]), true) from {rows})"
        for share in (0.25, 0.75)
    ]


def _near_median(domain: Domain, asked: Asked) -> RowTest:
    """|log(x + 1) − median| / MAD, the method of the DECP for abnormal amounts (4: suspect, 6).

    https://github.com/ColinMaudry/decp-processing/blob/main/docs/explications_montants_anormaux.md
    Values below zero have no logarithm: bounds are for them. With half the values alike the MAD is
    zero, and nothing is measured.
    """
    column, value, rows = _number(domain, asked)
    usable = f"{rows} and {value} >= 0 and isfinite({value})"
    log = f"log10(case when {value} >= 0 then {value} + 1 end)"
    median = f"(select median({log}) from {usable})"
    spread = f"(select mad({log}) from {usable})"
    reach = 6.0 if asked.get("multiplier") is None else float(asked["multiplier"])
    return RowTest(
        f"{column.present} and {value} >= 0",
        f"coalesce(abs({log} - {median}) <= '{reach!r}'::double * nullif({spread}, 0), true)",
    )


SPREAD_METRICS: dict[str, RowMetric] = {
    "column_values.increasing": _in_order("<"),
    "column_values.decreasing": _in_order(">"),
    "column_values.z_score.under_threshold": _z_score,
    "column_values.not_outliers": _not_outlier,
    "column_values.near_median": _near_median,
}
