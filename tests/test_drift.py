"""A version held to the last good one: volume refuses, missing values warn."""

import pytest

from checks.sentences import ABOUT_COLUMN, ABOUT_TABLE, sentence
from checks.vocabulary import known_expectations
from tests.scenario import Scenario
from tests.test_quality import CASES

HEADER = "Identifiant;essence;Hauteur (m);Planté le;remarque\n"
TEN = HEADER + "".join(f"A-{n:03d};tilleul;{n},5;21/03/1998;vu\n" for n in range(10))
THREE = HEADER + "".join(f"A-{n:03d};tilleul;{n},5;21/03/1998;vu\n" for n in range(3))
UNSEEN = TEN.replace(";vu", ";")
ALLOWED = """\
expectations:
  - expect_table_row_count_to_be_close_to_other_table:
      {other_table_name: sources.arbres, min_ratio: 0.2}
access: open
"""


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    found = Scenario(tmp_path)
    found.write("arbres.csv", TEN)
    return found


@pytest.mark.slow
def test_a_version_which_lost_most_of_its_rows_is_refused_until_the_contract_allows_it(scenario):
    scenario.build("arbres")
    scenario.write("arbres.csv", THREE)

    refused = scenario.build("arbres")

    assert refused.state == "refused"
    assert "[VOLUME]" in refused.message
    assert "3 pour 10" in refused.message
    assert scenario.query("select count(*) from sources.arbres") == [(10,)]

    scenario.edit("sources/arbres.yaml", "access: open\n", ALLOWED)
    assert scenario.build("arbres").state == "published"


@pytest.mark.slow
def test_a_version_grown_fivefold_passes_and_beyond_is_refused(scenario):
    scenario.write("arbres.csv", THREE)
    scenario.build("arbres")
    rows = [f"A-{n:03d};tilleul;1,5;21/03/1998;vu\n" for n in range(16)]

    scenario.write("arbres.csv", HEADER + "".join(rows))
    assert scenario.build("arbres").state == "refused"
    scenario.write("arbres.csv", HEADER + "".join(rows[:15]))
    assert scenario.build("arbres").state == "published"


@pytest.mark.slow
def test_a_column_emptied_since_the_last_version_warns(scenario):
    first = scenario.build("arbres")
    scenario.write("arbres.csv", UNSEEN)

    second = scenario.build("arbres")

    assert [each.rule.name for each in first.warnings] == []
    assert second.state == "published"
    (warning,) = second.warnings
    assert warning.rule.name == "remarque.derive"
    assert (warning.observed or "").replace("\u00a0", " ") == ("100,0 % de manquants, contre 0,0 %")


def test_every_expectation_has_a_french_sentence() -> None:
    assert {f"expect_{name}" for name in ABOUT_COLUMN | ABOUT_TABLE} == known_expectations()
    for name, passing, failing, _ in CASES:
        for parameters in (passing, failing):
            told = sentence(f"expect_{name}", parameters, "« Colonne »")
            assert told[:1] in "«L"
            assert "expect" not in told
            assert "None" not in told
