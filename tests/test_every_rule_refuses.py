"""Every kind of rule, at each severity: what it refuses or warns of, and how it says so.

One table breaks them all at once, so that each is seen to break by itself in the verdicts.
"""

import json
import re
from typing import Any

import pytest

from assets.outcome import Outcome
from checks.rules import Verdict
from checks.vocabulary import EXPECTATIONS
from tests.scenario import Scenario

TREE = {"column": "id_arbre"}
KIND = {"column": "essence"}
HEIGHT = {"column": "hauteur_m"}
DAY = {"column": "plante_le"}
NOTE = {"column": "remarque"}
NAMES = {"column_A": "id_arbre", "column_B": "essence"}
TOWNS = "sources.communes"

# What each says of the seven trees of the file is false.
BROKEN: dict[str, dict[str, Any]] = {
    "expect_table_row_count_to_be_between": {"min_value": 8},
    "expect_table_row_count_to_equal": {"value": 4},
    "expect_table_row_count_to_equal_other_table": {"other_table_name": "sources.iris"},
    "expect_table_column_count_to_be_between": {"max_value": 4},
    "expect_table_column_count_to_equal": {"value": 4},
    "expect_table_columns_to_match_ordered_list": {"column_list": ["essence", "id_arbre"]},
    "expect_table_columns_to_match_set": {"column_set": ["essence", "id_arbre"]},
    "expect_column_to_exist": {**TREE, "column_index": 4},
    "expect_column_values_to_not_be_null": NOTE,
    "expect_column_values_to_be_null": NOTE,
    "expect_column_values_to_be_unique": {"column": "commun"},
    "expect_column_values_to_be_in_set": {**KIND, "value_set": ["tilleul"]},
    "expect_column_values_to_not_be_in_set": {**KIND, "value_set": ["tilleul"]},
    "expect_column_values_to_be_between": {**HEIGHT, "max_value": 10},
    "expect_column_values_to_match_regex": {**TREE, "regex": "^B"},
    "expect_column_values_to_not_match_regex": {**TREE, "regex": "^A"},
    "expect_column_values_to_match_regex_list": {**TREE, "regex_list": ["^B", "^C"]},
    "expect_column_values_to_not_match_regex_list": {**TREE, "regex_list": ["^A", "^C"]},
    "expect_column_values_to_match_like_pattern": {**TREE, "like_pattern": "B%"},
    "expect_column_values_to_not_match_like_pattern": {**TREE, "like_pattern": "A%"},
    "expect_column_value_lengths_to_be_between": {**TREE, "max_value": 4},
    "expect_column_value_lengths_to_equal": {**TREE, "value": 4},
    "expect_column_values_to_match_like_pattern_list": {**TREE, "like_pattern_list": ["B%"]},
    "expect_column_values_to_not_match_like_pattern_list": {**TREE, "like_pattern_list": ["A%"]},
    "expect_column_values_to_match_strftime_format": {**KIND, "strftime_format": "%Y"},
    "expect_column_values_to_be_dateutil_parseable": KIND,
    "expect_column_values_to_be_json_parseable": KIND,
    "expect_column_values_to_match_json_schema": {
        "column": "objet",
        "json_schema": {"type": "array"},
    },
    "expect_column_values_to_be_increasing": DAY,
    "expect_column_values_to_be_decreasing": DAY,
    "expect_column_value_z_scores_to_be_less_than": {
        **HEIGHT,
        "threshold": 0.1,
        "double_sided": True,
    },
    "expect_column_values_to_not_be_outliers": {"column": "mesure", "multiplier": 1.5},
    "expect_column_values_to_be_of_type": {**TREE, "type_": "DOUBLE"},
    "expect_column_values_to_be_in_type_list": {**TREE, "type_list": ["DOUBLE", "DATE"]},
    "expect_column_type_to_be": {**TREE, "type_": "DOUBLE"},
    "expect_column_quantile_values_to_be_between": {
        **HEIGHT,
        "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[20, 30]]},
    },
    "expect_column_most_common_value_to_be_in_set": {"column": "commun", "value_set": ["non"]},
    "expect_column_kl_divergence_to_be_less_than": {
        **KIND,
        "partition_object": {
            "values": ["tilleul", "platane", "érable"],
            "weights": [0.9, 0.05, 0.05],
        },
        "threshold": 0.01,
    },
    "expect_column_min_to_be_between": {**HEIGHT, "max_value": 1},
    "expect_column_max_to_be_between": {**HEIGHT, "max_value": 1},
    "expect_column_mean_to_be_between": {**HEIGHT, "max_value": 1},
    "expect_column_median_to_be_between": {**HEIGHT, "max_value": 1},
    "expect_column_stdev_to_be_between": {**HEIGHT, "max_value": 1},
    "expect_column_sum_to_be_between": {**HEIGHT, "max_value": 1},
    "expect_column_unique_value_count_to_be_between": {**KIND, "max_value": 2},
    "expect_column_proportion_of_unique_values_to_be_between": {**KIND, "max_value": 0.2},
    "expect_column_proportion_of_non_null_values_to_be_between": {**NOTE, "min_value": 0.9},
    "expect_column_distinct_values_to_be_in_set": {**KIND, "value_set": ["tilleul"]},
    "expect_column_distinct_values_to_contain_set": {**KIND, "value_set": ["chêne"]},
    "expect_column_distinct_values_to_equal_set": {**KIND, "value_set": ["chêne"]},
    "expect_column_pair_values_to_be_equal": NAMES,
    "expect_column_pair_values_a_to_be_greater_than_b": NAMES,
    "expect_column_pair_values_to_be_in_set": {**NAMES, "value_pairs_set": [["A-001", "platane"]]},
    "expect_compound_columns_to_be_unique": {"column_list": ["commun", "commune"]},
    "expect_multicolumn_sum_to_equal": {"column_list": ["hauteur_m", "mesure"], "sum_total": 3},
    "expect_multicolumn_values_to_be_equal": {"column_list": ["id_arbre", "essence"]},
    "expect_select_column_values_to_be_unique_within_record": {"column_list": ["commun", "copie"]},
    "unexpected_rows_expectation": {
        "unexpected_rows_query": "select * from {batch} where essence = 'tilleul'",
        "sentence": "Plus aucun tilleul",
    },
    "expect_column_values_to_be_in_reference": {**KIND, "reference": f"{TOWNS}.nom"},
    "expect_column_sum_to_equal_reference": {
        **HEIGHT,
        "reference": f"{TOWNS}.population",
    },
    "expect_column_values_to_match_french_format": {**KIND, "format": "siret"},
    "expect_column_values_to_be_near_median": {"column": "mesure", "multiplier": 2},
    "expect_column_max_to_be_recent": {**DAY, "max_age_days": 30},
    "expect_column_missing_share_to_be_close_to_reference": {
        **NOTE,
        "reference": f"{TOWNS}.nom",
    },
    "expect_column_distribution_to_be_close_to_reference": {**KIND, "reference": f"{TOWNS}.nom"},
    "expect_table_row_count_to_be_close_to_other_table": {
        "other_table_name": TOWNS,
        "min_ratio": 3,
        "max_ratio": 4,
    },
}
EXTRA = {
    "commun": "string",
    "copie": "string",
    "commune": "string",
    "mesure": "number",
    "objet": "string",
}
FILE = """\
Identifiant;essence;Hauteur (m);Planté le;remarque;commun;copie;commune;mesure;objet
A-001;tilleul;12,5;21/03/1998;;oui;oui;01004;1.0;{}
A-002;platane;s;01/11/1950;taillé;oui;oui;01004;1.1;{}
A-003;érable;7;15/04/2020;;oui;oui;01007;1.2;{}
A-004;érable;7;15/04/2020;;oui;oui;01007;1.0;{}
A-005;érable;7;15/04/2020;;oui;oui;01007;1.1;{}
A-006;érable;7;15/04/2020;;oui;oui;01007;1.2;{}
A-007;érable;7;15/04/2020;;oui;oui;01007;900000;{}
"""
FRENCH = re.compile(r"[A-ZÀ-Ý«].*[^.]$")


def judged(folder: Any, severity: str) -> tuple[Outcome, dict[str, Verdict]]:
    """The table held to every rule at a severity, and the verdict of each."""
    scenario = Scenario(folder)
    columns = "".join(
        f"  - {{name: {name}, type: {kind}, description: Essai., example: '1'}}\n"
        for name, kind in EXTRA.items()
    )
    rules = [{name: words | {"severity": severity}} for name, words in BROKEN.items()]
    scenario.edit(
        "sources/arbres.yaml",
        "key: [id_arbre]\n",
        f"{columns}key: [id_arbre]\nexpectations: {json.dumps(rules, ensure_ascii=False)}\n",
    )
    scenario.write("arbres.csv", FILE)
    for name in ("communes", "iris"):
        assert scenario.build(name).state == "published"
    outcome = scenario.build("arbres")
    found = {
        verdict.rule.expectation: verdict for verdict in outcome.verdicts if not verdict.passed
    }
    return outcome, found


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    return judged(tmp_path_factory.mktemp("critical"), "critical")


@pytest.fixture(scope="module")
def warned(tmp_path_factory):
    return judged(tmp_path_factory.mktemp("warning"), "warning")


def test_no_kind_of_rule_is_left_out():
    assert set(BROKEN) == set(EXPECTATIONS)


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.slow
def test_a_critical_rule_that_breaks_refuses_in_french(refused, name):
    outcome, found = refused
    assert outcome.state == "refused"
    assert found[name].refuses
    assert found[name].error is None
    assert FRENCH.fullmatch(found[name].rule.sentence)


def test_a_refusal_says_what_broke_what_stands_and_what_to_do(refused):
    message = refused[0].message
    assert "nouvelle version refusée.\n  – La table compte au moins 8 lignes : 7" in message
    assert "Aucune version n’a encore été publiée" in message
    assert "Que faire : corriger la source ou le contrat (arbres.yaml)" in message


@pytest.mark.parametrize("name", BROKEN)
def test_a_warning_that_breaks_is_published_and_told(warned, name):
    outcome, found = warned
    assert outcome.state == "published"
    assert not found[name].refuses
    assert found[name].error is None
