"""How each expectation judges its figures: Great Expectations' judgement, without importing it.

Importing it costs 2 to 3 CPU-seconds, judging a rule a few microseconds. Each function here says
what its expectation's `_validate` says; a test draws tables and suites and holds the two alike. An
expectation which is not here is judged by Great Expectations itself (`validation`).
"""

import datetime as dt
import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from checks.quality.figures import UnanswerableError

Asked = Mapping[str, Any]
# A metric by its name, with what is asked of it when that is not what is asked of the rule.
Metric = str | tuple[str, Asked]


@dataclass(frozen=True)
class Judgement:
    """What Great Expectations calls `success` and `result`; no value of the table is in it."""

    success: bool
    result: Mapping[str, Any] = field(default_factory=dict)


# It yields the metrics it needs, is sent their figures, and returns its judgement.
Judging = Generator[Sequence[Metric], Sequence[Any], Judgement]
Judge = Callable[[Asked], Judging]


def _rows_hold(metric: str, considered: str | None = None) -> Judge:
    """At least a share `mostly` of the considered rows holds; of all rows, unless told which.

    Which rows are considered is asked only when it decides.
    """

    def judge(asked: Asked) -> Judging:
        mostly = _or_default(asked.get("mostly"), 1)
        rows, unexpected = yield ["table.row_count", f"{metric}.unexpected_count"]
        result = {"element_count": rows, "unexpected_count": unexpected}
        if not rows or not unexpected:
            return Judgement(True, result)
        if mostly == 1:
            return Judgement(False, result)
        judged = rows
        if considered == "nonnull":
            (missing,) = yield ["column_values.nonnull.unexpected_count"]
            judged, result = rows - missing, result | {"missing_count": missing}
        elif considered == "filtered":
            (judged,) = yield [f"{metric}.filtered_row_count"]
            result = result | {"missing_count": rows - judged}
        # In this order, as floats: another would round otherwise.
        return Judgement((float(judged) - float(unexpected)) / float(judged) >= mostly, result)

    return judge


def _between(metric: str, bound: Callable[[Any], Any] = lambda written: written) -> Judge:
    """A figure stands between two bounds; one that cannot be had stands nowhere."""

    def judge(asked: Asked) -> Judging:
        low, high = bound(asked.get("min_value")), bound(asked.get("max_value"))
        (found,) = yield [metric]
        if found is None or (isinstance(found, float) and math.isnan(found)):
            return Judgement(False, {"observed_value": None})
        above = low is None or (found > low if asked.get("strict_min") else found >= low)
        below = high is None or (found < high if asked.get("strict_max") else found <= high)
        return Judgement(bool(above and below), {"observed_value": found})

    return judge


def moment(bound: Any) -> Any:
    """A bound as the extremes are given: a day begins at midnight."""
    if isinstance(bound, str):
        try:
            return dt.datetime.fromisoformat(bound)
        except ValueError:
            raise UnanswerableError(
                "Une borne s’écrit comme un nombre ou comme une date (AAAA-MM-JJ)."
            ) from None
    if isinstance(bound, dt.date) and not isinstance(bound, dt.datetime):
        return dt.datetime.combine(bound, dt.time())
    return bound


def _equals(metric: str) -> Judge:
    def judge(asked: Asked) -> Judging:
        (found,) = yield [metric]
        return Judgement(found == asked["value"], {"observed_value": found})

    return judge


def _as_many_rows(asked: Asked) -> Judging:
    other = {**asked, "table": asked["other_table_name"], "row_condition": None}
    ours, theirs = yield ["table.row_count", ("table.row_count", other)]
    return Judgement(ours == theirs, {"observed_value": {"self": ours, "other": theirs}})


def _columns_in_order(asked: Asked) -> Judging:
    (found,) = yield ["table.columns"]
    expected = asked["column_list"]
    if found == list(expected):
        return Judgement(True, {"observed_value": found})
    mismatched = [
        {"Expected Column Position": place, "Expected": wanted, "Found": name}
        for place, (wanted, name) in enumerate(zip_longest(expected, found))
        if wanted != name
    ]
    return Judgement(False, {"observed_value": found, "details": {"mismatched": mismatched}})


def _columns_in_set(asked: Asked) -> Judging:
    (found,) = yield ["table.columns"]
    expected, exact = set(asked["column_set"]), _or_default(asked.get("exact_match"), True)
    missing, unexpected = sorted(expected - set(found)), sorted(set(found) - expected)
    result: dict[str, Any] = {"observed_value": sorted(found)}
    mismatched = {"missing": missing, "unexpected": unexpected}
    told = {word: names for word, names in mismatched.items() if names}
    if told:
        result["details"] = {"mismatched": told}
    return Judgement(not missing and not (exact and unexpected), result)


def _column_is_there(asked: Asked) -> Judging:
    (found,) = yield ["table.columns"]
    name, place = asked["column"], asked.get("column_index")
    if place is None:
        return Judgement(name in found)
    return Judgement(name in found and found.index(name) == place)


def _distinct(*counts: str) -> Judge:
    """No distinct value out of the list, none of the list missing, or both."""

    def judge(asked: Asked) -> Judging:
        found = yield [f"column.distinct_values.{count}.count" for count in counts]
        words = {"not_in_set": "unexpected_count", "missing_from_column": "missing_count"}
        result = {words[count]: figure for count, figure in zip(counts, found, strict=True)}
        return Judgement(not any(found), {"observed_value": None, **result})

    return judge


def _same_sum(asked: Asked) -> Judging:
    found, expected = map(float, (yield ["column.sum", "column.reference_sum"]))
    allowed = _or_default(asked.get("tolerance"), 1e-6) * max(1.0, abs(expected))
    return Judgement(
        # A total which is not a number equals nothing, not even itself.
        found == expected or abs(found - expected) <= allowed,
        {"observed_value": found, "details": {"expected_value": expected}},
    )


def _or_default(written: Any, default: Any) -> Any:
    return default if written is None else written


JUDGES: dict[str, Judge] = {
    "expect_table_row_count_to_be_between": _between("table.row_count"),
    "expect_table_row_count_to_equal": _equals("table.row_count"),
    "expect_table_row_count_to_equal_other_table": _as_many_rows,
    "expect_table_column_count_to_be_between": _between("table.column_count"),
    "expect_table_column_count_to_equal": _equals("table.column_count"),
    "expect_table_columns_to_match_ordered_list": _columns_in_order,
    "expect_table_columns_to_match_set": _columns_in_set,
    "expect_column_to_exist": _column_is_there,
    "expect_column_values_to_not_be_null": _rows_hold("column_values.nonnull"),
    "expect_column_values_to_be_null": _rows_hold("column_values.null"),
    **{
        f"expect_column_{name}": _rows_hold(f"column_values.{metric}", "nonnull")
        for name, metric in {
            "values_to_be_unique": "unique",
            "values_to_be_in_set": "in_set",
            "values_to_not_be_in_set": "not_in_set",
            "values_to_be_between": "between",
            "values_to_match_regex": "match_regex",
            "values_to_not_match_regex": "not_match_regex",
            "values_to_match_regex_list": "match_regex_list",
            "values_to_not_match_regex_list": "not_match_regex_list",
            "values_to_match_like_pattern": "match_like_pattern",
            "values_to_not_match_like_pattern": "not_match_like_pattern",
            "value_lengths_to_be_between": "value_length.between",
            "value_lengths_to_equal": "value_length.equals",
            "values_to_be_in_reference": "in_reference",
        }.items()
    },
    **{
        f"expect_{name}": _rows_hold(metric, "filtered")
        for name, metric in {
            "column_pair_values_to_be_equal": "column_pair_values.equal",
            "column_pair_values_a_to_be_greater_than_b": "column_pair_values.a_greater_than_b",
            "compound_columns_to_be_unique": "compound_columns.unique",
            "multicolumn_sum_to_equal": "multicolumn_sum.equal",
            "multicolumn_values_to_be_equal": "multicolumn_values.equal",
            "select_column_values_to_be_unique_within_record": (
                "select_column_values.unique.within_record"
            ),
        }.items()
    },
    "expect_column_min_to_be_between": _between("column.min", moment),
    "expect_column_max_to_be_between": _between("column.max", moment),
    **{
        f"expect_column_{name}_to_be_between": _between(f"column.{metric}")
        for name, metric in {
            "mean": "mean",
            "median": "median",
            "stdev": "standard_deviation",
            "sum": "sum",
            "unique_value_count": "distinct_values.count",
            "proportion_of_unique_values": "unique_proportion",
            "proportion_of_non_null_values": "non_null_proportion",
        }.items()
    },
    "expect_column_distinct_values_to_be_in_set": _distinct("not_in_set"),
    "expect_column_distinct_values_to_contain_set": _distinct("missing_from_column"),
    "expect_column_distinct_values_to_equal_set": _distinct("not_in_set", "missing_from_column"),
    "expect_column_sum_to_equal_reference": _same_sum,
}
