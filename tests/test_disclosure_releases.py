"""Version after version: who kept the earlier ones learns nothing of what was hidden in any."""

from typing import Any

import pytest

from checks.disclosure.releases import remember_release
from tests.disclosure import Table, contract, held

# Each solves linear programs.
pytestmark = pytest.mark.slow

TWO = ["lieu", "motif"]
GIVEN = {"lieu": "string", "motif": "string", "n": "integer"}
Rows = list[tuple[str, str, int]]
Published = dict[tuple[str, str], int | None]

GRID: Rows = [
    (place, why, n)
    for place, numbers in {"A": (3, 20, 30), "B": (40, 21, 31), "C": (41, 22, 32)}.items()
    for why, n in zip("xyz", numbers, strict=True)
]


def crosstab(**words: Any) -> Any:
    """A table of two dimensions, with what is said of it."""
    said = {"unit": "persons", "dimensions": TWO, "cells": [{"count": "n"}], **words}
    return contract(said, GIVEN)


def offered(table: Table, rows: Rows) -> Published | None:
    """What a version publishes; None when it is refused, and the former stays."""
    table.stage(GIVEN, rows)
    if any(verdict.refuses for verdict in table.control().values()):
        return None
    remember_release(table.connection, "curated.version", 1)
    return {(place, why): n for place, why, n in table.rows()}


def release(table: Table, rows: Rows) -> Published:
    """A version that passes the control, published."""
    shown = offered(table, rows)
    assert shown is not None
    return shown


def test_a_version_that_changes_nothing_hides_the_same_cells() -> None:
    with held(crosstab(margins=[["lieu"], ["motif"]]), GIVEN, GRID) as table:
        first = release(table, GRID)
        assert release(table, GRID) == first


def test_a_cell_once_hidden_for_another_stays_hidden_while_it_does_not_change() -> None:
    with held(crosstab(margins=[["lieu"]]), GIVEN, GRID) as table:
        first = release(table, GRID)
        (other,) = (cell for cell, n in first.items() if n is None and cell != ("A", "x"))
        # A cheaper company for the small cell comes by: it was not there the first time.
        more = [*GRID, ("A", "t", 6)]
        second = release(table, more)
        assert second[other] is None
        assert second["A", "x"] is None


def test_a_cell_once_hidden_is_shown_when_it_has_changed_and_protects_nothing_any_more() -> None:
    with held(crosstab(), GIVEN, GRID) as table:
        assert release(table, GRID)["A", "x"] is None
        grown = [("A", "x", 12), *GRID[1:]]
        assert release(table, grown)["A", "x"] == 12


def test_what_an_earlier_release_showed_protects_nothing() -> None:
    with held(crosstab(), GIVEN, GRID) as table:
        release(table, GRID)  # no margin is known then: nothing but the small cell is hidden
        table.contract = crosstab(margins=[["lieu"]])
        table.stage(GIVEN, GRID)
        verdict = table.control()["n.secret"]
    assert not verdict.passed
    assert "[DIFFERENCE]" in str(verdict.error)


def test_a_small_cell_that_was_published_before_is_told_as_known() -> None:
    said = crosstab(unit="companies")
    with held(said, GIVEN, GRID) as table:
        assert release(table, GRID)["A", "x"] == 3
        table.contract = crosstab()  # its threshold is now five
        table.stage(GIVEN, GRID)
        verdicts = table.control()
    assert verdicts["n.secret"].passed
    assert not verdicts["n.deja_diffusees"].passed
    assert "qui l’a gardée en connaît la valeur" in str(verdicts["n.deja_diffusees"].observed)


def test_of_a_hidden_value_only_a_keyed_seal_is_kept() -> None:
    with held(crosstab(), GIVEN, GRID) as table:
        release(table, GRID)
        kept = table.connection.execute(
            "select value, seal from quality.released where cell = "
            """'{"lieu":"A","motif":"x"}'"""
        ).fetchall()
        ((value, seal),) = kept
        assert value is None
        assert seal.startswith("1:")
        table.keys.rotate("cellules")
        assert release(table, GRID)["A", "x"] is None


def test_a_cell_hidden_for_another_is_not_given_back_once_the_other_has_grown() -> None:
    with held(crosstab(margins=[["lieu"]]), GIVEN, GRID) as table:
        first = release(table, GRID)
        (other,) = (cell for cell, n in first.items() if n is None and cell != ("A", "x"))
        second = release(table, [("A", "x", 12), *GRID[1:]])
        assert second[other] is None
        # Alone in its line, its total would give it back, and the small cell of that time with it.
        assert [cell for cell, n in second.items() if n is None and cell != other]


def test_cells_that_change_by_less_than_the_threshold_between_versions_are_told() -> None:
    with held(crosstab(), GIVEN, GRID) as table:
        release(table, GRID)
        table.stage(GIVEN, [*GRID[:1], ("A", "y", 21), *GRID[2:]])
        verdict = table.control()["n.ecarts"]
    assert not verdict.passed
    assert not verdict.refuses
    assert verdict.unexpected == 1


RENAMED = [(place.replace("A", "Anjou"), why, n) for place, why, n in GRID]
MERGED = [
    *GRID[6:],
    *(("D", why, n + m) for (_, why, n), (*_, m) in zip(GRID[:3], GRID[3:6], strict=True)),
]


def test_a_hidden_cell_that_is_only_renamed_stays_hidden_with_its_neighbour() -> None:
    with held(crosstab(margins=[["lieu"]], moved={"lieu": {"A": "Anjou"}}), GIVEN, GRID) as table:
        first = release(table, GRID)
        second = release(table, RENAMED)
    renamed = {(place.replace("A", "Anjou"), why): n for (place, why), n in first.items()}
    assert second == renamed


def test_communes_that_merge_do_not_give_back_the_one_that_was_hidden() -> None:
    with held(crosstab(moved={"lieu": {"A": "D", "B": "D"}}), GIVEN, GRID) as table:
        assert release(table, GRID)["A", "x"] is None
        shown = release(table, MERGED)
    # 43 for the two, 40 for one of them in the earlier version: the other had 3.
    assert shown["D", "x"] is None
    assert shown["D", "y"] == 41


def test_the_parts_of_a_commune_that_is_split_do_not_give_each_other_back() -> None:
    moved = {"lieu": {"D": ["A", "B"]}}
    with held(crosstab(moved=moved), GIVEN, MERGED) as table:
        assert release(table, MERGED)["D", "x"] == 43
        shown = release(table, GRID)
    assert shown["A", "x"] is None
    assert shown["B", "x"] is None


def test_a_hidden_place_that_disappears_while_another_comes_asks_what_it_became() -> None:
    with held(crosstab(), GIVEN, GRID) as table:
        release(table, GRID)
        table.stage(GIVEN, MERGED)
        verdict = table.control()["lieu.deplacements"]
        assert verdict.refuses
        assert "Dites dans « moved »" in str(verdict.error)
        table.contract = crosstab(moved={"lieu": {"A": []}})
        table.stage(GIVEN, MERGED)
        assert "lieu.deplacements" not in table.control()
