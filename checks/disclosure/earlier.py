"""What earlier releases, read together with the new one, would give away.

A hidden cell that has not changed is one unknown, told by every release that adds it up with
others: shown now, it gives its former company away. Those that changed since are unknowns of their
own, which only their time adds up. Releases that share no unknown with the new version, near or
far, say nothing of it and are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from checks.disclosure.lines import Flags, Lines
from checks.disclosure.releases import Unseen
from checks.disclosure.secondary import Cells as Values

Unknown = tuple[str, str]  # a cell and its seal
Equation = Mapping[Unknown, float]


@dataclass(frozen=True)
class Past:
    """The unknowns of earlier releases that changed since, and the equations they stand in."""

    unknowns: Sequence[Unknown]
    sensitive: Flags
    equations: Sequence[Equation]
    now: Mapping[Unknown, int]

    def joined(self, values: Values) -> Values:
        """The cells of the new version, then these: of unknown value, hidden for ever."""
        many = len(self.unknowns)
        return Values(
            np.r_[values.value, np.full(many, np.inf)],
            values.floor,
            np.r_[values.need, np.where(self.sensitive, 1.0, 0.0)],
            np.r_[values.either, np.ones(many, np.bool_)],
            np.r_[values.fixed, np.zeros(many, np.bool_)],
            np.r_[np.broadcast_to(values.most, values.value.shape), np.full(many, np.inf)],
            np.r_[np.broadcast_to(values.fall, values.value.shape), np.zeros(many)],
        )

    def lines(self, current: Sequence[Lines], cells: int) -> list[Lines]:
        """The lines of the new version, then one kind of line for each equation of the past."""
        many = len(self.unknowns)
        place = {unknown: cells + rank for rank, unknown in enumerate(self.unknowns)}
        place |= self.now
        made = [
            Lines(np.r_[kind.line, np.full(many, -1)], np.r_[kind.sign, np.ones(many)])
            for kind in current
        ]
        for equation in self.equations:
            line, sign = np.full(cells + many, -1), np.ones(cells + many)
            for unknown, each in equation.items():
                line[place[unknown]], sign[place[unknown]] = 0, each
            made.append(Lines(line, sign))
        return made


def past(unseen: Sequence[Unseen], now: Mapping[Unknown, int]) -> Past:
    """What was hidden, as far as it has to do with the cells that are as they were (`now`)."""
    equations = _within_reach(_equations(unseen), now)
    unknowns = sorted({unknown for equation in equations for unknown in equation} - set(now))
    told = {(one.cell, one.seal) for one in unseen if one.sensitive}
    sensitive = np.array([unknown in told for unknown in unknowns], dtype=np.bool_)
    return Past(unknowns, sensitive, equations, now)


def _equations(unseen: Sequence[Unseen]) -> list[Equation]:
    """The sums of hidden cells that some release made known, each once."""
    sums: dict[tuple[int, str], dict[Unknown, float]] = {}
    for one in unseen:
        for line in one.lines:
            name, sign = line[:-1], 1.0 if line.endswith("+") else -1.0
            sums.setdefault((one.version, name), {})[one.cell, one.seal] = sign
    return [dict(items) for items in {frozenset(told.items()): None for told in sums.values()}]


def _within_reach(equations: Sequence[Equation], now: Mapping[Unknown, int]) -> list[Equation]:
    """Those that share an unknown with the new version, or with one that does."""
    reached, near, left = set(now), list[Equation](), list(equations)
    while found := [equation for equation in left if reached & equation.keys()]:
        near += found
        left = [equation for equation in left if not reached & equation.keys()]
        reached |= {unknown for equation in found for unknown in equation}
    return near
