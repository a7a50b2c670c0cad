"""Chance that gives the same bytes on every machine, forever.

Python guarantees the sequence of `random()` for a seed, and nothing about its other methods; numpy
may change its distributions, and sines differ by a bit from one processor to the next. So:
`random()` alone for the small files, integer arithmetic alone for the big one, no transcendental
function.
"""

import random
from collections.abc import Sequence
from typing import TypeVar

import polars as pl

Thing = TypeVar("Thing")

# splitmix64 (Steele, Lea & Flood, 2014): a counter-based generator, public domain.
GOLDEN, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
WORD = 2**64


class Chance:
    """The draws of one generator: independent of those of the others, and of their order."""

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed}/{name}").random

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random() * (high - low + 1))

    def around(self, middle: float, spread: float) -> float:
        """A number at most `spread` away, more often near the middle than at the ends."""
        return middle + (self._random() + self._random() - 1) * spread

    def pick(self, things: Sequence[Thing]) -> Thing:
        """One of the things, each as likely."""
        return things[int(self._random() * len(things))]

    def weighted(self, things: Sequence[tuple[Thing, float]]) -> Thing:
        """One of the things, each as likely as its weight says."""
        point = self._random() * sum(weight for _, weight in things)
        for thing, weight in things:
            point -= weight
            if point < 0:
                return thing
        return things[-1][0]

    def order(self, count: int) -> list[int]:
        """The positions 0 to count - 1, shuffled."""
        keys = [self._random() for _ in range(count)]
        return sorted(range(count), key=keys.__getitem__)


def noise(index: pl.Expr, seed: int, salt: int, below: int) -> pl.Expr:
    """For each index a whole number from 0 to below - 1, drawn anew for each salt."""
    start = (seed * FIRST + salt * SECOND) % WORD
    mixed = index.cast(pl.UInt64) * pl.lit(GOLDEN, pl.UInt64) + pl.lit(start, pl.UInt64)
    for shift, factor in ((30, FIRST), (27, SECOND)):
        mixed = (mixed ^ (mixed // 2**shift)) * pl.lit(factor, pl.UInt64)
    return (mixed // 2**33 % below).cast(pl.Int64)
