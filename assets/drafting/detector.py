"""What a column holds besides numbers and dates: one module of `assets.drafting.detectors` each.

A detector speaks the decoder's own words, so that what it finds is what the contract will accept:
frformat and python-stdnum judge value by value in Python, and not always as the decoder does. What
is somebody's is known to the scanner (`checks.protection`), and only there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from assets.decoding.reasons import reason
from assets.decoding.values import cleaned, typed
from checks.contract import Column, Contract, PersonalData
from checks.protection.kind import Kind, kinds, says
from resources.sql import literal

# Nine values of ten: a file with 5 % of wrong ones keeps its type, and they are set aside.
SHARE = 0.9


@dataclass(frozen=True)
class Detector:
    """One format: the words of the column it gives, how a title says it, and its own examples.

    `alone`: the shape is enough, whatever the title says; a postcode looks like any five digits
    and is never found alone. `looks` spares the rest where a text cannot be
    one (a key is dear to compute). `holds` is an SQL condition where the words of a column cannot
    say what must hold, `share` the least part of the values that must be so. `example` stands for a
    person's own value, which is never copied.
    """

    what: str
    valid: tuple[str, ...]
    invalid: tuple[str, ...]
    titles: tuple[str, ...] = ()
    alone: bool = False
    words: Mapping[str, Any] = field(default_factory=dict)
    holds: str | None = None
    looks: str = "^.{1,99}$"
    share: float = SHARE
    personal: PersonalData = "none"
    example: str | None = None

    def named(self, name: str) -> bool:
        """Whether a name in snake_case says that this is what the column holds."""
        return says(name, self.titles)

    def condition(self, contract: Contract, text: str) -> str:
        """SQL: whether a text is one of these, as the decoder will judge it."""
        if self.holds is not None:
            held = self.holds.replace("TEXT", text)
        else:
            column = trial_column(self.words)
            value = cleaned(column, contract, text)
            held = f"{value} is not null and {reason(column, value, typed(column, value))} is null"
        return f"(case when regexp_matches({text}, {literal(self.looks)}) then {held} end)"


def trial_column(words: Mapping[str, Any]) -> Column:
    """A column of these words, with whatever else a column must say."""
    said = {"name": "essai", "description": "Essai.", "example": "", **words}
    return Column.model_validate(said)


@cache
def detectors() -> Mapping[str, Detector]:
    """Every detector by name, the most telling first: adding a file adds one, here or among the
    scanner's kinds.
    """
    folder = Path(__file__).parent / "detectors"
    found = {
        path.stem: getattr(
            import_module(f"assets.drafting.detectors.{path.stem}"), "DETECTOR", None
        )
        for path in sorted(folder.glob("[!_]*.py"))
    }
    known = {name: one for name, one in found.items() if isinstance(one, Detector)}
    known |= {name: _personal(kind) for name, kind in kinds().items() if kind.alone}
    return dict(sorted(known.items(), key=lambda item: (not item[1].alone, item[0])))


def _personal(kind: Kind) -> Detector:
    """What the scanner knows of persons, as a draft asks it of a whole value."""
    return Detector(
        what=kind.what,
        titles=kind.titles,
        alone=True,
        words={"format": kind.format} if kind.format else {},
        holds=None if kind.format else kind.whole("TEXT"),
        share=kind.drafted,
        personal=kind.nature,
        example=kind.example,
        valid=kind.drafts,
        invalid=kind.invalid,
    )
