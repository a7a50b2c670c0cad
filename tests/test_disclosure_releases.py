"""Version after version: who kept the earlier ones learns nothing of what was hidden in any."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checks.disclosure.releases import remember_release
from tests.disclosure import Table, contract, determined, held, margin_equations

# Each solves linear programs.
pytestmark = pytest.mark.slow

LEAST = 5
TWO = ["lieu", "motif"]
GIVEN = {"lieu": "string", "motif": "string", "n": "integer"}
counts = st.one_of(st.integers(1, 9), st.integers(1, 60))
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
    versions = "select coalesce(max(version), 0) + 1 from quality.released"
    ((version,),) = table.connection.execute(versions).fetchall()
    remember_release(table.connection, "curated.version", version)
    return {(place, why): n for place, why, n in table.rows()}


def release(table: Table, rows: Rows) -> Published:
    """A version that passes the control, published."""
    shown = offered(table, rows)
    assert shown is not None
    return shown


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Rows], list[list[int]]]:
    """Three versions of a table, each a change of the one before, and the margins anyone knows."""
    places = [(a, b) for a in "ABC" for b in "xyz"]
    now: dict[tuple[str, str], int] = {}
    versions = []
    for _ in range(3):
        for place in draw(st.lists(st.sampled_from(places), min_size=1, max_size=9, unique=True)):
            now[place] = draw(counts)
        versions.append([(*place, n) for place, n in sorted(now.items())])
    margins = draw(st.lists(st.sampled_from([[0], [1], []]), min_size=1, max_size=2, unique_by=str))
    return versions, margins


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_every_version_together_gives_no_small_cell_back(
    drawn: tuple[list[Rows], list[list[int]]],
) -> None:
    versions, margins = drawn
    released: list[tuple[Rows, Published]] = []
    said = crosstab(margins=[[TWO[axis] for axis in margin] for margin in margins])
    with held(said, GIVEN, versions[0]) as table:
        for rows in versions:
            shown = offered(table, rows)
            if shown is not None:
                released.append((rows, shown))
    assume(len(released) > 1)
    # He even knows which cells did not change: they are one unknown, told by any of the versions.
    unknowns: dict[tuple[str, str, int], int] = {}
    published: list[float | None] = []
    equations = []
    for rows, shown in released:
        for row in rows:
            rank = unknowns.setdefault(row, len(unknowns))
            published += [None] * (len(unknowns) - len(published))
            published[rank] = published[rank] or shown[row[:2]]
        true = [float(n) for *_, n in rows]
        for signs, total in margin_equations([row[:2] for row in rows], margins, true, LEAST):
            equations.append(({unknowns[rows[i]]: sign for i, sign in signs.items()}, total))
    known = determined(published, equations)
    assert not [cell for cell, rank in unknowns.items() if cell[2] < LEAST and rank in known]


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
