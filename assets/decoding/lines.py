"""On which line each record of a delimited text stands, where some take several lines or none.

DuckDB numbers records, not lines. A second reader, of nothing but quotes and line ends, finds where
records begin, and says so when it does not find as many: then nobody knows what the file says.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checks.contract import Dialect
from resources.errors import SourceError

MISREAD = "GUILLEMETS"


@dataclass
class Standing:
    """Where records stand: the line of each torn one, in their order, and how lines move on.

    From the row `rows[i]` on, a row stands `shifts[i]` lines further than its rank says.
    """

    torn: "array[int]" = field(default_factory=lambda: array("q"))
    rows: "array[int]" = field(default_factory=lambda: array("q"))
    shifts: "array[int]" = field(default_factory=lambda: array("q"))
    count: int = 0
    last: tuple[int, int] = (0, 0)


def standing(
    path: Path, dialect: Dialect, *, after: int, single: bool, torn: Sequence[int]
) -> Standing:
    """Read a text record by record; `torn` are the places (bytes) of those set aside, in order.

    `after` is how many lines the titles take; in a file of a `single` column a blank line is a row.
    """
    found, first, shift, met = Standing(), after + 1, 0, 0
    for place, start, end in _records(path, dialect, after, single):
        while met < len(torn) and torn[met] < place:
            met += 1
        if met < len(torn) and torn[met] == place:
            found.torn.append(start)
            found.last = (start, end)
            continue
        if start - first - found.count != shift:
            shift = start - first - found.count
            found.rows.append(found.count)
            found.shifts.append(shift)
        found.count += 1
        found.last = (start, end)
    return found


def misread(line: int) -> SourceError:
    """The refusal of a file whose quotes can be read in two ways."""
    return SourceError(
        MISREAD,
        f"ligne {line} : un guillemet est ouvert et jamais refermé, ou mal placé, et on ne peut "
        "pas savoir où la ligne finit. Demandez au producteur de renvoyer le fichier",
    )


def _records(
    path: Path, dialect: Dialect, after: int, single: bool
) -> Iterator[tuple[int, int, int]]:
    """The place in bytes, the first and the last line of each record."""
    opening, closing = _forms(dialect)
    quote = dialect.quote_char.encode()
    place, start, open_place, inside = 0, 0, 0, False
    number = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            here, place = place, place + len(line)
            if number <= after:
                continue
            if not inside:
                text = line.rstrip(b"\r\n")
                if not text and not single:
                    continue
                start, open_place = number, here
                if quote not in text or opening.fullmatch(text) is None:
                    yield here, number, number
                else:
                    inside = True
                continue
            if (match := closing.match(line)) is None:
                continue
            if opening.fullmatch(match.group(1).rstrip(b"\r\n")) is None:
                inside = False
                yield open_place, start, number
    if inside:
        yield open_place, start, number


def _forms(dialect: Dialect) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """A line that ends within an open quote, and what closes one.

    What follows a closing quote is told apart with a field before it: a quote there is misplaced,
    and the record ends with its line.
    """
    quote, delimiter = (
        re.escape(char.encode()) for char in (dialect.quote_char, dialect.delimiter)
    )
    inner = b"(?:[^%b]|%b%b)*+" % (quote, quote, quote)
    quoted = b" *+%b%b%b *+" % (quote, inner, quote)
    # A quote that does not begin its field is a letter as another.
    plain = b"(?! *%b)(?:(?!%b).)*+" % (quote, delimiter)
    opening = b"(?:(?:%b|%b)%b)*+ *+%b%b" % (quoted, plain, delimiter, quote, inner)
    closing = b"%b%b( *+(?:%b.*+)?)" % (inner, quote, delimiter)
    return re.compile(opening, re.S), re.compile(closing, re.S)
