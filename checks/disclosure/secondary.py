"""Secondary suppression: which other cells must be hidden so that no subtraction gives one back.

A cell is protected when another table exists, that has everything published in common with the
true one, in which it reaches what it must be able to reach. That table is looked for by linear
programming, the one that hides least; the cells where it differs are those to hide, and it is
itself the proof (cell suppression by successive linear programs: Kelly, Golden and Assad, 1992;
Fischetti and Salazar, 2000). Known limit: the other table may hold fractions of a unit.

Nothing here reads a database, nor knows what a cell stands for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from checks.disclosure.lines import Lines, Numbers, Reals

Flags = NDArray[np.bool_]
NEGLIGIBLE = 1e-6  # share of the displacement under which a cell does not move
WIDTHS = (8, 64, None)  # candidates per line: the cheapest first, then more, then all


@dataclass(frozen=True)
class Cells:
    """The cells of one additive column.

    `value` of each, `floor` under which everyone knows it cannot be, `need` how far above its value
    it must be able to stand (0 for a cell that is not sensitive), above or below where it is
    `either`; `fixed` those whose value is known from elsewhere, which hiding does not protect.
    """

    value: Reals
    floor: float
    need: Reals
    either: Flags
    fixed: Flags


def protect(cells: Cells, lines: Sequence[Lines], hidden: Flags) -> tuple[Flags, Numbers]:
    """More cells to hide, with those given; and the sensitive cells nothing can protect."""
    hidden = hidden.copy()
    waiting = np.flatnonzero(hidden & (cells.need > 0) & ~cells.fixed)
    waiting = waiting[np.argsort(-cells.need[waiting], kind="stable")]
    protected = np.zeros_like(hidden)
    exposed = []
    for cell in waiting:
        if protected[cell]:
            continue
        move = _move(cells, lines, hidden, int(cell))
        if move is None:
            exposed.append(cell)
            continue
        hidden |= move != 0
        for each in (move, -move):
            if np.all(cells.value[each != 0] + each[each != 0] >= cells.floor - NEGLIGIBLE):
                protected |= each >= cells.need - NEGLIGIBLE
                protected |= cells.either & (each <= NEGLIGIBLE - cells.need)
    return hidden, np.array(exposed, dtype=np.int64)


def _move(cells: Cells, lines: Sequence[Lines], hidden: Flags, target: int) -> Reals | None:
    """What to add to each cell so that no line changes and the target rises by what it needs."""
    if all(kind.line[target] < 0 for kind in lines):
        alone = np.zeros_like(cells.value)
        alone[target] = cells.need[target]
        return alone
    ways = (1, -1) if cells.either[target] else (1,)
    for width in WIDTHS:
        candidates = _candidates(cells, lines, hidden, target, width)
        for way in ways:
            move = _solved(cells, lines, hidden, target, candidates, way)
            if move is not None:
                return move
    return None


def _candidates(
    cells: Cells, lines: Sequence[Lines], hidden: Flags, target: int, width: int | None
) -> Numbers:
    """The cells that may move: hidden already, or worth hiding; the cheapest of each line."""
    possible = ~cells.fixed & (cells.value > cells.floor)
    possible |= hidden & ~cells.fixed
    possible[target] = True
    if width is None:
        return np.flatnonzero(possible)
    kept = hidden & possible
    kept[target] = True
    cost = np.where(possible, cells.value, np.inf)
    order = np.argsort(cost, kind="stable")
    for kind in lines:
        line = kind.line[order]
        by_line = np.argsort(line, kind="stable")  # cost order is kept within each line
        ranked = line[by_line]
        start = np.r_[True, ranked[1:] != ranked[:-1]]
        rank = np.arange(len(ranked)) - np.maximum.accumulate(
            np.where(start, np.arange(len(ranked)), 0)
        )
        chosen = order[by_line[(rank < width) & (ranked >= 0)]]
        kept[chosen] |= possible[chosen]
    return np.flatnonzero(kept)


def _solved(
    cells: Cells, lines: Sequence[Lines], hidden: Flags, target: int, candidates: Numbers, way: int
) -> Reals | None:
    """The cheapest move among candidates, the target going up (1) or down (-1); None without."""
    from scipy.optimize import linprog  # 0.4 CPU-s: paid only when a small cell has neighbours
    from scipy.sparse import coo_array, hstack, vstack

    need, many = cells.need[target], len(candidates)
    rows = []
    for kind in lines:
        line, sign = kind.line[candidates], kind.sign[candidates]
        inside = np.flatnonzero(line >= 0)
        known, number = np.unique(line[inside], return_inverse=True)
        rows.append(coo_array((sign[inside], (number, inside)), shape=(len(known), many)))
    equations = vstack(rows)
    cost = np.where(hidden[candidates], NEGLIGIBLE, 1 + np.log1p(np.abs(cells.value[candidates])))
    room = np.maximum(cells.value[candidates] - cells.floor, 0) / need
    up, down = np.full(many, np.inf), room
    place = int(np.searchsorted(candidates, target))
    least = np.zeros(2 * many)
    most = np.r_[up, down]
    moving, still = (place, many + place) if way > 0 else (many + place, place)
    if most[moving] < 1:
        return None
    least[moving] = most[moving] = 1
    most[still] = 0
    found = linprog(
        np.r_[cost, cost],
        A_eq=hstack([equations, -equations]),
        b_eq=np.zeros(equations.shape[0]),
        bounds=np.c_[least, most],
        method="highs",
    )
    if found.status != 0:
        return None
    moved = found.x[:many] - found.x[many:]
    moved[np.abs(moved) < NEGLIGIBLE] = 0
    move = np.zeros_like(cells.value)
    move[candidates] = moved * need
    return move
