"""Regular expressions of a fixed length, written as DuckDB's GLOB, which costs half as much.

RE2 takes 50 ns to begin on each text, GLOB 4 to 5 for each character: codes of up to twenty
characters are worth it (1 million SIREN: 40 ms instead of 65). What GLOB cannot say exactly stays
with RE2.
"""

import re
from itertools import chain, product

from resources.sql import literal

# Nanoseconds, measured on DuckDB 1.5.5: RE2 for each text and each character, GLOB for each
# character and each kind of character allowed there.
_RE2_BEGINS, _RE2_READS = 48, 2.5
_GLOB_READS, _GLOB_COMPARES = 2.1, 2.3
_MOST_SHAPES = 4
# Characters which stand for themselves in a regular expression and in GLOB.
_PLAIN = r"[A-Za-z0-9_ '/,;:@%]"
_ATOM = re.compile(
    rf"\[(?P<kinds>(?:\\d|[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_ '/.,;:@%])+)\]"
    rf"|\\(?P<digit>d)|\\(?P<escaped>[-./+()])|(?P<plain>-|{_PLAIN})|(?P<group>\((?:\?:)?)"
)
_KIND = re.compile(r"\\d|.-.|.")
_TIMES = re.compile(r"\{(\d{1,2})(?:,(\d{1,2}))?\}|(\?)")

# What may stand at each place of a text, place after place.
Shape = tuple[str, ...]


class _IntricateError(Exception):
    """GLOB cannot say it, or not in a few shapes."""


def matches(value: str, pattern: str) -> str:
    """Whether a text, an expression of SQL, matches a regular expression somewhere; null for null.

    Exactly what `regexp_matches` says, by GLOB when it is cheaper.
    """
    shapes = shapes_of(pattern)
    if shapes is None:
        return f"regexp_matches({value}, {literal(pattern)})"
    return "(" + " or ".join(f"{value} glob {literal(shape)}" for shape in shapes) + ")"


def shapes_of(pattern: str) -> list[str] | None:
    """The shapes, as GLOB writes them, of which the texts that match have one; None for RE2."""
    if not pattern.startswith("^"):
        return None
    try:
        shapes, end = _alternatives(pattern, 1, inside=False)
    except _IntricateError:
        return None
    if pattern[end:] not in ("", "$") or not all(map(_is_cheaper, shapes)):
        return None
    any_end = "" if pattern[end:] else "*"
    return ["".join(shape) + any_end for shape in shapes]


def _alternatives(pattern: str, at: int, *, inside: bool) -> tuple[list[Shape], int]:
    """The shapes of `a|b|c`, and where it ends; outside a group, the anchors are of one branch."""
    shapes, at = _sequence(pattern, at)
    while inside and pattern[at : at + 1] == "|":
        others, at = _sequence(pattern, at + 1)
        shapes = _few(shapes + others)
    return shapes, at


def _sequence(pattern: str, at: int) -> tuple[list[Shape], int]:
    shapes: list[Shape] = [()]
    while (atom := _ATOM.match(pattern, at)) is not None:
        at = atom.end()
        if atom["group"]:
            found, at = _alternatives(pattern, at, inside=True)
            if pattern[at : at + 1] != ")":
                raise _IntricateError
            at += 1
        else:
            found = [(_place(atom),)]
        least, most, at = _times(pattern, at)
        if len(found) ** most > _MOST_SHAPES:
            raise _IntricateError
        repeated = [
            tuple(chain.from_iterable(each))
            for times in range(least, most + 1)
            for each in product(found, repeat=times)
        ]
        shapes = _few([before + after for before, after in product(shapes, repeated)])
    return shapes, at


def _times(pattern: str, at: int) -> tuple[int, int, int]:
    """How many times what stands before is found, at least and at most, and where to go on."""
    times = _TIMES.match(pattern, at)
    least, most = 1, 1
    if times is not None:
        at = times.end()
        least = 0 if times[3] else int(times[1])
        most = 1 if times[3] else int(times[2] or times[1])
    if pattern[at : at + 1] in ("*", "+", "?", "{") or most < least:
        raise _IntricateError
    return least, most, at


def _place(atom: re.Match[str]) -> str:
    if atom["digit"]:
        return "[0-9]"
    if atom["kinds"] is None:
        return atom["escaped"] or atom["plain"]
    kinds = ["0-9" if kind == r"\d" else kind for kind in _KIND.findall(atom["kinds"])]
    if any(len(kind) == 3 and kind[0] > kind[2] for kind in kinds):
        raise _IntricateError
    return f"[{''.join(kinds)}]"


def _few(shapes: list[Shape]) -> list[Shape]:
    if len(shapes) > _MOST_SHAPES:
        raise _IntricateError
    return list(dict.fromkeys(shapes))


def _is_cheaper(shape: Shape) -> bool:
    compared = sum(len(_KIND.findall(place[1:-1])) for place in shape if len(place) > 1)
    read = len(shape) * _GLOB_READS + compared * _GLOB_COMPARES
    return read < _RE2_BEGINS + len(shape) * _RE2_READS
