"""Which rows are those of erased persons: each row hashed as the list was, and looked for in it.

The list is all that is known: the same code erases a person today, at the door tomorrow, and after
a restore. A row is hers when every column of one of her descriptions is hers.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import permutations

from checks.contract import Contract
from checks.identity import Description, compared, identifying, message
from resources.suppression import Suppression, Suppressions, keyed

# A torn line is cut where any delimited file may be: its columns are not known.
CUTS = re.compile(r"[;,\t|\r\n]")
WORDS = 40  # of a torn line: beyond, descriptions of several columns are not looked for in it
Texts = Sequence[str | None]


class Recognition:
    """The erased persons of one processing, as the columns of one contract may show them."""

    def __init__(self, suppressions: Suppressions, contract: Contract) -> None:
        self.register = contract.protection.register_entry or ""
        self.columns = identifying(contract)
        self._wanted: dict[tuple[str, ...], dict[int, set[str]]] = {}
        self._keys: dict[int, bytes] = {}
        # A table in which nobody is recognised never waits for the list.
        for one in suppressions.of(self.register) if self.columns and self.register else ():
            if set(one.columns) <= set(self.columns):
                self._wanted.setdefault(one.columns, {}).setdefault(one.key, set()).add(one.digest)
                self._keys.setdefault(one.key, suppressions.key(one.key)[1])

    def __bool__(self) -> bool:
        """Whether there is anybody to look for."""
        return bool(self._wanted)

    @property
    def names(self) -> list[str]:
        """The columns to look at, in order."""
        return sorted({name for shape in self._wanted for name in shape})

    def rows(self, read: Iterable[tuple[int, Texts]]) -> Iterator[int]:
        """The numbers of the rows that are theirs; texts are those of `names`."""
        rank = {name: at for at, name in enumerate(self.names)}
        for number, texts in read:
            for shape in self._wanted:
                values = tuple(texts[rank[name]] for name in shape)
                if None not in values and self._is_theirs(shape, tuple(map(str, values))):
                    yield number
                    break

    def line(self, text: str) -> bool:
        """Whether a torn line holds every value of one of their descriptions, wherever it is."""
        words = [word.strip(" \"'") for word in CUTS.split(text)]
        words = [word for word in dict.fromkeys(words) if word]
        return any(
            self._is_theirs(shape, values)
            for shape in self._wanted
            if len(shape) == 1 or len(words) <= WORDS
            for values in permutations(words, len(shape))
        )

    def _is_theirs(self, shape: tuple[str, ...], values: tuple[str, ...]) -> bool:
        told = tuple(map(compared, values))
        if "" in told:
            return False
        said = message(self.register, shape, told)
        return any(
            keyed(self._keys[version], said) in digests
            for version, digests in self._wanted[shape].items()
        )


def suppressions_of(
    suppressions: Suppressions, register: str, people: Iterable[Description]
) -> list[Suppression]:
    """The lines of the list that describe a person, in a processing."""
    version, key = suppressions.key()
    erasure, at = str(uuid.uuid4()), datetime.now(UTC).isoformat(timespec="seconds")
    return [
        Suppression(
            at=at,
            erasure=erasure,
            register=register,
            columns=one.shape,
            key=version,
            digest=keyed(key, message(register, one.shape, _compared(one))),
        )
        for one in people
    ]


@contextmanager
def looked_for(
    suppressions: Suppressions, register: str, people: Iterable[Description]
) -> Iterator[None]:
    """The time of a `with` during which a person is recognised; nothing is written of her."""
    new = suppressions_of(suppressions, register, people)
    with suppressions.only(new):
        yield


def _compared(one: Description) -> tuple[str, ...]:
    return tuple(compared(one.values[name]) for name in one.shape)
