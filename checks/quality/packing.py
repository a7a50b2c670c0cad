"""Keys as bits: a proof that no two rows hold the same key, and where to look when some may.

A bit costs less than an entry of a hash table (1 million readings: 50 ms against 125) and stays in
the processor's cache. Two keys may share a bit, when moments are taken several together: rows whose
bits do not account for them are suspects, which the caller compares for good.
"""

import math
from dataclasses import dataclass

from checks.quality.figures import Repeats, Span

# At most as many bits as a hash table would take, and 32 MB.
_BITS_PER_ROW = 64
_MOST_BITS = 1 << 28
# Bits set together, as a power of two: 2 KB, of which many fit in the fastest cache. Rows already
# grouped by a text are cut no further before 16 KB: a second key costs more than a slower cache.
_CHUNK, _CHUNK_OF_FEW = 14, 17
# Rows for each group of bits, at least: below, groups cost what they save.
_ROWS_PER_GROUP = 50
# Moments are taken together until there are about so many bits for each row: those of a sensor that
# speaks at a regular pace each keep a bit of their own, even when half of them never came.
_BITS_PER_MOMENT = 2


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows grouped by the expressions `groups`, in each of which a row sets the bit `place`."""

    groups: tuple[str, ...]
    place: str
    places: int


def packed(asked: Repeats, rows: int) -> Packed | None:
    """The keys as bits, or None when they would not be few enough."""
    divisible = [span for span in asked.spans if span.divisible]
    if not asked.spans or len(divisible) > 1 or not rows:
        return None
    few = math.prod(max(1, each.distinct) for each in asked.few)
    fixed = sum(_width(span, 0) for span in asked.spans if not span.divisible)
    shift = _shift(divisible[0], few << fixed, rows) if divisible else 0
    places = [_place(span, shift if span.divisible else 0) for span in asked.spans]
    width = fixed + sum(_width(span, shift) for span in divisible)
    chunk = _CHUNK_OF_FEW if asked.few else _CHUNK
    groups = few << max(0, width - chunk)
    if few << width > min(_MOST_BITS, _BITS_PER_ROW * rows) or groups * _ROWS_PER_GROUP > rows:
        return None
    number = _side_by_side(places)
    chunks = (f"({number}) >> {chunk}",) if width > chunk or not asked.few else ()
    # DuckDB has no string of a single bit: a column of one value takes two.
    last = (1 << max(1, min(width, chunk))) - 1
    return Packed((*(each.value for each in asked.few), *chunks), f"({number}) & {last}", last + 1)


def _shift(span: Span, others: int, rows: int) -> int:
    """How many of the smallest bits of a moment to leave out."""
    shift = 0
    while others << _width(span, shift + 1) >= _BITS_PER_MOMENT * rows and _width(span, shift):
        shift += 1
    return shift


def _width(span: Span, shift: int) -> int:
    return ((span.high >> shift) - (span.low >> shift)).bit_length()


def _place(span: Span, shift: int) -> tuple[str, int]:
    """The number as so many bits: between its bounds, no two differ by as much as these hold."""
    width = _width(span, shift)
    number = f"({span.number} >> {shift})" if shift else span.number
    return f"({number} & {(1 << width) - 1})", width


def _side_by_side(places: list[tuple[str, int]]) -> str:
    """One number of the bits of several."""
    (number, _), *others = places
    for place, width in others:
        number = f"(({number} << {width}) | {place})"
    return number
