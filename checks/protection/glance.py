"""What is worth a second look: one cheap expression that every cell is held to."""

from functools import cache

from checks.protection.columns import Place
from checks.protection.kind import kinds
from resources.sql import literal, quoted

# Thirteen figures at least: nothing shorter is a NIR, and a telephone lost its zero.
LONG = 10**12


@cache
def every_glance() -> str:
    """SQL: the expression that every cell is held to."""
    every = dict.fromkeys(glance for kind in kinds().values() for glance in kind.glance)
    return literal("|".join(f"(?:{glance})" for glance in every))


def worth_a_look(place: Place) -> str:
    """SQL: whether a cell is worth a second look."""
    if place.look == "number":
        return f"abs({quoted(place.name)}) >= {LONG}"
    return f"regexp_matches({place.text}, {every_glance()})"
