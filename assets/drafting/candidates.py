"""What a column may be: each candidate is a row, and the decoder itself says what it reads.

Order matters between candidates that read as many values: the first is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from assets.decoding.values import TYPES, typed
from assets.drafting.detector import trial_column
from checks.protection.kind import says
from resources.sql import literal

YEARS = ("annee", "an", "year", "millesime", "exercice", "annees")
DAYS = ("date", "jour", "dt", "day")
# Where 1 and 0 say yes and no: « est_ouvert », « présence_ascenseur (0/1) ».
YES_OR_NO = ("est", "is", "has", "presence", "0_1", "indicateur", "flag", "actif", "ouvert")
WORDS = (
    ("true", "false"),
    ("vrai", "faux"),
    ("oui", "non"),
    ("yes", "no"),
    ("o", "n"),
    ("t", "f"),
)
SPACED = r"[+-]?\d{1,3}([ \x{A0}\x{202F}]\d{3})+"
UNITS = {"euros": "(?i:€|eur|euros?)", "%": "%"}
GROUPED = r"[+-]?\d{1,3}([MARK]\d{3})+"


@dataclass(frozen=True)
class Candidate:
    """The words of a column; `guard`: what a text must be too, in full; `titles`: only so named."""

    words: Mapping[str, Any]
    guard: str | None = None
    titles: tuple[str, ...] = ()
    doubt: str | None = None

    def allowed(self, name: str) -> bool:
        """Whether the name of the column lets it be this."""
        return not self.titles or says(name, self.titles)

    def condition(self, text: str) -> str:
        """SQL: whether the decoder reads a text as this."""
        read = f"{typed(trial_column(self.words), text)} is not null"
        guard = self.guard or ".{1,40}"
        return f"(case when regexp_full_match({text}, {literal(guard)}) then {read} end)"


def _dates() -> Iterator[Candidate]:
    yield Candidate({"type": "date"})
    yield Candidate({"type": "date", "format": "%d/%m/%Y"})
    for layout in ("%-d/%-m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"):
        yield Candidate({"type": "date", "format": layout})
    yield Candidate({"type": "date", "format": "%d/%m/%y"}, doubt="année sur deux chiffres")
    yield Candidate({"type": "date", "format": "%m/%d/%Y"}, doubt="mois avant jour, à l’américaine")
    yield Candidate({"type": "date", "format": "%Y%m%d"}, guard=r"(19|20)\d{6}", titles=DAYS)


def _datetimes() -> Iterator[Candidate]:
    yield Candidate({"type": "datetime"})
    for layout in ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%Y%m%d%H%M%S"):
        yield Candidate({"type": "datetime", "format": layout})
    yield Candidate({"type": "time"})
    yield Candidate({"type": "time", "format": "%H:%M"})
    yield Candidate({"type": "yearmonth"})
    # « lat, lon » and « lon, lat » are read alike: only the brackets of GeoJSON say the order.
    yield Candidate({"type": "geopoint", "format": "array"})


def _booleans() -> Iterator[Candidate]:
    for true, false in WORDS:
        words: dict[str, Any] = {"type": "boolean"}
        if true != "true":  # what the contract reads when it says nothing
            words |= {"trueValues": _written(true), "falseValues": _written(false)}
        yield Candidate(words, guard=f"(?i){true}|{false}")
    yield Candidate(
        {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]}, titles=YES_OR_NO
    )


def _written(word: str) -> list[str]:
    """« oui », « Oui », « OUI »: the decoder reads a word as it is declared."""
    return list(dict.fromkeys((word, word.capitalize(), word.upper())))


def _numbers() -> Iterator[Candidate]:
    yield Candidate({"type": "integer"}, guard=r"[+-]?\d{1,18}")
    yield Candidate({"type": "integer", "groupChar": " "}, guard=rf"{SPACED}|[+-]?\d{{1,18}}")
    yield Candidate({"type": "number"})
    yield Candidate({"type": "number", "decimalChar": ","})
    for decimal, group in ((",", " "), (".", " "), (",", "."), (".", ",")):
        yield Candidate(
            {"type": "number", "decimalChar": decimal, "groupChar": group},
            guard=_grouped(decimal, group),
        )
    # One unit for all: « 3 kg » and « 3 t » in one column are not to be added up.
    for unit, written in UNITS.items():
        for decimal, group in ((",", " "), (".", " ")):
            yield Candidate(
                {
                    "type": "number",
                    "decimalChar": decimal,
                    "groupChar": group,
                    "bareNumber": False,
                    "unit": unit,
                },
                guard=rf"({_grouped(decimal, group)})[ \x{{A0}}\x{{202F}}]?({written})?",
                doubt=f"l’unité ({unit}) est écrite avec les nombres, et laissée de côté",
            )


def _grouped(decimal: str, group: str) -> str:
    grouped = SPACED if group == " " else GROUPED.replace("MARK", group)
    return rf"({grouped}|[+-]?\d+)([{decimal}]\d+)?"


CANDIDATES = tuple(
    one
    for one in chain(
        [Candidate({"type": "year"}, guard=r"(1[89]|2[01])\d{2}", titles=YEARS)],
        [
            Candidate(
                {"type": "geojson"},
                guard=r'(?s)\{\s*"type"\s*:\s*"(Multi)?(Point|LineString|Polygon).*',
            )
        ],
        _dates(),
        _datetimes(),
        _booleans(),
        _numbers(),
    )
    if one.words["type"] in TYPES
)
