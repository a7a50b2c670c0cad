"""The expectations a contract may write: their names and their parameters.

A static copy of Great Expectations' own words, so that a contract is read without importing it; a
test compares the two. What each one computes is in `checks.quality`.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Words:
    """The parameters of an expectation: those it cannot do without, and the others."""

    required: frozenset[str]
    optional: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        """All of them."""
        return self.required | self.optional


def _words(required: str, optional: str) -> Words:
    return Words(frozenset(required.split()), frozenset(optional.split()))


_BOUND = frozenset({"min_value", "max_value"})
_BOUNDS = "min_value max_value strict_min strict_max"
_ROWS = "mostly row_condition"


def _aggregate(required: str = "", optional: str = "row_condition") -> Words:
    return _words(f"column {required}", optional)


def _between() -> Words:
    return _aggregate(optional=f"row_condition {_BOUNDS}")


def _each(required: str = "", optional: str = "") -> Words:
    return _words(f"column {required}", f"{_ROWS} {optional}")


def _pair(optional: str = "") -> Words:
    return _words("column_A column_B", f"{_ROWS} ignore_row_if {optional}")


def _several(required: str = "") -> Words:
    return _words(f"column_list {required}", f"{_ROWS} ignore_row_if")


EXPECTATIONS: dict[str, Words] = {
    "expect_table_row_count_to_be_between": _words("", f"row_condition {_BOUNDS}"),
    "expect_table_row_count_to_equal": _words("value", "row_condition"),
    "expect_table_row_count_to_equal_other_table": _words("other_table_name", "row_condition"),
    "expect_table_column_count_to_be_between": _words("", "min_value max_value"),
    "expect_table_column_count_to_equal": _words("value", ""),
    "expect_table_columns_to_match_ordered_list": _words("column_list", ""),
    "expect_table_columns_to_match_set": _words("column_set", "exact_match"),
    "expect_column_to_exist": _words("column", "column_index"),
    "expect_column_values_to_not_be_null": _each(),
    "expect_column_values_to_be_null": _each(),
    "expect_column_values_to_be_unique": _each(),
    "expect_column_values_to_be_in_set": _each("value_set"),
    "expect_column_values_to_not_be_in_set": _each("value_set"),
    "expect_column_values_to_be_between": _each(optional=_BOUNDS),
    "expect_column_values_to_match_regex": _each("regex"),
    "expect_column_values_to_not_match_regex": _each("regex"),
    "expect_column_values_to_match_regex_list": _each("regex_list", "match_on"),
    "expect_column_values_to_not_match_regex_list": _each("regex_list"),
    "expect_column_values_to_match_like_pattern": _each("like_pattern", "escape"),
    "expect_column_values_to_not_match_like_pattern": _each("like_pattern", "escape"),
    "expect_column_value_lengths_to_be_between": _each(optional=_BOUNDS),
    "expect_column_value_lengths_to_equal": _each("value"),
    "expect_column_values_to_match_like_pattern_list": _each(
        "like_pattern_list", "match_on escape"
    ),
    "expect_column_values_to_not_match_like_pattern_list": _each("like_pattern_list", "escape"),
    "expect_column_values_to_match_strftime_format": _each("strftime_format"),
    "expect_column_values_to_be_dateutil_parseable": _each(),
    "expect_column_values_to_be_json_parseable": _each(),
    "expect_column_values_to_match_json_schema": _each("json_schema"),
    "expect_column_values_to_be_increasing": _each(optional="strictly"),
    "expect_column_values_to_be_decreasing": _each(optional="strictly"),
    "expect_column_value_z_scores_to_be_less_than": _each("threshold double_sided"),
    "expect_column_values_to_not_be_outliers": _each(optional="method multiplier"),
    "expect_column_values_to_be_of_type": _each("type_"),
    "expect_column_values_to_be_in_type_list": _each("type_list"),
    "expect_column_type_to_be": _words("column type_", ""),
    "expect_column_quantile_values_to_be_between": _aggregate(
        "quantile_ranges", "row_condition allow_relative_error"
    ),
    "expect_column_most_common_value_to_be_in_set": _aggregate(
        "value_set", "row_condition ties_okay"
    ),
    "expect_column_kl_divergence_to_be_less_than": _aggregate(
        "partition_object threshold",
        "row_condition internal_weight_holdout tail_weight_holdout bucketize_data "
        "min_value max_value",
    ),
    "expect_column_min_to_be_between": _between(),
    "expect_column_max_to_be_between": _between(),
    "expect_column_mean_to_be_between": _between(),
    "expect_column_median_to_be_between": _between(),
    "expect_column_stdev_to_be_between": _between(),
    "expect_column_sum_to_be_between": _between(),
    "expect_column_unique_value_count_to_be_between": _between(),
    "expect_column_proportion_of_unique_values_to_be_between": _between(),
    "expect_column_proportion_of_non_null_values_to_be_between": _between(),
    "expect_column_distinct_values_to_be_in_set": _aggregate("value_set"),
    "expect_column_distinct_values_to_contain_set": _aggregate("value_set"),
    "expect_column_distinct_values_to_equal_set": _aggregate("value_set"),
    "expect_column_pair_values_to_be_equal": _pair(),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair("or_equal"),
    "expect_column_pair_values_to_be_in_set": _words(
        "column_A column_B value_pairs_set", f"{_ROWS} ignore_row_if"
    ),
    "expect_compound_columns_to_be_unique": _several(),
    "expect_multicolumn_sum_to_equal": _several("sum_total"),
    "expect_multicolumn_values_to_be_equal": _several(),
    "expect_select_column_values_to_be_unique_within_record": _several(),
    # Its query says which rows break the rule; `{batch}` is the table, `today` a variable.
    "unexpected_rows_expectation": _words("unexpected_rows_query", ""),
    # Ours: what Great Expectations lacks (`checks.quality.expectations`).
    "expect_column_values_to_be_in_reference": _each("reference"),
    "expect_column_sum_to_equal_reference": _aggregate(
        "reference", "row_condition tolerance where"
    ),
    "expect_column_values_to_match_french_format": _each("format"),
    "expect_column_values_to_be_near_median": _each(optional="multiplier"),
    "expect_column_max_to_be_recent": _aggregate("max_age_days"),
    "expect_column_missing_share_to_be_close_to_reference": _aggregate(
        "reference", "row_condition tolerance"
    ),
    "expect_column_distribution_to_be_close_to_reference": _aggregate(
        "reference", "row_condition threshold"
    ),
    "expect_table_row_count_to_be_close_to_other_table": _words(
        "other_table_name", "row_condition min_ratio max_ratio"
    ),
}

# DuckDB does not compute them: Great Expectations does, with pandas, on the columns concerned.
IN_PANDAS = frozenset(
    (
        "expect_column_kl_divergence_to_be_less_than",
        "expect_column_values_to_be_dateutil_parseable",
        "expect_column_values_to_match_json_schema",
    )
)

# Great Expectations has it, the gate does not: it compares with the rows of another data source.
NOT_COMPUTED = frozenset({"expect_query_results_to_match_comparison"})

# Parameters that are mappings; elsewhere Great Expectations reads a mapping as a parameter to be
# filled later, which never comes.
_MAPPINGS = frozenset({"row_condition", "quantile_ranges", "json_schema", "partition_object"})


def known_expectations() -> frozenset[str]:
    """The names a contract may use."""
    return frozenset(EXPECTATIONS)


def check_expectation(name: str, parameters: Mapping[str, Any]) -> str | None:
    """What is wrong with an expectation as it is written, in French; None when nothing is."""
    words = EXPECTATIONS.get(name)
    if words is None:
        return _unknown_name(name)
    for parameter in parameters:
        if parameter not in words.known:
            return (
                f"« {name} » ne connaît pas le paramètre « {parameter} »"
                f"{_closest(parameter, words.known)}"
            )
    given = {parameter for parameter, value in parameters.items() if value is not None}
    missing = sorted(words.required - given)
    if missing:
        return f"« {name} » demande le paramètre « {missing[0]} »."
    if name.endswith("_to_be_between") and words.known & _BOUND and not _BOUND & given:
        return f"« {name} » demande au moins « min_value » ou « max_value »."
    return _wrong_value(name, parameters)


def _wrong_value(name: str, parameters: Mapping[str, Any]) -> str | None:
    for parameter, value in parameters.items():
        if isinstance(value, Mapping) and parameter not in _MAPPINGS:
            return f"« {name} » : « {parameter} » ne peut pas être un dictionnaire."
        if parameter == "mostly" and not (_is_number(value) and 0 <= value <= 1):
            return f"« {name} » : « mostly » est une part, entre 0 et 1."
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unknown_name(name: str) -> str:
    if name in NOT_COMPUTED:
        return (
            f"« {name} » existe dans Great Expectations mais n’est pas calculée ici : elle "
            "interroge une autre base. Écrivez la comparaison dans une table « curated », ou dans "
            "« unexpected_rows_expectation »."
        )
    return f"« {name} » n’est pas une attente connue{_closest(name, EXPECTATIONS)}"


def _closest(word: str, words: Mapping[str, Any] | frozenset[str]) -> str:
    close = difflib.get_close_matches(word, sorted(words), n=1, cutoff=0.5)
    return f" ; vouliez-vous dire « {close[0]} » ?" if close else "."
