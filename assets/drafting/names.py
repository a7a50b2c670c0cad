"""From a title as the producer writes it to a name: unaccented snake_case, the unit kept."""

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 63
SIGNS = {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "€": " eur ", "%": " pct ", "°": " "}
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")


def names_of(titles: Sequence[str]) -> list[str]:
    """One name for each title, never twice the same."""
    names: list[str] = []
    for rank, title in enumerate(titles, 1):
        name = name_of(title) or f"colonne_{rank}"
        names.append(_unlike(name, names))
    return names


def name_of(title: str) -> str:
    """« Consommation (MWh) » → `consommation_mwh`, « idBénéficiaire » → `id_beneficiaire`."""
    text = "".join(SIGNS.get(sign, sign) for sign in title)
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", " ", text.replace("'", " ")).split()
    # A title all in capitals is a word, not as many words as letters.
    parts = [word if word.isupper() else CAMEL.sub("_", word) for word in words]
    name = re.sub(r"_+", "_", "_".join(parts).lower()).strip("_")
    if name and not name[0].isalpha():
        name = f"c_{name}"
    return name[:LONGEST].rstrip("_")


def _unlike(name: str, taken: Sequence[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name[: LONGEST - 4]}_{number}"
    return found
