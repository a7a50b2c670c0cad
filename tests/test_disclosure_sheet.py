"""What a table's sheet answers to the three questions of the G29: only what was computed."""

from typing import Any

from assets.dashboards.anonymity import answers, hidden
from assets.dashboards.history import RuleState
from tests.disclosure import contract

COLUMNS = {"lieu": "string", "motif": "string", "n": "integer", "montant": "number"}
COUNTED = {
    "unit": "companies",
    "dimensions": ["lieu", "motif"],
    "margins": [["lieu"], []],
    "cells": [{"count": "n", "sums": {"montant": "plus_fort"}}],
}
TOLD = "4\u00a0cellules masquées sur 9 (44,4\u00a0%) : 1 sous 3 entreprises"


def judged(name: str, passed: bool = True, observed: str = TOLD) -> RuleState:
    return RuleState("Règle", "critical", passed, observed, 1, 1, name)


def told(said: dict[str, Any], *rules: RuleState) -> list[tuple[str, str]]:
    """Each answer in a word, and its text."""
    return [(one.chip.text, one.told) for one in answers(contract(said, COLUMNS), rules)]


def test_a_table_that_counts_nobody_is_asked_nothing():
    assert answers(contract(COUNTED, COLUMNS).model_copy(update={"disclosure": None}), []) == []


def test_cells_answer_with_their_threshold_its_source_and_what_was_hidden():
    alone, linked, inferred = told(COUNTED, judged("n.secret"))
    assert alone[0] == linked[0] == inferred[0] == "Non"
    assert "porte sur 3 entreprises au moins (Insee, manuel" in alone[1]
    assert "4\u00a0cellules masquées sur 9" in alone[1]
    assert linked[1].startswith("Ni les totaux par « lieu » et d’ensemble, ni les versions déjà")
    assert inferred[1] == "Aucune unité ne fait plus de 85\u00a0% d’une valeur publiée."


def test_a_table_that_was_not_judged_answers_nothing():
    assert {word for word, _ in told(COUNTED)} == {"Pas encore jugé"}


def test_a_refused_version_does_not_say_no():
    words = [word for word, _ in told(COUNTED, judged("n.secret", passed=False))]
    assert words == ["Version refusée"] * 3


def test_what_is_not_computed_is_said_not_to_be():
    persons = {**COUNTED, "unit": "persons", "cells": [{"count": "n"}]}
    *_, inferred = told(persons, judged("n.secret"))
    assert inferred[0] == "Non calculé"


def test_rows_answer_with_what_they_share():
    rows = {"unit": "persons", "quasi_identifiers": ["lieu", "motif"], "sensitive": ["montant"]}
    alone, linked, inferred = told(rows, judged("k_anonymat"), judged("diversite", passed=False))
    assert alone[0] == "Non"
    assert "chaque combinaison de « lieu » et « motif »" in alone[1].lower()
    assert linked[0] == "Non calculé"
    assert inferred[0] == "Version refusée"


def test_public_statistics_say_who_protected_them():
    public = {"unit": "persons", "already_public": {"by": "Insee", "reason": "recensement diffusé"}}
    assert told(public) == [
        ("Rien à masquer", "Déjà protégées par leur producteur, Insee : recensement diffusé.")
    ]


def test_the_card_tells_how_much_is_hidden_in_a_few_words():
    said = contract(COUNTED, COLUMNS)
    assert hidden(said, [judged("n.secret")]) == "4\u00a0cellules masquées sur 9 (44,4\u00a0%)"
    assert hidden(said, []) == ""
