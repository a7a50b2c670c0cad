"""A kind of personal data: how it is written, what titles say it, what proves it.

One list for the whole platform: the scanner holds every version to it, and the drafting of a
contract asks it what a column is. Each kind is a module of `checks.protection.kinds`; adding a file
adds a kind. Nothing here reads a table.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal

from checks.contract import PersonalData, TextFormat
from resources.sql import literal

# What may stand between the figures of a number: space, dot, hyphen, no-break spaces.
SPACE = r"[ .\x{A0}\x{202F}\x{2009}-]"
# Never by content alone: the title must announce it.
NEVER = 2.0
# In common: two expressions that count figures, each its own way, triple the cost of a glance. No
# more than a NIR has: a column of long numbers is not looked at again.
TEN_FIGURES = r"(?:\b|_)[0-9](?:[^0-9A-Za-z]?[0-9ABab]){9,14}(?:\b|_)"

Where = Literal["anywhere", "in words", "whole"]


@dataclass(frozen=True)
class Mark:
    """One way a kind is written, and how much of it a column must hold to be believed.

    `shape` is an RE2 expression of one occurrence, `key` an SQL condition on its compact text.
    `where` it is looked for: anywhere in a cell, in a cell that has words too, or as the whole
    cell. `alike` is the shape of what only looks so: where fewer than `evidence` of the alike are
    such, it is chance (1 % of random numbers have a valid key by 97). `share` is the least part of
    the cells when the title says nothing (0: `cells` of them are enough), `named` when it does.
    `unless` is an occurrence that is nobody's (a shared mailbox).
    """

    shape: str
    key: Callable[[str], str] | None = None
    where: Where = "anywhere"
    alike: str | None = None
    evidence: float = 0.0
    share: float = 0.0
    named: float = 0.0
    cells: int = 1
    unless: str | None = None

    def condition(self, text: str, looks: str | None = None) -> str:
        """SQL: whether a text holds one, never null; `looks` is what `looks` says, when known.

        By cases: the two sides of an « and » are both computed on every row, a case is not.
        """
        known = [] if looks is None else [looks]
        if self.where == "whole":
            trimmed = f"trim({text})"
            held = f"regexp_full_match({trimmed}, {literal(self.shape)})"
            return _cases(
                known if known and not self.alike else [*known, held], self._held(trimmed)
            )
        bounded = literal(_bounded(self.shape))
        held = f"regexp_matches({text}, {bounded})"
        tests = known if known and not self.alike else [*known, held]
        if self.where == "in words":
            tests.append(f"regexp_matches({text}, '[A-Za-zÀ-ɏ]{{3}}')")
        if self.key is None and self.unless is None:
            return _cases(tests, "true")
        every = f"regexp_extract_all({text}, {bounded}, 1)"
        return _cases(tests, f"len(list_filter({every}, lambda one: {self._held('one')})) > 0")

    def looks(self, text: str) -> str:
        """SQL: whether a text holds what only looks so, keyed or not."""
        shape = literal(self.alike or self.shape)
        if self.where == "whole":
            return f"regexp_full_match(trim({text}), {shape})"
        return f"regexp_matches({text}, {literal(_bounded(self.alike or self.shape))})"

    def _held(self, one: str) -> str:
        tests = [] if self.key is None else [f"coalesce({self.key(one)}, false)"]
        if self.unless is not None:
            tests.append(f"not regexp_matches({one}, {literal(self.unless)})")
        return " and ".join(tests) or "true"


@dataclass(frozen=True)
class Kind:
    """One kind of personal data.

    `nature` is the least a column that holds it must declare. `titles` are words that announce it
    in a title, `company` whole titles that do in a table of persons (« nom »), `things` words that
    say the column is about something else whatever its content (« nom_ecole »). `glance` are
    cheap RE2 expressions, one of which is in every cell where a mark looked for anywhere may be:
    what they do not find is not looked at again. `beside`: somebody's only in a table that holds
    persons otherwise. `person`: it leads to somebody by itself.

    `valid` and `invalid` are examples; `nobody` those that have the shape and are no person's;
    `example` a value that is nobody's. For the draft of a contract: `alone`, whether the shape is
    enough; `format`, the contract's word for it; `drafted`, the least share of the values;
    `drafts`, examples that are one and nothing else.
    """

    what: str
    nature: PersonalData
    marks: tuple[Mark, ...]
    example: str
    valid: tuple[str, ...]
    invalid: tuple[str, ...]
    nobody: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    glance: tuple[str, ...] = ()
    beside: bool = False
    person: bool = False
    format: TextFormat | None = None
    alone: bool = True
    drafted: float = 0.9

    def named(self, names: Sequence[str], *, persons: bool = False) -> bool:
        """Whether a name in snake_case says that this is what the column holds.

        `persons`: the table is known to hold some.
        """
        return any(
            (says(name, self.titles) or (persons and name in self.company))
            and not says(name, self.things)
            for name in names
        )

    def condition(self, text: str) -> str:
        """SQL: whether a text holds one, written in any of the ways that need no title."""
        known = [mark for mark in self.marks if mark.share < NEVER]
        return "(" + " or ".join(mark.condition(text) for mark in known) + ")"

    def whole(self, text: str) -> str:
        """SQL: whether a text is one and nothing else."""
        shapes = "|".join(f"(?:{mark.shape})" for mark in self.marks if mark.share < NEVER)
        shaped = f"regexp_full_match(trim({text}), {literal(shapes)})"
        return _cases([shaped], self.condition(text))


def says(name: str, titles: tuple[str, ...]) -> bool:
    """Whether one of the words, or groups of words, stands whole in a name in snake_case."""
    return any(re.search(rf"(^|_){title}\d*(_|$)", name) for title in titles)


def plain(title: str) -> str:
    """A title as a name in snake_case: « Né(e) le » → `ne_e_le`."""
    text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _cases(tests: Sequence[str], then: str) -> str:
    for test in reversed(tests):
        then = f"case when {test} then {then} else false end"
    return f"({then})"


def compact(text: str) -> str:
    """SQL: a number without what may stand between its figures."""
    return f"upper(regexp_replace({text}, {literal(SPACE)}, '', 'g'))"


def _bounded(shape: str) -> str:
    """The shape between two signs that are neither letters nor figures."""
    return rf"(?:^|[^0-9A-Za-zÀ-ɏ])({shape})(?:$|[^0-9A-Za-zÀ-ɏ])"


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by the name of its module."""
    folder = Path(__file__).parent / "kinds"
    return {
        path.stem: import_module(f"checks.protection.kinds.{path.stem}").KIND
        for path in sorted(folder.glob("[!_]*.py"))
    }
