"""How a person is recognised: the values of identifying columns, compared as people write them.

« DURAND  Élodie » and « Durand Elodie » are one name, « 06 39 98 12 34 » and « +33639981234 » one
number. Pure text: which rows are a person's is found in `assets.rights`, from keyed hashes alone.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from checks.contract import Column, Contract

SEPARATOR = "\x1f"
# Kept beside letters and digits: without them two addresses would be one.
MAIL = "@.+-_"
OTHERS = [chr(code) for code in range(128) if not chr(code).isalnum()]
WORDS = str.maketrans(dict.fromkeys(OTHERS, " "))
MAILS = str.maketrans(dict.fromkeys([one for one in OTHERS if one not in MAIL], " "))
FIGURES = frozenset("0123456789+(")
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"\+?[\d .\u00a0\u202f()/-]*\d[\d .\u00a0\u202f()/-]*")


@dataclass(frozen=True)
class Description:
    """What tells one person from any other: values by column, all of which must be hers.

    They are never written anywhere: not in a message, a log nor the journal.
    """

    values: Mapping[str, str] = field(repr=False)

    @property
    def shape(self) -> tuple[str, ...]:
        """The columns it is made of, in alphabetical order."""
        return tuple(sorted(self.values))


def identifying(contract: Contract) -> dict[str, Column]:
    """The columns by which a contract says that a person is recognised."""
    return {column.name: column for column in contract.columns if column.identifies == "person"}


@lru_cache(maxsize=65_536)
def compared(text: str) -> str:
    """A value as it is compared, whatever its column is called; empty when nothing of it can be.

    By its look alone: two tables may declare one value in two ways.
    """
    text = text.strip()
    if text[:1] in FIGURES:
        if found := DAY.fullmatch(text):
            day, month, year = found.groups()
            return f"{year}-{int(month):02}-{int(day):02}"
        if ISO_DAY.fullmatch(text):
            return text
        if NUMBER.fullmatch(text):
            digits = re.sub(r"\D", "", text)
            return re.sub(r"^(00)?33(?=\d{9}$)", "", digits).lstrip("0") or "0"
    if text.isascii():  # most are: five times faster
        return " ".join(text.lower().translate(MAILS if "@" in text else WORDS).split())
    kept = MAIL if "@" in text else ""
    letters = "".join(
        letter if letter.isalnum() or letter in kept else " "
        for letter in unicodedata.normalize("NFKD", text).casefold()
        if not unicodedata.combining(letter)
    )
    return " ".join(letters.split())


def message(register: str, shape: tuple[str, ...], values: tuple[str, ...]) -> bytes:
    """What is hashed with a key: one processing, some columns, the values compared."""
    return SEPARATOR.join((register, *shape, *values)).encode()
