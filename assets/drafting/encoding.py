"""In which encoding a text file is, judged on all its bytes: never a probability."""

import codecs
from pathlib import Path

from resources.errors import SourceError

CHUNK = 1 << 20
# What « é », « è », « à », « ç » and « ’ » become when UTF-8 is read as cp1252 and written again.
TWICE = ("Ã©", "Ã¨", "Ã\u00a0", "Ã§", "â€™")


def encoding_of(path: Path) -> str:
    """One of the contract's words: `utf-8`, `utf-16` or `cp1252`.

    latin-1 is never needed: where it differs from cp1252 it has control characters, not letters.

    Raises:
        SourceError: `ENCODAGE`, bytes that are text in none of them.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8", "cp1252"):
        if _reads(path, encoding):
            return encoding
    raise SourceError(
        "ENCODAGE",
        "le fichier n’est ni en UTF-8, ni en cp1252 (Windows), ni en UTF-16 : demandez au "
        "producteur de le renvoyer en UTF-8",
    )


def encoded_twice(text: str) -> bool:
    """Whether the producer read UTF-8 as cp1252 before writing it: « été » says « Ã©tÃ© »."""
    return any(sign in text for sign in TWICE)


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(CHUNK):
                if "\0" in decoder.decode(block):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
