"""The coefficients that turn facts into estimates: read from `resources/factors.yaml`, never
guessed. Each has an identity, a source, a year and a range.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Kind = Literal[
    "power",
    "carbon",
    "idle",
    "memory",
    "storage",
    "pue",
    "embodied",
    "precision",
    "equivalence",
]
FILE = Path(__file__).parent.parent / "factors.yaml"


@dataclass(frozen=True)
class Range:
    """A low, central and high value, with the identity of what it comes from."""

    identity: str
    low: float
    central: float
    high: float
    source: str
    year: int


@dataclass(frozen=True)
class Factor:
    """One line of the table of factors, as it is published: what it is and where it is from."""

    kind: str
    identity: str
    unit: str
    low: float
    central: float
    high: float
    year: int
    source: str
    url: str
    in_use: bool


@dataclass(frozen=True)
class Coefficients:
    """What is in use, each with its range.

    power: watts per busy CPU-second above idle; carbon: grams of CO2 equivalent per kWh;
    idle: watts per processor reserved; memory: watts per GB reserved; storage: watts per TB kept;
    pue: energy of the machine room over that of its machines;
    embodied: kilograms of CO2 equivalent a year for one processor reserved.
    """

    power: Range
    carbon: Range
    idle: Range
    memory: Range
    storage: Range
    pue: Range
    embodied: Range


@cache
def coefficients() -> Coefficients:
    """The coefficients in use."""
    return Coefficients(**{kind: chosen(kind) for kind in Coefficients.__dataclass_fields__})


@cache
def chosen(kind: str, identity: str | None = None) -> Range:
    """A coefficient by its kind: the one in use, or the one of this identity.

    Raises:
        KeyError: no such coefficient.
    """
    known = _known()
    identity = identity or known["in_use"][kind]
    words = known[kind][identity]
    return Range(
        identity=identity,
        low=float(words["low"]),
        central=float(words["central"]),
        high=float(words["high"]),
        source=words["source"],
        year=int(words["year"]),
    )


@cache
def factors() -> tuple[Factor, ...]:
    """Every coefficient of the file, in use or kept for the rows it was used for."""
    known = _known()
    in_use = known["in_use"]
    return tuple(
        Factor(
            kind=kind,
            identity=identity,
            unit=words["unit"],
            low=float(words["low"]),
            central=float(words["central"]),
            high=float(words["high"]),
            year=int(words["year"]),
            source=words["source"],
            url=words["url"],
            in_use=in_use.get(kind) == identity or kind == "precision",
        )
        for kind, entries in known.items()
        if kind != "in_use"
        for identity, words in entries.items()
    )


@cache
def _known() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content
