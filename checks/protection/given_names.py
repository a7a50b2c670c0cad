"""The lexicon of first names: read once, asked in SQL."""

from functools import cache
from pathlib import Path

from resources.sql import literal

# « Claire », « Rose », « France », « Marine », « Paris »: nothing alone, a share of a column tells.
_FILE = Path(__file__).with_name("given_names.txt")


@cache
def given_names() -> frozenset[str]:
    """First names in lower case, without accents."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if line[:1] != "#" for name in line.split())


def is_given_name(text: str) -> str:
    """SQL: whether a word is a first name.

    A list split from one text is planned in a millisecond and joined once; the same names as
    constants take ten, and are compared one by one (DuckDB 1.5.5).
    """
    return f"lower(strip_accents({text})) in (select unnest(string_split({_listed()}, ' ')))"


@cache
def _listed() -> str:
    return literal(" ".join(sorted(given_names())))
