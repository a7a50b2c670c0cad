"""Delimited text: its encoding, its delimiter, the lines before its titles.

Judged on the beginning of the file, but for the encoding. A file without titles is refused: the
contract finds columns by name, so that a moved column is never read as another.
"""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.drafting.encoding import encoded_twice, encoding_of
from assets.drafting.shape import Shape
from resources.errors import SourceError
from resources.french import plural

LOOKED_AT = 1 << 18
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class _Guess:
    """The records a delimiter gives, the usual number of fields, and the share that has it."""

    delimiter: str
    records: Sequence[tuple[int, list[str]]]
    width: int
    share: float


def shape(path: Path) -> Shape:
    """How a delimited file is written.

    Raises:
        SourceError: `ENCODAGE`, or `EN_TETE` where the titles cannot be those of the rows.
    """
    encoding = encoding_of(path)
    with path.open(encoding={"utf-8": "utf-8-sig"}.get(encoding, encoding), newline=None) as file:
        text = file.read(LOOKED_AT)
        whole = len(text) < LOOKED_AT
    guess = _best([_read(text, delimiter, whole=whole) for delimiter in DELIMITERS])
    skipped, titles = _titles(guess)
    words: dict[str, Any] = {"format": "csv"}
    if encoding != "utf-8":
        words["encoding"] = encoding
    if guess.delimiter != ",":
        words["dialect"] = {"delimiter": guess.delimiter}
    if skipped:
        words["skip_lines"] = skipped
    return Shape(words, titles, list(_doubts(text, titles, skipped)))


def _read(text: str, delimiter: str, *, whole: bool) -> _Guess:
    """Records of the beginning, each with the number of lines that stand before it."""
    found: list[tuple[int, list[str]]] = []
    records = csv.reader(io.StringIO(text), delimiter=delimiter)
    before = 0
    try:
        for record in records:
            if record:
                found.append((before, record))
            before = records.line_num
    except csv.Error:
        pass
    if not whole and len(found) > 1:
        found.pop()  # cut short by the end of what was looked at
    widths = Counter(len(record) for _, record in found)
    # A file of two lines has two widths as often as one: the titles decide then.
    width = max(widths, key=lambda one: (widths[one], one == len(found[0][1]))) if widths else 0
    return _Guess(delimiter, found, width, widths[width] / len(found) if found else 0.0)


def _best(guesses: Sequence[_Guess]) -> _Guess:
    """The delimiter that cuts nearly every record in the same number of fields, more than one."""
    cutting = [guess for guess in guesses if guess.width > 1 and guess.share > 0.5]
    if cutting:
        return max(cutting, key=lambda guess: (round(guess.share, 1), guess.width))
    return max(guesses, key=lambda guess: guess.share)


def _titles(guess: _Guess) -> tuple[int, list[str]]:
    """How many lines stand before the titles, and the titles."""
    # Spreadsheets write the empty columns on the right of a table: « nom;valeur;;; ».
    whole = [record for _, record in guess.records if len(record) == guess.width]
    used = sum(any(field.strip() for field in column) for column in zip(*whole, strict=True))
    for before, record in guess.records:
        filled = sum(bool(field.strip()) for field in record)
        if len(record) == guess.width and filled and filled * 2 > used:
            return before, [field.strip() for field in record]
        if filled * 2 > used and len(record) > 1 and not _titles_follow(guess, before):
            raise SourceError(
                "EN_TETE",
                f"la ligne de titres annonce {plural(len(record), 'colonne')}, les lignes en ont "
                f"{guess.width} : un titre manque, ou les lignes ne sont pas de ce tableau",
            )
    raise SourceError("EN_TETE", "aucune ligne de titres n’a été trouvée")


def _titles_follow(guess: _Guess, before: int) -> bool:
    """Whether the line under this one is of titles, and this one of a heading (« Lyon, le 3 mai »).

    Titles are all there, all different, without a figure, above values some of which have some.
    """
    under = [record for after, record in guess.records if after > before]
    if not under or len(under[0]) != guess.width:
        return False
    titles, rows = under[0], [row for row in under[1:] if len(row) == guess.width]
    named = all(title.strip() and not _figures(title) for title in titles)
    columns = zip(*rows, strict=True)
    measured = any(2 * sum(map(_figures, column)) > len(rows) for column in columns)
    return named and len(set(titles)) == len(titles) and measured


def _figures(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _doubts(text: str, titles: Sequence[str], skipped: int) -> list[str]:
    doubts = []
    if skipped:
        doubts.append(f"{plural(skipped, 'ligne')} avant les titres : à vérifier.")
    if encoded_twice(text):
        doubts.append(
            "Des accents ont été encodés deux fois par le producteur (« Ã© » pour « é ») : "
            "à lui signaler, rien ne les répare ici."
        )
    numbers = [title for title in titles if title.replace(",", "").replace(".", "").isdecimal()]
    if len(numbers) * 2 > len(titles) and not all(len(title) == 4 for title in numbers):
        doubts.append(
            "La première ligne ressemble à des données : ce fichier a-t-il une ligne de titres ?"
        )
    return doubts
