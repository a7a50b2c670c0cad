"""A version held to the last good one, and the sentences of every expectation."""

import pytest

from checks.sentences import ABOUT_COLUMN, ABOUT_TABLE, sentence
from checks.vocabulary import known_expectations
from tests.scenario import Scenario
from tests.test_quality import CASES

HEADER = "Identifiant;essence;Hauteur (m);Planté le;remarque\n"
MANY = HEADER + "".join(f"A-{n:03d};tilleul;{n % 50},5;21/03/1998;vu\n" for n in range(120))
UNSEEN = MANY.replace(";vu", ";")


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    found = Scenario(tmp_path)
    found.write("arbres.csv", MANY)
    return found


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
    told_of = {f"expect_{name}" for name in ABOUT_COLUMN | ABOUT_TABLE}
    assert {name.replace("expect_unexp", "unexp") for name in told_of} == known_expectations()
    for name, passing, failing, _ in CASES:
        for parameters in (passing, failing):
            told = sentence(f"expect_{name}", parameters, "« Colonne »")
            assert told[:1] in "«L"
            assert "expect" not in told
            assert "None" not in told
