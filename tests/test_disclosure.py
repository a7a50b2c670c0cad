"""Cells that are hidden stay hidden, for whoever reads all the rest and can count."""

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.disclosure import contract, determined, held, highest, margin_equations

# Each solves linear programs.
pytestmark = pytest.mark.slow

LEAST = 5
MANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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


@MANY
@given(crossed(), st.data())
def test_a_part_and_its_whole_do_not_tell_what_is_left(
    drawn: tuple[list[tuple[Any, ...]], int, list[list[int]]], data: st.DataObject
) -> None:
    rows, axes, margins = drawn
    names = [f"d{axis}" for axis in range(axes)]
    parts = [data.draw(st.integers(0, row[-1])) for row in rows]
    columns = {**dict.fromkeys(names, "string"), "n": "integer", "dont": "integer"}
    said = contract(
        {
            "unit": "persons",
            "dimensions": names,
            "margins": [[names[axis] for axis in margin] for margin in margins],
            "cells": [{"count": "n", "hides": []}, {"count": "dont", "within": "n", "hides": []}],
        },
        columns,
    )
    given_rows = [(*row, part) for row, part in zip(rows, parts, strict=True)]
    with held(said, columns, given_rows) as table:
        verdict = table.control()["dont.secret"]
        wholes, shown = zip(*table.rows("n, dont"), strict=True)
    for whole, part in zip(wholes, shown, strict=True):
        if whole is not None and part is not None:
            assert not 0 < whole - part < LEAST
    if not verdict.passed:
        return
    # The totals of a part are known where those of its persons are enough to be told.
    equations = margin_equations([row[:-1] for row in rows], margins, parts, LEAST)
    for row, part in enumerate(parts):
        whole = wholes[row]
        if 0 < part < LEAST:
            assert highest(shown, equations, row, 0, wholes) >= LEAST - 1e-4
        if whole is not None and 0 < whole - part < LEAST:
            assert whole - highest(shown, equations, row, 0, wholes, way=-1) >= LEAST - 1e-4


TWO = ["lieu", "motif"]
GIVEN = {"lieu": "string", "motif": "string", "n": "integer"}


def crosstab(**words: Any) -> Any:
    """A table of two dimensions, with what is said of it."""
    said = {"unit": "persons", "dimensions": TWO, "cells": [{"count": "n"}], **words}
    return contract(said, GIVEN)


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


def test_the_order_of_the_rows_tells_nothing_of_the_hidden_ones() -> None:
    rows = [("B", "x", 40), ("A", "y", 20), ("C", "x", 3), ("A", "x", 2)]
    with held(crosstab(), GIVEN, rows) as table:
        table.control()
        assert table.rows("lieu, motif") == [("A", "x"), ("A", "y"), ("B", "x"), ("C", "x")]


def test_why_cells_are_hidden_is_told_of_many_cells_and_never_of_a_few() -> None:
    few = [(place, "x", n) for place, n in zip("ABCD", (1, 2, 30, 40), strict=True)]
    many = [(f"v{n}", "x", 1 + n % 2) for n in range(12)]
    for rows, told in ((few, False), (many, True)):
        with held(crosstab(), GIVEN, rows) as table:
            observed = str(table.control()["n.secret"].observed)
        assert ("sous 5 personnes" in observed) is told


def test_a_cell_that_one_unit_dominates_is_hidden_whatever_its_count() -> None:
    columns = {"lieu": "string", "n": "integer", "montant": "number"}
    said = contract(
        {
            "unit": "companies",
            "dimensions": ["lieu"],
            "cells": [{"count": "n", "sums": {"montant": "plus_fort"}}],
        },
        columns,
    )
    given_columns = {**columns, "plus_fort": "number"}
    rows = [("A", 5, 1000.0, 850.0), ("B", 5, 1000.0, 851.0), ("C", 5, 1000.0, None)]
    with held(said, given_columns, rows) as table:
        table.control()
        assert table.rows() == [("A", 5, 1000.0), ("B", None, None), ("C", None, None)]
