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


def _of_type(asked: Asked) -> Judging:
    """DuckDB's own name of the type, with or without what stands between brackets.

    The members of an enumeration are values of the table: only the bare name is told.
    """
    (found,) = yield ["table.column_types"]
    types = {each["name"]: each["type"] for each in found}
    kind = types.get(asked["column"])
    if kind is None:
        raise UnanswerableError(f"La colonne « {asked['column']} » n’existe pas dans la table.")
    wanted = asked["type_list"] if "type_list" in asked else [asked["type_"]]
    bare = kind.partition("(")[0]
    names = {kind.upper(), bare.upper()}
    success = wanted is None or any(str(each).upper() in names for each in wanted)
    return Judgement(success, {"observed_value": bare})


def _quantiles(asked: Asked) -> Judging:
    (found,) = yield ["column.quantile_values"]
    ranges = asked["quantile_ranges"]
    if len(ranges["quantiles"]) != len(ranges["value_ranges"]):
        raise UnanswerableError("« quantile_ranges » demande un intervalle par quantile.")
    found = [moment(each) for each in found]
    success = all(
        _about_within(each, *map(moment, limits))
        for each, limits in zip(found, ranges["value_ranges"], strict=True)
    )
    return Judgement(success, {"observed_value": {"values": found}})


def _about_within(found: Any, low: Any, high: Any) -> bool:
    """Between two bounds, or as near one as Great Expectations allows (numpy's `isclose`)."""
    if found is None:
        return False
    limits = [bound for bound in (low, high) if bound is not None]
    return any(_is_close(found, bound) for bound in limits) or (
        (low is None or low <= found) and (high is None or found <= high)
    )


def _is_close(found: Any, bound: Any) -> bool:
    if isinstance(found, dt.datetime):
        found, bound = found.timestamp(), bound.timestamp()
    found, bound = float(found), float(bound)
    return bool(found == bound or abs(found - bound) <= 1e-8 + 1e-4 * abs(bound) < math.inf)


def _most_common(asked: Asked) -> Judging:
    """The most common values stay in the table: how many they are, and how many are expected."""
    modes, expected = yield ["column.modes.count", "column.modes.in_set.count"]
    success = expected > 0 if asked.get("ties_okay") else modes == expected == 1
    return Judgement(success, {"observed_value": None, "unexpected_count": modes - expected})


def _as_many_rows_or_so(asked: Asked) -> Judging:
    """The volume of a version held to another's: between 40 % and 500 % unless told otherwise."""
    other = {**asked, "table": asked["other_table_name"], "row_condition": None}
    ours, theirs = yield ["table.row_count", ("table.row_count", other)]
    low = _or_default(asked.get("min_ratio"), 0.4) * theirs
    high = _or_default(asked.get("max_ratio"), 5.0) * theirs
    result = {"observed_value": {"self": ours, "other": theirs}}
    return Judgement(theirs == 0 or low <= ours <= high, result)


def _missing_as_often(asked: Asked) -> Judging:
    ours, theirs = yield ["column.missing_share", "column.reference_missing_share"]
    tolerance = _or_default(asked.get("tolerance"), 0.1)
    return Judgement(
        ours - theirs <= tolerance + 1e-12,
        {"observed_value": ours, "details": {"expected_value": theirs}},
    )


def _same_distribution(asked: Asked) -> Judging:
    (distance,) = yield ["column.distance_to_reference"]
    threshold = _or_default(asked.get("threshold"), 0.2)
    return Judgement(distance <= threshold, {"observed_value": distance})


def _recent(asked: Asked) -> Judging:
    """The latest moment is not older than so many days; now is the clock of this machine, UTC."""
    (found,) = yield ["column.max"]
    if found is None:
        return Judgement(False, {"observed_value": None})
    oldest = dt.datetime.now(found.tzinfo or dt.UTC) - dt.timedelta(days=asked["max_age_days"])
    if found.tzinfo is None:
        oldest = oldest.replace(tzinfo=None)
    return Judgement(found >= oldest, {"observed_value": found})


def _no_row_found(asked: Asked) -> Judging:
    (found,) = yield ["unexpected_rows_query.row_count"]
    return Judgement(found == 0, {"observed_value": found})


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
            "values_to_match_like_pattern_list": "match_like_pattern_list",
            "values_to_not_match_like_pattern_list": "not_match_like_pattern_list",
            "values_to_match_strftime_format": "match_strftime_format",
            "values_to_be_json_parseable": "json_parseable",
            "values_to_be_increasing": "increasing",
            "values_to_be_decreasing": "decreasing",
            "value_z_scores_to_be_less_than": "z_score.under_threshold",
            "values_to_not_be_outliers": "not_outliers",
            "values_to_match_french_format": "french_format",
            "values_to_be_near_median": "near_median",
        }.items()
    },
    **{
        f"expect_{name}": _rows_hold(metric, "filtered")
        for name, metric in {
            "column_pair_values_to_be_equal": "column_pair_values.equal",
            "column_pair_values_to_be_in_set": "column_pair_values.in_set",
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
    "unexpected_rows_expectation": _no_row_found,
    "expect_column_values_to_be_of_type": _of_type,
    "expect_column_values_to_be_in_type_list": _of_type,
    "expect_column_type_to_be": _of_type,
    "expect_column_quantile_values_to_be_between": _quantiles,
    "expect_column_most_common_value_to_be_in_set": _most_common,
    "expect_column_sum_to_equal_reference": _same_sum,
    "expect_column_missing_share_to_be_close_to_reference": _missing_as_often,
    "expect_column_distribution_to_be_close_to_reference": _same_distribution,
    "expect_column_max_to_be_recent": _recent,
    "expect_table_row_count_to_be_close_to_other_table": _as_many_rows_or_so,
}
