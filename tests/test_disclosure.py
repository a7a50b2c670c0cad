"""Cells that are hidden stay hidden, for whoever reads all the rest and can count."""

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.disclosure.releases import remember_release
from tests.disclosure import contract, determined, held, highest, margin_equations

# Each solves linear programs.
pytestmark = pytest.mark.slow

LEAST = 5
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
counts = st.one_of(st.integers(1, 9), st.integers(1, 60), st.just(1))


@st.composite
def crossed(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], int, list[list[int]]]:
    """A crossed table with holes in it, and the margins anyone knows."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    places = list(product(*(range(size) for size in sizes)))
    kept = draw(st.lists(st.sampled_from(places), min_size=1, max_size=24, unique=True))
    rows = [(*(f"v{each}" for each in place), draw(counts)) for place in sorted(kept)]
    every = [
        [axis for axis, keep in enumerate(mask) if keep]
        for mask in product([False, True], repeat=len(sizes))
        if not all(mask)
    ]
    margins = draw(st.lists(st.sampled_from(every), max_size=4, unique_by=tuple))
    return rows, len(sizes), margins


@MANY
@given(crossed())
def test_no_small_cell_can_be_told_from_a_large_one(
    drawn: tuple[list[tuple[Any, ...]], int, list[list[int]]],
) -> None:
    rows, axes, margins = drawn
    names = [f"d{axis}" for axis in range(axes)]
    given_columns = {**dict.fromkeys(names, "string"), "n": "integer"}
    said = contract(
        {
            "unit": "persons",
            "dimensions": names,
            "margins": [[names[axis] for axis in margin] for margin in margins],
            "cells": [{"count": "n", "marker": "masque"}],
        },
        {**given_columns, "masque": "boolean"},
    )
    true = [row[-1] for row in rows]
    with held(said, given_columns, rows) as table:
        verdict = table.control()["n.secret"]
        published = [value for (value,) in table.rows("n")]
        assert [marked for (marked,) in table.rows("masque")] == [n is None for n in published]
    equations = margin_equations([row[:-1] for row in rows], margins, true, LEAST)
    small = {row for row, value in enumerate(true) if value < LEAST}
    assert all(published[row] is None for row in small)
    assert all(a is None or a == b for a, b in zip(published, true, strict=True))
    reachable = {row: highest(published, equations, row, 1) for row in small}
    if verdict.passed:
        assert not small & determined(published, equations)
        assert all(most >= LEAST - 1e-4 for most in reachable.values())
    else:
        # It refuses only what no hiding can protect, even of everything.
        everything: list[float | None] = [None] * len(true)
        best = [highest(everything, equations, row, 1) for row in small]
        assert min(best) < LEAST


@MANY
@given(crossed())
def test_a_total_that_stands_in_the_table_gives_no_cell_back(
    drawn: tuple[list[tuple[Any, ...]], int, list[list[int]]],
) -> None:
    rows, axes, _ = drawn
    names = [f"d{axis}" for axis in range(axes)]
    # Every total of every dimension stands in the table, the whole included.
    sums: dict[tuple[str, ...], int] = {}
    for *place, n in rows:
        for mask in product([False, True], repeat=axes):
            where = tuple("Ensemble" if total else v for v, total in zip(place, mask, strict=True))
            sums[where] = sums.get(where, 0) + n
    cells = sorted(sums)
    true = [sums[place] for place in cells]
    columns = {**dict.fromkeys(names, "string"), "n": "integer"}
    said = contract(
        {
            "unit": "persons",
            "dimensions": names,
            "totals": dict.fromkeys(names, "Ensemble"),
            "cells": [{"count": "n"}],
        },
        columns,
    )
    with held(said, columns, [(*place, sums[place]) for place in cells]) as table:
        verdict = table.control()["n.secret"]
        published = [value for (value,) in table.rows("n")]
    equations = []
    for row, place in enumerate(cells):
        for axis in range(axes):
            if place[axis] == "Ensemble":
                parts = [
                    other
                    for other, where in enumerate(cells)
                    if where[axis] != "Ensemble"
                    and where[:axis] + where[axis + 1 :] == place[:axis] + place[axis + 1 :]
                ]
                equations.append(({row: -1, **dict.fromkeys(parts, 1)}, 0.0))
    small = {row for row, value in enumerate(true) if value < LEAST}
    # A table whose totals may be hidden too can always be protected.
    assert verdict.passed
    assert all(published[row] is None for row in small)
    assert not small & determined(published, equations)
    assert all(highest(published, equations, row, 1) >= LEAST - 1e-4 for row in small)


TWO = ["lieu", "motif"]
GIVEN = {"lieu": "string", "motif": "string", "n": "integer"}


def crosstab(**words: Any) -> Any:
    """A table of two dimensions, with what is said of it."""
    return contract(
        {"unit": "persons", "dimensions": TWO, "cells": [{"count": "n"}], **words}, GIVEN
    )


GRID = [
    (place, why, n)
    for place, numbers in {"A": (3, 20, 30), "B": (40, 21, 31), "C": (41, 22, 32)}.items()
    for why, n in zip("xyz", numbers, strict=True)
]


def release(table: Any, rows: list[tuple[Any, ...]]) -> dict[tuple[str, str], int | None]:
    """A version that passed the control, published."""
    table.stage(GIVEN, rows)
    assert all(verdict.passed for verdict in table.control().values() if verdict.refuses)
    remember_release(table.connection, "curated.version", 1)
    return {(place, why): n for place, why, n in table.rows()}


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


def test_a_row_without_a_number_of_units_is_hidden_unless_it_is_said_to_count_none() -> None:
    rows = [("A", "x", None), ("A", "y", 30)]
    for words, hidden in (({}, 1), ({"uncounted": True}, 0)):
        with held(crosstab(**words), GIVEN, rows) as table:
            told = str(table.control()["n.secret"].observed)
            assert told.startswith(f"{hidden}\u00a0cellule")


def test_a_negative_value_has_no_share_and_is_refused() -> None:
    columns = {"lieu": "string", "montant": "number"}
    given_columns = {**columns, "n": "integer", "plus_fort": "number"}
    said = contract(
        {
            "unit": "companies",
            "dimensions": ["lieu"],
            "cells": [{"count": "n", "sums": {"montant": "plus_fort"}}],
        },
        columns,
    )
    with held(said, given_columns, [("A", -5.0, 9, 3.0)]) as table:
        verdict = table.control()["n.secret"]
        kept = table.connection.execute("describe curated.version").fetchall()
        assert [name for name, *_ in kept] == ["lieu", "montant"]
    assert not verdict.passed
    assert "[DOMINANCE]" in str(verdict.error)


def test_a_table_that_is_mostly_hidden_is_told_to_be_too_fine() -> None:
    with held(crosstab(), GIVEN, [("A", "x", 1), ("A", "y", 2), ("B", "x", 9)]) as table:
        verdict = table.control()["n.finesse"]
    assert not verdict.passed
    assert not verdict.refuses


def test_an_empty_table_hides_nothing() -> None:
    with held(crosstab(margins=[["lieu"]]), GIVEN, []) as table:
        assert table.control()["n.secret"].passed
        assert table.rows() == []


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
