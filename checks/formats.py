"""The text formats a column may declare: the shape of each, its key, its name in a French sentence.

A shape is a regular expression both Python and DuckDB (RE2) read; a key is SQL over the text
without its spaces, dots and hyphens. Keys are held equal to python-stdnum's by a test. Whether a
code exists is another question: a reference table answers it (`in:`), with its vintage.
"""

from collections.abc import Callable
from dataclasses import dataclass

from checks.shapes import matches


@dataclass(frozen=True)
class Format:
    """A format: `shape` of the compact text, `sentence` after « : », `key` in SQL when it has one.

    `spaced` formats may be written with spaces, dots and hyphens. Those of so many `digits` have a
    key which is null, and no error, for what has not the shape.
    """

    shape: str
    sentence: str
    key: Callable[[str], str] | None = None
    spaced: bool = False
    digits: int | None = None

    def holds(self, text: str) -> str:
        """Whether a text is of this format, in SQL; null when the text is."""
        return self.holds_compact(self._compact(text))

    def holds_compact(self, compact: str) -> str:
        """Whether a compact text is, in SQL: nothing may stand between its characters."""
        shaped = matches(compact, self.shape)
        if self.key is None:
            return shaped
        if self.digits is not None:
            # Not « and », nor « case »: between their branches DuckDB computes all again.
            return f"least({shaped}, {self.key(compact)})"
        # This key is computed from what has the shape only: nothing else can be cast.
        return (
            f"case when {shaped} then {self.key(compact)} when {compact} is not null then false end"
        )

    def _compact(self, text: str) -> str:
        if not self.spaced:
            return text
        compact = f"upper(translate({text}, ' .-\u00a0\u202f', ''))"
        if self.digits is None:
            return compact
        # A text of that length is compact, or has too few digits: most need no translation.
        return f"case when strlen({text}) = {self.digits} then {text} else {compact} end"


# A byte for each digit, and in each byte one.
_BYTES, _ONES = 0x0F0F0F0F0F0F0F0F, 0x0101010101010101


def _digits(text: str) -> str:
    """The digits of a text, at most 14, as a number of four bits each: read as hexadecimal."""
    return f"try_cast('0x' || {text} as bigint)"


def _luhn(digits: str) -> str:
    """The sum of digits, every other one doubled, is a multiple of ten (ISO/IEC 7812-1).

    Of all digits at once: half of them in bytes of their own, then the other half. The sum of the
    bytes of a number is that number modulo 255. Nine is taken off each doubled digit above 4.
    """
    single, double = f"({digits} & {_BYTES})", f"(({digits} >> 4) & {_BYTES})"
    above = f"((({double} + {3 * _ONES}) >> 3) & {_ONES})"
    return f"({single} % 255 + 2 * ({double} % 255) - 9 * ({above} % 255)) % 10 = 0"


def _siren(text: str) -> str:
    return _luhn(_digits(text))


def _siret(text: str) -> str:
    """As the SIREN it begins with; La Poste has too many establishments for the key (Insee).

    Its own, but for its head office, have a sum of digits that is a multiple of five.
    """
    digits = _digits(text)
    siren, total = (
        f"({digits} >> 20)",
        f"({digits} & {_BYTES}) % 255 + (({digits} >> 4) & {_BYTES}) % 255",
    )
    post = f"({siren} = {0x356000000} and {digits} <> {0x35600000000048})"
    key = f"greatest(least({_luhn(digits)}, not {post}), least(({total}) % 5 = 0, {post}))"
    return f"least({_luhn(siren)}, {key})"


def _nir(text: str) -> str:
    """97 less the number modulo 97, Corsica counted as 19 (2A) and 18 (2B) (décret 82-103)."""
    department = f"case substr({text}, 6, 2) when '2A' then '19' when '2B' then '18' "
    department += f"else substr({text}, 6, 2) end"
    number = f"(left({text}, 5) || {department} || substr({text}, 8, 6))::bigint"
    return f"97 - {number} % 97 = right({text}, 2)::bigint"


def _iban(text: str) -> str:
    """The remainder by 97 is 1, letters counted from 10, the first four moved last (ISO 13616)."""
    return (
        f"list_reduce(list_transform(string_split(substr({text}, 5) || left({text}, 4), ''), "
        "lambda c: case when c between '0' and '9' then c::integer else ascii(c) - 55 end), "
        "lambda rest, n: (case when n > 9 then rest * 100 else rest * 10 end + n) % 97, 0) = 1"
    )


def _uai(text: str) -> str:
    """The number modulo 23 points at a letter; I, O and Q are not used (Éducation nationale)."""
    letter = f"left({text}, 7)::bigint % 23 + 1"
    return f"substr('ABCDEFGHJKLMNPRSTUVWXYZ', {letter}, 1) = right({text}, 1)"


def _finess(text: str) -> str:
    """As a SIREN; where Corsica writes a letter, no rule for the key is published: none is held."""
    return f"greatest(substr({text}, 2, 1) in ('A', 'B'), {_luhn(_digits(text))})"


_COMMUNE = r"([013-9]\d|2[AB1-9])\d{3}"
FORMATS = {
    "email": Format(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "une adresse électronique"),
    "uri": Format(r"^[a-zA-Z][a-zA-Z0-9+.-]*:\S+$", "une adresse web"),
    "uuid": Format(
        r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        "un identifiant unique (UUID)",
    ),
    "binary": Format(
        r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
        "des octets en base 64",
    ),
    "telephone": Format(r"^(\+33|0)[1-9]\d{8}$", "un numéro de téléphone"),
    "code_postal": Format(r"^\d{5}$", "un code postal"),
    "code_commune": Format(rf"^{_COMMUNE}$", "un code officiel de commune"),
    "iris": Format(rf"^{_COMMUNE}\d{{4}}$", "un code d’IRIS"),
    "siren": Format(r"^\d{9}$", "un numéro SIREN", _siren, spaced=True, digits=9),
    "siret": Format(r"^\d{14}$", "un numéro SIRET", _siret, spaced=True, digits=14),
    "nir": Format(r"^\d{5}(\d{2}|2[AB])\d{8}$", "un numéro de sécurité sociale", _nir, spaced=True),
    "iban": Format(
        r"^(FR\d{12}[A-Z0-9]{11}\d{2}|MC\d{12}[A-Z0-9]{11}\d{2}"
        r"|[A-EG-LN-Z][A-Z]\d{2}[A-Z0-9]{11,30}|F[A-QS-Z]\d{2}[A-Z0-9]{11,30}"
        r"|M[ABD-Z]\d{2}[A-Z0-9]{11,30})$",
        "un IBAN",
        _iban,
        spaced=True,
    ),
    "rna": Format(r"^W\d[A-Z0-9]\d{7}$", "un numéro d’association (RNA)"),
    "finess": Format(r"^(\d{2}|2[AB])\d{7}$", "un numéro FINESS", _finess, digits=9),
    "uai": Format(r"^\d{7}[A-HJ-NPR-Z]$", "un numéro d’établissement scolaire (UAI)", _uai),
}
# The shape of each, and its name in a French sentence.
SHAPES = {name: (each.shape, each.sentence) for name, each in FORMATS.items()}
