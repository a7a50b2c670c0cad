"""Secondary suppression: which other cells must be hidden so that no subtraction gives one back.

A cell is protected when another table exists, that has everything published in common with the
true one, in which it reaches what it must be able to reach. That table is looked for by linear
programming, the one that hides least; the cells where it differs are those to hide, and it is
itself the proof (cell suppression by successive linear programs: Kelly, Golden and Assad, 1992;
Fischetti and Salazar, 2000). Known limit: the other table may hold fractions of a unit.

Nothing here reads a database, nor knows what a cell stands for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from checks.disclosure.equations import cheapest, matrix
from checks.disclosure.lines import Flags, Lines, Numbers, Reals

NEGLIGIBLE = 1e-6  # share of the displacement under which a cell does not move
WIDTHS = (4, 32, None)  # candidates per line: the cheapest first, then more, then all
TOGETHER = 32  # sensitive cells, of no common line, that one program may move at once
ALIKE = 10  # how many times what another needs a cell may need to move with it
PATIENCE_S = 60  # a program that takes longer is taken for one without a solution


@dataclass(frozen=True)
class Cells:
    """The cells of one additive column.

    `value` of each, `floor` under which everyone knows it cannot be, `need` how far above its value
    it must be able to stand (0 for a cell that is not sensitive), above or below where it is
    `either`; `fixed` those whose value is known from elsewhere, which hiding does not protect.
    `most` is what everyone knows each is no more than, `fall` how far below it must be able to
    stand; both are left out where there is nothing above the column.
    """

    value: Reals
    floor: float
    need: Reals
    either: Flags
    fixed: Flags
    most: Reals = field(default_factory=lambda: np.array(np.inf))
    fall: Reals = field(default_factory=lambda: np.array(0.0))


def protect(cells: Cells, lines: Sequence[Lines], hidden: Flags) -> tuple[Flags, Numbers]:
    """More cells to hide, with those given; and the sensitive cells nothing can protect."""
    exposed: set[int] = set()
    for way, need in ((1, cells.need), (-1, np.broadcast_to(cells.fall, cells.need.shape))):
        waiting = hidden & (need > 0) & ~cells.fixed
        # A cell that no line holds is added up with nothing.
        waiting &= np.logical_or.reduce([kind.line >= 0 for kind in lines])
        if not waiting.any():
            continue
        search = _Search(cells, lines, hidden, need, way)
        while waiting.any():
            search.protect(_together(need, lines, waiting), waiting)
        hidden, exposed = search.hidden, exposed | search.exposed
    return hidden, np.array(sorted(exposed), dtype=np.int64)


def prepare() -> None:
    """Import what the search needs, so that its cost is told apart."""
    import scipy.optimize
    import scipy.sparse  # noqa: F401


def _together(need: Reals, lines: Sequence[Lines], waiting: Flags) -> Numbers:
    """Some of the cells that wait, alike in what they need, no two of them in the same line."""
    order = np.flatnonzero(waiting)
    order = order[np.argsort(-need[order], kind="stable")]
    taken: set[tuple[int, int]] = set()
    chosen: list[int] = []
    for cell in order:
        if len(chosen) == TOGETHER or (chosen and need[cell] * ALIKE < need[chosen[0]]):
            break
        held = {(rank, int(kind.line[cell])) for rank, kind in enumerate(lines)}
        held = {(rank, line) for rank, line in held if line >= 0}
        if not held & taken:
            taken |= held
            chosen.append(int(cell))
    return np.array(chosen, dtype=np.int64)


class _Search:
    """The cells hidden so far, and the equations between them, for one column.

    Each target must be able to rise (`way` 1) or to fall (-1) by its `need`.
    """

    def __init__(
        self, cells: Cells, lines: Sequence[Lines], hidden: Flags, need: Reals, way: int
    ) -> None:
        self.cells = cells
        self.need = need
        self.way = way
        self.hidden = hidden.copy()
        self.exposed: set[int] = set()
        self.possible = ~cells.fixed & (hidden | (cells.value > cells.floor))
        self._equations = matrix(lines)
        self._rank = cheapest(cells.value, lines, self.possible)
        self._cost = 1 + np.log1p(np.abs(np.where(np.isinf(cells.value), 0, cells.value)))

    def protect(self, targets: Numbers, waiting: Flags, width: int = 0) -> None:
        """Hide what protects these cells; they, and those they protect with them, wait no more."""
        if (move := next(self._moves(targets, WIDTHS[width]), None)) is not None:
            self._hide(move, waiting)
        elif len(targets) > 1:
            for half in np.array_split(targets, 2):
                self.protect(half[waiting[half]], waiting, width)
        elif len(targets) and width + 1 < len(WIDTHS):
            self.protect(targets, waiting, width + 1)
        elif len(targets):
            self.exposed.add(int(targets[0]))
            waiting[targets] = False

    def _hide(self, move: Reals, waiting: Flags) -> None:
        """Hide the cells that move: all that this protects, one way or the other, is protected."""
        self.hidden |= move != 0
        enough = self.need * (1 - NEGLIGIBLE)
        for each in (move, -move):
            if self._stands(each):
                waiting &= ~(self.way * each >= enough)
                waiting &= ~(self.cells.either & (each <= -enough))

    def _stands(self, move: Reals) -> bool:
        """Whether a table moved so is one that could be."""
        moved = move != 0
        reached, slack = self.cells.value[moved] + move[moved], NEGLIGIBLE * np.abs(move[moved])
        most = np.broadcast_to(self.cells.most, move.shape)[moved]
        return bool(((reached >= self.cells.floor - slack) & (reached <= most + slack)).all())

    def _moves(self, targets: Numbers, width: int | None) -> Iterator[Reals]:
        """The moves that let all the targets reach what they must, the cheapest of each way."""
        if not len(targets):
            return
        candidates = self.possible & (self.hidden | (self._rank < (width or np.inf)))
        places = np.flatnonzero(candidates)
        ways = [self.way * np.ones(len(targets))]
        if len(targets) == 1 and self.cells.either[targets[0]]:
            ways.append(-ways[0])
        for way in ways:
            move = self._solved(targets, way * self.need[targets], places)
            if move is not None:
                yield move

    def _solved(self, targets: Numbers, aims: Reals, places: Numbers) -> Reals | None:
        """The cheapest move among some cells that brings each target where it must go."""
        from scipy.optimize import linprog  # 0.4 CPU-s: paid only when a small cell has neighbours
        from scipy.sparse import hstack

        scale = float(np.abs(aims).max())
        known = self.hidden[places]
        free, paid = places[known], places[~known]
        room = np.maximum(self.cells.value - self.cells.floor, 0) / scale
        above = (
            np.maximum(self.cells.most - np.where(np.isinf(room), 0, self.cells.value), 0) / scale
        )
        low, high = -room[free], above[free]
        at = np.searchsorted(free, targets)
        if ((aims / scale < low[at]) | (aims / scale > high[at])).any():
            return None
        low[at] = high[at] = aims / scale
        ahead = self._equations[:, paid]
        found = linprog(
            np.r_[np.zeros(len(free)), self._cost[paid], self._cost[paid]],
            A_eq=hstack([self._equations[:, free], ahead, -ahead], format="csr"),
            b_eq=np.zeros(self._equations.shape[0]),
            bounds=np.c_[
                np.r_[low, np.zeros(2 * len(paid))],
                np.r_[high, above[paid], room[paid]],
            ],
            method="highs",
            options={"time_limit": PATIENCE_S},
        )
        if found.status != 0:
            return None
        move = np.zeros_like(room)
        up, down = np.split(found.x[len(free) :], 2)
        move[free], move[paid] = found.x[: len(free)], up - down
        move[np.abs(move) < NEGLIGIBLE] = 0
        left = np.abs(self._equations @ move).max(initial=0)
        # Believed only once checked: it changes no line, and stands.
        whole = left <= NEGLIGIBLE * max(1.0, float(np.abs(move).max()) * np.sqrt(len(places)))
        move *= scale
        return move if whole and self._stands(move) else None
