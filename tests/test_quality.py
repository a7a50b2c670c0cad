"""The gate, by its public door: rules in, verdicts out, and never a value of the table.

Great Expectations' own pandas engine is the reference: whatever it says of a table, ours must say.
"""

import datetime as dt
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from checks.quality import arrival, evaluate
from checks.rules import Dimension, Rule, Severity, Verdict
from checks.vocabulary import (
    EXPECTATIONS,
    NOT_COMPUTED,
    check_expectation,
    known_expectations,
)
from resources.sql import quoted


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("set threads = 1")
        yield opened


def rule(expectation: str, severity: Severity = Severity.CRITICAL, **parameters: Any) -> Rule:
    return Rule(expectation, Dimension.VALIDITY, severity, "…", expectation, parameters)


def judge(connection: duckdb.DuckDBPyConnection, expectation: str, **parameters: Any) -> Verdict:
    (verdict,) = evaluate(connection, "cantines", [rule(expectation, **parameters)])
    return verdict


@pytest.fixture
def cantines(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Four school canteens: every column is awkward somewhere."""
    connection.execute("""
        create table cantines as
        select
            *,
            jour + interval 8 hour as instant,
            [7, 6, null, 9][id] as recul,
            ['2026-09-01', '2026-9-31', null, '2026-12-31'][id] as ecrit,
            ['{"a": 1}', '{}', '{', null][id] as objet,
            ['732829320', '732829321', null, null][id] as numero,
            [100, 110, 120, 99999][id]::decimal(9, 2) as montant
        from (
            values
                (1, 'R1', 10, 12.5::double, 'nord', 'Été', date '2026-09-01', true),
                (2, 'R2', 20, 25.0, 'nord', 'ete', date '2026-09-02', true),
                (3, 'R2', 30, null, 'sud', 'x9', date '2026-09-03', false),
                (4, null, 40, 'nan', null, null, null, null)
        ) as cantine(id, code, prevus, servis, secteur, nom, jour, ouverte)
    """)
    connection.execute("create schema sources")
    connection.execute("create table sources.codes as select unnest(['R1', 'R3', null]) as code")
    connection.execute("create table sources.repas as select 1 as lot, 60 as prevus")
    connection.execute("insert into sources.repas values (2, 40)")
    return connection


IDENTIFIERS = ["id", "code", "prevus", "servis", "secteur", "nom", "jour", "ouverte", "instant"]
IDENTIFIERS += ["recul", "ecrit", "objet", "numero", "montant"]
PAIRS = [["R1", "nord"], ["R2", "nord"], ["R2", "sud"], [None, None]]
HALVES = {"values": ["nord", "sud"], "weights": [0.5, 0.5]}
# expectation, parameters it passes with, parameters it fails with, unexpected rows of the failure
CASES: list[tuple[str, dict[str, Any], dict[str, Any], int | None]] = [
    ("table_row_count_to_be_between", {"min_value": 4}, {"max_value": 4, "strict_max": True}, None),
    ("table_row_count_to_equal", {"value": 4}, {"value": 3}, None),
    (
        "table_row_count_to_equal_other_table",
        {"other_table_name": "cantines"},
        {"other_table_name": "sources.codes"},
        None,
    ),
    ("table_column_count_to_be_between", {"max_value": 14}, {"max_value": 13}, None),
    ("table_column_count_to_equal", {"value": 14}, {"value": 8}, None),
    (
        "table_columns_to_match_ordered_list",
        {"column_list": IDENTIFIERS},
        {"column_list": IDENTIFIERS[::-1]},
        None,
    ),
    (
        "table_columns_to_match_set",
        {"column_set": IDENTIFIERS[::-1]},
        {"column_set": [*IDENTIFIERS, "absente"]},
        None,
    ),
    ("column_to_exist", {"column": "id"}, {"column": "absente"}, None),
    ("column_values_to_not_be_null", {"column": "id"}, {"column": "servis"}, 2),
    (
        "column_values_to_be_null",
        {"column": "servis", "row_condition": 'col("id") > 2'},
        {"column": "servis"},
        2,
    ),
    ("column_values_to_be_unique", {"column": "id"}, {"column": "code"}, 2),
    (
        "column_values_to_be_in_set",
        {"column": "secteur", "value_set": ["nord", "sud"]},
        {"column": "secteur", "value_set": ["nord", None]},
        1,
    ),
    (
        "column_values_to_not_be_in_set",
        {"column": "jour", "value_set": ["2026-09-04"]},
        {"column": "jour", "value_set": [dt.date(2026, 9, 3)]},
        1,
    ),
    (
        "column_values_to_be_between",
        {"column": "prevus", "min_value": 10, "max_value": 40},
        {"column": "prevus", "min_value": 10, "max_value": 40, "strict_min": True},
        1,
    ),
    (
        "column_values_to_match_regex",
        {"column": "code", "regex": r"^R\d$"},
        {"column": "nom", "regex": "^[a-z]+$"},
        2,
    ),
    (
        "column_values_to_not_match_regex",
        {"column": "nom", "regex": "z"},
        {"column": "nom", "regex": "t"},
        2,
    ),
    (
        "column_values_to_match_regex_list",
        {"column": "nom", "regex_list": ["^É", "e", "9"], "match_on": "any"},
        {"column": "nom", "regex_list": ["e", "t"], "match_on": "all"},
        2,
    ),
    (
        "column_values_to_not_match_regex_list",
        {"column": "nom", "regex_list": ["a", "z"]},
        {"column": "nom", "regex_list": ["a", "9"]},
        1,
    ),
    (
        "column_values_to_match_like_pattern",
        {"column": "code", "like_pattern": "R%"},
        {"column": "nom", "like_pattern": "_t_"},
        1,
    ),
    (
        "column_values_to_not_match_like_pattern",
        {"column": "nom", "like_pattern": "%!%%", "escape": "!"},
        {"column": "nom", "like_pattern": "%9"},
        1,
    ),
    (
        "column_value_lengths_to_be_between",
        {"column": "nom", "min_value": 2, "max_value": 3},
        {"column": "nom", "min_value": 2, "strict_min": True},
        1,
    ),
    (
        "column_value_lengths_to_equal",
        {"column": "code", "value": 2},
        {"column": "nom", "value": 3},
        1,
    ),
    (
        "column_min_to_be_between",
        {"column": "jour", "min_value": "2026-09-01"},
        {"column": "jour", "min_value": dt.date(2026, 9, 2)},
        None,
    ),
    (
        "column_max_to_be_between",
        {"column": "instant", "min_value": dt.date(2026, 9, 3)},
        {"column": "instant", "max_value": "2026-09-03"},
        None,
    ),
    (
        "column_mean_to_be_between",
        {"column": "servis", "min_value": 18.75, "max_value": 18.75},
        {"column": "servis", "min_value": 18.75, "strict_min": True},
        None,
    ),
    (
        "column_median_to_be_between",
        {"column": "prevus", "min_value": 25, "max_value": 25},
        {"column": "prevus", "max_value": 24.9},
        None,
    ),
    (
        "column_stdev_to_be_between",
        {"column": "prevus", "min_value": 12.9, "max_value": 13},
        {"column": "prevus", "max_value": 12},
        None,
    ),
    (
        "column_sum_to_be_between",
        {"column": "servis", "min_value": 37.5, "max_value": 37.5},
        {"column": "servis", "max_value": 37},
        None,
    ),
    (
        "column_unique_value_count_to_be_between",
        {"column": "code", "min_value": 2, "max_value": 2},
        {"column": "code", "min_value": 3},
        None,
    ),
    (
        "column_proportion_of_unique_values_to_be_between",
        {"column": "code", "max_value": 0.67},
        {"column": "code", "min_value": 1},
        None,
    ),
    (
        "column_proportion_of_non_null_values_to_be_between",
        {"column": "servis", "min_value": 0.5},
        {"column": "servis", "min_value": 0.51},
        None,
    ),
    (
        "column_distinct_values_to_be_in_set",
        {"column": "code", "value_set": ["R1", "R2", "R9"]},
        {"column": "code", "value_set": ["R1"]},
        None,
    ),
    (
        "column_distinct_values_to_contain_set",
        {"column": "code", "value_set": ["R1"]},
        {"column": "code", "value_set": ["R1", "R9"]},
        None,
    ),
    (
        "column_distinct_values_to_equal_set",
        {"column": "ouverte", "value_set": [True, False]},
        {"column": "ouverte", "value_set": [True]},
        None,
    ),
    (
        "column_pair_values_to_be_equal",
        {"column_A": "id", "column_B": "id"},
        {"column_A": "secteur", "column_B": "nom", "ignore_row_if": "neither"},
        4,
    ),
    (
        "column_pair_values_a_to_be_greater_than_b",
        {"column_A": "prevus", "column_B": "id"},
        {"column_A": "prevus", "column_B": "servis", "or_equal": True},
        4,
    ),
    (
        "compound_columns_to_be_unique",
        {"column_list": ["code", "prevus"]},
        {"column_list": ["secteur", "ouverte"]},
        2,
    ),
    (
        "multicolumn_sum_to_equal",
        {"column_list": ["id", "prevus"], "sum_total": 11, "mostly": 0.25},
        {"column_list": ["id", "prevus"], "sum_total": 11},
        3,
    ),
    (
        "multicolumn_values_to_be_equal",
        {"column_list": ["id", "id"]},
        {"column_list": ["id", "prevus"]},
        4,
    ),
    (
        "select_column_values_to_be_unique_within_record",
        {"column_list": ["secteur", "code", "nom"], "ignore_row_if": "any_value_is_missing"},
        {"column_list": ["secteur", "code", "nom"], "ignore_row_if": "never"},
        1,
    ),
    (
        "column_pair_values_to_be_in_set",
        {"column_A": "code", "column_B": "secteur", "value_pairs_set": PAIRS},
        {"column_A": "code", "column_B": "secteur", "value_pairs_set": PAIRS[:1]},
        2,
    ),
    (
        "column_values_to_match_like_pattern_list",
        {"column": "code", "like_pattern_list": ["X%", "R%"]},
        {"column": "nom", "like_pattern_list": ["%t%", "e%"], "match_on": "all"},
        2,
    ),
    (
        "column_values_to_not_match_like_pattern_list",
        {"column": "code", "like_pattern_list": ["X%", "r%"]},
        {"column": "nom", "like_pattern_list": ["%t_", "x%"]},
        3,
    ),
    (
        "column_values_to_match_strftime_format",
        {"column": "ecrit", "strftime_format": "%Y-%m-%d", "mostly": 0.6},
        {"column": "ecrit", "strftime_format": "%Y-%m-%d"},
        1,
    ),
    (
        "column_values_to_be_dateutil_parseable",
        {"column": "ecrit", "mostly": 0.6},
        {"column": "ecrit"},
        1,
    ),
    (
        "column_values_to_be_json_parseable",
        {"column": "objet", "mostly": 0.6},
        {"column": "objet"},
        1,
    ),
    (
        "column_values_to_match_json_schema",
        {"column": "objet", "json_schema": {"type": "object"}, "row_condition": 'col("id") < 3'},
        {
            "column": "objet",
            "json_schema": {"type": "object", "required": ["a"]},
            "row_condition": 'col("id") < 3',
        },
        1,
    ),
    ("column_values_to_be_increasing", {"column": "id", "strictly": True}, {"column": "recul"}, 1),
    ("column_values_to_be_decreasing", {"column": "recul", "mostly": 0.6}, {"column": "id"}, 3),
    (
        "column_value_z_scores_to_be_less_than",
        {"column": "prevus", "threshold": 1.2, "double_sided": True},
        {"column": "prevus", "threshold": 1.1, "double_sided": True},
        2,
    ),
    (
        "column_values_to_not_be_outliers",
        {"column": "prevus"},
        {"column": "prevus", "method": "std", "multiplier": 1.1},
        2,
    ),
    ("column_values_to_be_near_median", {"column": "prevus"}, {"column": "montant"}, 1),
    (
        "column_values_to_match_french_format",
        {"column": "numero", "format": "siren", "mostly": 0.5},
        {"column": "numero", "format": "siren"},
        1,
    ),
    (
        "column_values_to_be_of_type",
        {"column": "servis", "type_": "double"},
        {"column": "servis", "type_": "VARCHAR"},
        None,
    ),
    (
        "column_values_to_be_in_type_list",
        {"column": "montant", "type_list": ["BIGINT", "DECIMAL"]},
        {"column": "montant", "type_list": ["BIGINT", "DOUBLE"]},
        None,
    ),
    (
        "column_type_to_be",
        {"column": "montant", "type_": "DECIMAL(9,2)"},
        {"column": "montant", "type_": "DECIMAL(9,3)"},
        None,
    ),
    (
        "column_quantile_values_to_be_between",
        {
            "column": "prevus",
            "quantile_ranges": {"quantiles": [0, 1], "value_ranges": [[9, 11], [40, None]]},
        },
        {"column": "prevus", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[31, 50]]}},
        None,
    ),
    (
        "column_most_common_value_to_be_in_set",
        {"column": "secteur", "value_set": ["nord"]},
        {"column": "prevus", "value_set": [10]},
        None,
    ),
    (
        "column_kl_divergence_to_be_less_than",
        {"column": "secteur", "partition_object": HALVES, "threshold": 0.1},
        {"column": "secteur", "partition_object": HALVES, "threshold": 0.01},
        None,
    ),
    (
        "column_max_to_be_recent",
        {"column": "jour", "max_age_days": 36500},
        {"column": "jour", "max_age_days": 0.001, "row_condition": 'col("id") == 1'},
        None,
    ),
    (
        "column_missing_share_to_be_close_to_reference",
        {"column": "servis", "reference": "main.cantines.code", "tolerance": 0.25},
        {"column": "servis", "reference": "sources.repas.lot"},
        None,
    ),
    (
        "column_distribution_to_be_close_to_reference",
        {"column": "prevus", "reference": "main.cantines.id", "threshold": 1},
        {"column": "prevus", "reference": "sources.repas.lot", "threshold": 0.5},
        None,
    ),
    (
        "table_row_count_to_be_close_to_other_table",
        {"other_table_name": "sources.repas"},
        {"other_table_name": "sources.repas", "max_ratio": 1.9},
        None,
    ),
    (
        "column_values_to_be_in_reference",
        {"column": "code", "reference": "sources.codes.code", "row_condition": 'col("id") == 1'},
        {"column": "code", "reference": "sources.codes.code"},
        2,
    ),
    (
        "column_sum_to_equal_reference",
        {"column": "prevus", "reference": "sources.repas.prevus"},
        {"column": "prevus", "reference": "sources.repas.prevus", "where": "lot = 1"},
        None,
    ),
]


@pytest.mark.parametrize(
    ("expectation", "passing", "failing", "unexpected"), CASES, ids=[case[0] for case in CASES]
)
@pytest.mark.slow
def test_each_expectation_passes_and_fails(
    cantines: duckdb.DuckDBPyConnection,
    expectation: str,
    passing: dict[str, Any],
    failing: dict[str, Any],
    unexpected: int | None,
) -> None:
    passed = judge(cantines, f"expect_{expectation}", **passing)
    failed = judge(cantines, f"expect_{expectation}", **failing)

    assert passed.error is None
    assert passed.passed
    assert not failed.passed
    assert failed.error is None
    assert failed.unexpected == unexpected


def test_every_expectation_of_the_vocabulary_is_tried_above() -> None:
    tried = {f"expect_{case[0]}" for case in CASES}
    assert tried | {"unexpected_rows_expectation"} == known_expectations()


def test_a_rule_written_in_sql_counts_the_rows_its_query_finds(
    cantines: duckdb.DuckDBPyConnection,
) -> None:
    def asked(query: str) -> Verdict:
        return judge(cantines, "unexpected_rows_expectation", unexpected_rows_query=query)

    assert asked("select * from {batch} where id < 0").passed
    found = asked("select * from {batch} as one join {batch} as other using (id) where id <= 2")
    assert (found.passed, found.error) == (False, None)
    assert found.observed == "2\u00a0lignes"
    assert asked("drop table cantines").error is not None
    assert asked("select * from {batch}").observed == "4\u00a0lignes"


# What counts as missing, and what an empty table proves


@pytest.mark.parametrize("expectation", ["not_be_null", "be_null", "be_unique"])
def test_an_empty_table_breaks_no_rule_about_its_rows(
    connection: duckdb.DuckDBPyConnection, expectation: str
) -> None:
    connection.execute("create table cantines (id bigint)")

    verdict = judge(connection, f"expect_column_values_to_{expectation}", column="id")

    assert (verdict.passed, verdict.checked, verdict.unexpected) == (True, 0, 0)
    assert verdict.observed == "0\u00a0ligne sur 0"


def test_an_empty_table_has_no_maximum_and_sums_to_zero(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("create table cantines (id bigint)")

    assert not judge(connection, "expect_column_max_to_be_between", column="id", max_value=9).passed
    assert judge(connection, "expect_column_sum_to_be_between", column="id", max_value=0).passed


def test_a_column_without_value_breaks_no_rule_about_values(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("create table cantines as select null::double as servis from range(3)")

    between = judge(connection, "expect_column_values_to_be_between", column="servis", min_value=0)
    required = judge(connection, "expect_column_values_to_not_be_null", column="servis")

    assert between.passed
    assert (required.passed, required.unexpected) == (False, 3)


def test_what_is_not_a_number_is_missing_and_infinity_is_out_of_bounds(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("""
        create table cantines as
        select unnest(['1', 'nan', 'inf', '-inf']::double[]) as servis
    """)

    required = judge(connection, "expect_column_values_to_not_be_null", column="servis")
    bounded = judge(
        connection, "expect_column_values_to_be_between", column="servis", min_value=0, max_value=9
    )
    distinct = judge(
        connection, "expect_column_unique_value_count_to_be_between", column="servis", max_value=3
    )

    assert required.unexpected == 1
    assert bounded.unexpected == 2
    assert distinct.passed


@pytest.mark.parametrize(("mostly", "passed"), [(0.75, True), (0.7500001, False), (0, True)])
def test_mostly_is_the_share_of_present_values_that_must_hold(
    connection: duckdb.DuckDBPyConnection, mostly: float, passed: bool
) -> None:
    connection.execute("create table cantines as select unnest([1, 2, 3, -4, null]) as prevus")

    verdict = judge(
        connection,
        "expect_column_values_to_be_between",
        column="prevus",
        min_value=0,
        mostly=mostly,
    )

    assert (verdict.passed, verdict.unexpected, verdict.checked) == (passed, 1, 5)


def test_a_row_condition_is_a_condition_of_great_expectations_in_text_or_in_words(
    cantines: duckdb.DuckDBPyConnection,
) -> None:
    in_words = {"type": "comparison", "column": {"name": "id"}, "operator": "!=", "parameter": 1}
    for condition in ('col("id") != 1', in_words):
        verdict = judge(
            cantines,
            "expect_column_values_to_be_in_set",
            column="secteur",
            value_set=["sud"],
            row_condition=condition,
        )
        assert (verdict.checked, verdict.unexpected, verdict.error) == (3, 1, None)


def test_a_long_list_is_looked_into_as_a_short_one_is(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("create table cantines as select 'R' || range as code from range(1000)")

    verdict = judge(
        connection,
        "expect_column_values_to_be_in_set",
        column="code",
        value_set=[f"R{number}" for number in range(998)],
    )

    assert verdict.unexpected == 2


# Names, places and types


@pytest.mark.parametrize("name", ['x" y', "select", "l'été", "a.b", "é 🌍", "A"])
def test_a_column_may_have_any_name(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(f"create table cantines as select unnest([1.5, null]) as {quoted(name)}")

    verdict = judge(connection, "expect_column_values_to_not_be_null", column=name)

    assert (verdict.unexpected, verdict.error) == (1, None)


def test_the_table_may_stand_in_an_attached_database(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("attach ':memory:' as entrepot")
    connection.execute("use entrepot")
    connection.execute("create schema sources")
    connection.execute("""create table sources."_staging_lieux" as select '01' as code""")
    connection.execute("create table sources.codes as select '01' as code")

    (verdict,) = evaluate(
        connection,
        '"sources"."_staging_lieux"',
        [
            rule(
                "expect_column_values_to_be_in_reference",
                column="code",
                reference="sources.codes.code",
            )
        ],
    )

    assert (verdict.passed, verdict.error) == (True, None)


def test_integers_of_any_size_are_compared_exactly(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table cantines as select 9007199254740993 as id")

    for column in ("id", "id::decimal(18, 2) as id", "id::hugeint as id"):
        connection.execute(f"create or replace table copie as select {column} from cantines")
        (verdict,) = evaluate(
            connection,
            "copie",
            [rule("expect_column_values_to_be_in_set", column="id", value_set=[9007199254740992])],
        )
        assert (verdict.unexpected, verdict.error) == (1, None)


def test_figures_of_any_type_and_size_are_judged(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        create table cantines as
        select
            1.25::decimal(9, 2) as montant,
            170141183460469231731687303715884105727::hugeint as immense,
            1e-300::double as infime,
            0.1::float as court,
            timestamptz '2026-09-01 10:00:00+00' as instant,
            timestamp_ns '2026-09-01 10:00:00' as precis
    """)
    bounds: dict[str, Any] = {
        **dict.fromkeys(["montant", "immense", "infime", "court"], 0),
        **dict.fromkeys(["instant", "precis"], "2026-08-31"),
    }
    rules = [
        rule(f"expect_column_{figure}_to_be_between", column=column, min_value=low)
        for column, low in bounds.items()
        for figure in ("min", "max", "values")
    ]

    verdicts = evaluate(connection, "cantines", rules)

    assert [(verdict.passed, verdict.error) for verdict in verdicts] == [(True, None)] * len(rules)
    assert [verdict.observed for verdict in verdicts[::3]][:3] == [
        "1,25",
        "1,70 × 10^38",
        "1,00 × 10^−300",
    ]


def test_times_of_day_have_bounds(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table cantines as select unnest(['11:30', '14:05'])::time as heure")

    verdict = judge(
        connection,
        "expect_column_values_to_be_between",
        column="heure",
        min_value="11:30",
        max_value="14:00:00",
    )

    assert (verdict.unexpected, verdict.error) == (1, None)


def test_the_members_of_an_enumeration_are_not_told(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table cantines as select 'CANARI'::enum('CANARI') as nom")

    verdict = judge(connection, "expect_column_mean_to_be_between", column="nom", min_value=0)

    assert "de type ENUM." in (verdict.error or "")


# A rule that cannot be judged has failed, and says why


@pytest.mark.parametrize(
    ("expectation", "parameters", "unexpected"),
    [
        ("column_values_to_match_regex", {"regex": '"type": *"Point"'}, 1),
        ("column_value_lengths_to_be_between", {"max_value": 20}, 2),
        ("column_values_to_be_in_set", {"value_set": ["[1, 2]"]}, 2),
        ("column_values_to_be_json_parseable", {}, 0),
        ("column_values_to_be_unique", {}, 2),
        ("column_values_to_not_be_null", {}, 1),
    ],
)
def test_a_column_of_json_is_judged_as_the_text_it_is(
    connection, expectation: str, parameters: dict[str, Any], unexpected: int
) -> None:
    connection.execute(
        "create table cantines (objet json); insert into cantines values "
        """('{"type": "Point", "x": 1}'), ('{"type": "Point", "x": 1}'), ('[1, 2]'), (null)"""
    )

    verdict = judge(connection, f"expect_{expectation}", column="objet", **parameters)

    assert (verdict.error, verdict.unexpected) == (None, unexpected)


@pytest.mark.parametrize(
    ("expectation", "parameters", "sentence"),
    [
        ("expect_column_values_to_be_uniq", {"column": "id"}, "expect_column_values_to_be_unique"),
        ("expect_column_values_to_be_unique", {"colum": "id"}, "vouliez-vous dire « column » ?"),
        ("expect_column_values_to_be_unique", {}, "demande le paramètre « column »"),
        ("expect_column_values_to_be_unique", {"column": "absente"}, "« absente » n’existe pas"),
        ("expect_query_results_to_match_comparison", {}, "n’est pas calculée ici"),
        ("expect_column_values_to_match_regex", {"column": "code", "regex": "("}, "DuckDB"),
        ("expect_column_values_to_match_regex", {"column": "code", "regex": "(?=R)"}, "DuckDB"),
        ("expect_column_mean_to_be_between", {"column": "code", "min_value": 1}, "VARCHAR"),
        (
            "expect_column_values_to_be_in_set",
            {"column": "code", "value_set": [1]},
            "n’a pas le type de la colonne",
        ),
        (
            "expect_column_values_to_be_between",
            {"column": "id", "min_value": "dix"},
            "n’a pas le type de la colonne",
        ),
        ("expect_column_max_to_be_between", {"column": "jour", "min_value": "hier"}, "AAAA-MM-JJ"),
        ("expect_column_max_to_be_between", {"column": "jour", "min_value": 3}, "TypeError"),
        ("expect_column_values_to_be_between", {"column": "id"}, "« min_value » ou « max_value »"),
        (
            "expect_column_values_to_be_unique",
            {"column": "id", "row_condition": "id > 3"},
            "row_condition",
        ),
        (
            "expect_column_values_to_be_in_reference",
            {"column": "code", "reference": "sources.absente.code"},
            '"sources"."absente" n’existe pas',
        ),
        (
            "expect_column_values_to_be_in_reference",
            {"column": "code", "reference": "codes.code"},
            "schéma.table.colonne",
        ),
        (
            "expect_column_values_to_be_in_reference",
            {"column": "id", "reference": "sources.codes.code"},
            "n’ont pas le même type",
        ),
        (
            "expect_column_pair_values_to_be_equal",
            {"column_A": "id", "column_B": "code"},
            "ne se comparent pas",
        ),
        ("expect_column_values_to_be_unique", {"column": "id", "mostly": 2}, "« mostly »"),
    ],
)
def test_a_bad_rule_fails_alone_with_a_french_sentence(
    cantines: duckdb.DuckDBPyConnection,
    expectation: str,
    parameters: dict[str, Any],
    sentence: str,
) -> None:
    good = rule("expect_column_values_to_be_unique", column="id")

    before, bad, after = evaluate(
        cantines, "cantines", [good, rule(expectation, **parameters), good]
    )

    assert before.passed
    assert after.passed
    assert not bad.passed
    assert bad.refuses
    assert sentence in (bad.error or "")


def test_a_table_that_cannot_be_read_fails_all_its_rules(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rules = [rule("expect_table_row_count_to_equal", value=0)] * 2

    assert all("absente" in (v.error or "") for v in evaluate(connection, '"absente"', rules))
    connection.close()
    closed = evaluate(connection, "cantines", rules)
    assert [verdict.passed for verdict in closed] == [False, False]
    assert "ConnectionException" in (closed[0].error or "")


def test_no_rule_gives_no_verdict_and_order_is_kept(cantines: duckdb.DuckDBPyConnection) -> None:
    rules = [
        replace(rule(f"expect_{name}", **parameters), name=str(position))
        for position, (name, parameters, _, _) in enumerate(CASES)
    ]

    assert evaluate(cantines, "cantines", []) == []
    assert [verdict.rule for verdict in evaluate(cantines, "cantines", rules)] == rules


# What is observed, in French


@pytest.mark.parametrize(
    ("expectation", "parameters", "observed"),
    [
        ("table_row_count_to_be_between", {"min_value": 1}, "4 lignes"),
        ("column_values_to_be_unique", {"column": "code"}, "2 lignes sur 4"),
        ("column_max_to_be_between", {"column": "jour", "min_value": "2026-09-03"}, "3 septembre"),
        ("column_max_to_be_between", {"column": "instant", "min_value": "2026-09-03"}, "à 8 h 00"),
        ("column_mean_to_be_between", {"column": "servis", "min_value": 1}, "18,75"),
        ("column_proportion_of_unique_values_to_be_between", {"column": "code"}, "66,7 %"),
        ("column_distinct_values_to_equal_set", {"value_set": ["R1", "R8", "R9"]}, "1 valeur hors"),
        ("table_columns_to_match_set", {"column_set": ["id", "absente"]}, "manque : absente"),
        ("column_sum_to_equal_reference", {"reference": "sources.repas.lot"}, "100 pour 3"),
    ],
)
def test_what_is_observed_reads_in_french(
    cantines: duckdb.DuckDBPyConnection,
    expectation: str,
    parameters: dict[str, Any],
    observed: str,
) -> None:
    defaults = {
        "column_proportion_of_unique_values_to_be_between": {"min_value": 0},
        "column_distinct_values_to_equal_set": {"column": "code"},
        "column_sum_to_equal_reference": {"column": "prevus"},
    }

    verdict = judge(
        cantines, f"expect_{expectation}", **defaults.get(expectation, {}), **parameters
    )

    assert observed in (verdict.observed or "").replace("\u00a0", " ")


# Nothing leaves the table


@pytest.mark.slow
def test_no_value_of_the_table_leaves_it(
    connection: duckdb.DuckDBPyConnection,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    canaries = ["CANARI-jean.dupont@exemple.fr", "CANARI-1850549007123"]
    connection.execute(
        "create table cantines as select unnest(?) as nom, unnest(?) as nir, 'x' as autre",
        [canaries, canaries[::-1]],
    )
    connection.execute("create schema sources")
    connection.execute("create table sources.codes as select 'x' as code")
    columns = {"column": "nom", "column_A": "nom", "column_B": "autre"}
    values: dict[str, Any] = {
        "value_set": ["x"],
        "regex": "^x$",
        "regex_list": ["^x$"],
        "like_pattern": "x",
        "min_value": 3,
        "value": 3,
        "max_value": 2,
        "column_list": ["nom", "nir"],
        "column_set": ["nom"],
        "sum_total": 0,
        "reference": "sources.codes.code",
        "other_table_name": "sources.codes",
        "unexpected_rows_query": "select nom::integer from {batch}",
        "value_pairs_set": [["x", "x"]],
        "like_pattern_list": ["x"],
        "strftime_format": "%Y",
        "json_schema": {"type": "object"},
        "threshold": 0.01,
        "double_sided": True,
        "type_": "BIGINT",
        "type_list": ["BIGINT"],
        "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 1]]},
        "partition_object": {"values": ["x", "y"], "weights": [0.5, 0.5]},
        "format": "nir",
        "max_age_days": 1,
    }
    rules = [
        rule(name, **{key: (columns | values)[key] for key in words.required | bounds})
        for name, words in EXPECTATIONS.items()
        for bounds in ({"min_value"} & words.known, {"max_value"} & words.known)
    ]
    # DuckDB's own message quotes the value it cannot convert.
    rules.append(
        rule(
            "expect_column_sum_to_equal_reference",
            column="nom",
            reference="cantines.nom.nom",
            where="nom::integer > 0",
        )
    )

    with caplog.at_level(logging.DEBUG):
        verdicts = evaluate(connection, "cantines", rules)
        outcomes = arrival.validation().validate(connection, "cantines", rules)

    captured = capfd.readouterr()
    assert any(not verdict.passed and verdict.unexpected for verdict in verdicts)
    assert captured.out + captured.err == ""
    for text in [repr(verdicts), repr(outcomes), caplog.text]:
        assert "CANARI" not in text


def test_an_error_of_duckdb_is_not_repeated(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema sources")
    connection.execute("create table sources.repas as select 'CANARI' as nom, 1 as prevus")

    (verdict,) = evaluate(
        connection,
        "sources.repas",
        [
            rule(
                "expect_column_sum_to_equal_reference",
                column="prevus",
                reference="sources.repas.prevus",
                where="nom::integer > 0",
            )
        ],
    )

    assert "ConversionException" in (verdict.error or "")
    assert "CANARI" not in (verdict.error or "")


# Great Expectations, late and quiet


@pytest.mark.slow
def test_great_expectations_is_imported_only_to_judge_and_leaves_the_process_as_it_was() -> None:
    program = """
import sys, warnings
import duckdb
import checks.vocabulary
from checks.quality import evaluate
from checks.rules import Dimension, Rule, Severity
def rule(name):
    return Rule("r", Dimension.VOLUME, Severity.WARNING, "s", name, {"value": 1})
connection = duckdb.connect()
connection.execute("create table t as select 1 as a")
evaluate(connection, "t", [rule("misspelt")])
assert "great_expectations" not in sys.modules
before = warnings.showwarning, list(warnings.filters)
(verdict,) = evaluate(connection, "t", [rule("expect_table_row_count_to_equal")])
assert verdict.passed, verdict
assert "great_expectations" not in sys.modules
from checks.quality import arrival
arrival.validation()
assert "great_expectations" in sys.modules
assert (warnings.showwarning, list(warnings.filters)) == before
import altair, scipy.stats
assert altair.Chart and scipy.stats.norm.cdf(0) == 0.5
"""
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")


def test_the_vocabulary_is_that_of_the_installed_great_expectations() -> None:
    arrival.validation()
    from great_expectations.expectations.expectation import BatchExpectation
    from great_expectations.expectations.registry import (
        get_expectation_impl,
        list_registered_expectation_implementations,
    )

    left_out = set(BatchExpectation.__fields__) | {"condition_parser", "library_metadata"}
    registered = set(list_registered_expectation_implementations())

    assert registered == known_expectations() | NOT_COMPUTED
    for name, words in EXPECTATIONS.items():
        fields = get_expectation_impl(name).__fields__
        assert set(fields) - left_out == words.known, name
        assert {key for key in fields if fields[key].required} <= words.required, name


def test_a_right_expectation_has_nothing_to_be_told() -> None:
    assert [check_expectation(f"expect_{name}", passing) for name, passing, _, _ in CASES] == [
        None for _ in CASES
    ]
