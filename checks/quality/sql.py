"""Names, values and columns written in DuckDB's SQL.

Knows types and quoting; what is asked of a column is in `row_metrics` and `table_metrics`.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from checks.quality.figures import Few, Source, Span, UnanswerableError
from checks.quality.statistics import UNKNOWN, Facts
from resources.sql import quoted


class Family(Enum):
    """Types which are written, compared and aggregated alike; the value is their French name."""

    TEXT = "texte"
    INTEGER = "nombre entier"
    DECIMAL = "nombre décimal"
    FLOAT = "nombre à virgule"
    DATE = "date"
    MOMENT = "date et heure"
    TIME = "heure"
    BOOLEAN = "booléen"
    OTHER = "autre"


_FAMILIES = {
    Family.TEXT: ("VARCHAR", "ENUM", "UUID", "JSON"),
    Family.INTEGER: (
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    ),
    Family.DECIMAL: ("DECIMAL",),
    Family.FLOAT: ("FLOAT", "DOUBLE"),
    Family.DATE: ("DATE",),
    Family.MOMENT: (
        *("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
        "TIMESTAMP WITH TIME ZONE",
    ),
    Family.TIME: ("TIME",),
    Family.BOOLEAN: ("BOOLEAN",),
}
_FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names}
NUMBERS = frozenset({Family.INTEGER, Family.DECIMAL, Family.FLOAT})
INSTANTS = frozenset({Family.DATE, Family.MOMENT})

# What DuckDB knows of a column is enough: it holds in every row.
ALWAYS = "true"
_INT64, _EPOCH = 1 << 63, dt.datetime(1970, 1, 1)
# Beyond this length DuckDB is faster with a set to look into than with a list to read through.
_LONG_LIST = 200


@dataclass(frozen=True)
class Column:
    """A column as rules see it: what is not a number counts as missing, as in GX's own engine."""

    name: str
    type: str
    facts: Facts = UNKNOWN

    @property
    def family(self) -> Family:
        """What kind of values it holds."""
        if self.type.endswith("]"):
            return Family.OTHER
        return _FAMILY_OF.get(self.kind, Family.OTHER)

    @property
    def kind(self) -> str:
        """The name of its type alone: the list of an ENUM is made of values of the table."""
        return self.type.partition("(")[0]

    @property
    def value(self) -> str:
        """Its value in a row, null when missing."""
        if self.family is Family.FLOAT and self.facts.may_be_nan:
            return f"nullif({quoted(self.name)}, 'nan'::double)"
        # JSON compares with texts as the text it is.
        return f"{quoted(self.name)}::varchar" if self.kind == "JSON" else quoted(self.name)

    @property
    def present(self) -> str:
        """Whether it has a value in a row."""
        return ALWAYS if self.never_missing else f"{self.value} is not null"

    @property
    def times(self) -> str:
        """What the number of rows of a value is called, beside this column."""
        return "n" if self.name.lower() != "n" else '"n "'

    @property
    def never_missing(self) -> bool:
        """Whether DuckDB knows that each row has a value."""
        return not self.facts.may_miss and not (
            self.family is Family.FLOAT and self.facts.may_be_nan
        )

    @property
    def text(self) -> str:
        """Its value as text, for regular expressions and lengths."""
        self.must_be(Family.TEXT, Family.INTEGER)
        return self.value if self.type == "VARCHAR" else f"{self.value}::varchar"

    @property
    def line(self) -> Span | Few | None:
        """Its values as places on a line, or among a few; None when DuckDB knows too little."""
        low, high = self.facts.low, self.facts.high
        if self.kind == "VARCHAR" and self.facts.distinct is not None:
            return Few(self.value, self.facts.distinct)
        if low is None or high is None:
            return None
        if self.family is Family.INTEGER and low >= -_INT64 and high < _INT64:
            return Span(f"{self.value}::bigint", low, high)
        if self.kind == "DATE":
            day = f"({self.value} - date '1970-01-01')"
            return Span(day, (low - _EPOCH.date()).days, (high - _EPOCH.date()).days)
        if self.kind == "TIMESTAMP":
            tick = f"epoch_us({self.value})"
            micro = dt.timedelta(microseconds=1)
            low, high = ((bound - _EPOCH) // micro for bound in (low, high))
            return Span(tick, low, high, divisible=True)
        return None

    def must_be(self, *families: Family) -> None:
        """Refuse a rule which does not apply to such values."""
        if self.family not in families:
            raise UnanswerableError(
                f"La règle ne s’applique pas à la colonne « {self.name} », de type {self.kind}."
            )

    def literal(self, value: Any) -> str:
        """A value of a rule, written as a value of this column; of another type, it is refused."""
        write = _WRITERS.get(self.family)
        written = None if write is None else write(value)
        if written is None:
            raise UnanswerableError(
                "Un paramètre de la règle n’a pas le type de la colonne "
                f"« {self.name} » ({self.family.value})."
            )
        return written

    def is_in(self, values: list[Any]) -> str:
        """Whether its value is one of a list; a null of the list equals nothing."""
        literals = self.literals(values)
        if not literals:
            return "false"
        listed = f"[{', '.join(literals)}]"
        if len(literals) <= _LONG_LIST:
            return f"list_contains({listed}, {self.value})"
        return f"{self.value} in (select unnest({listed}))"

    def literals(self, values: list[Any]) -> list[str]:
        """The values of a list, each once, without null."""
        return list(dict.fromkeys(self.literal(value) for value in values if value is not None))


@dataclass(frozen=True)
class Domain:
    """The rows a figure is about: a table, the condition on its rows, and where other tables are.

    `table` is already quoted. `describe` gives the columns of any table, by its quoted name.
    """

    table: str
    describe: Callable[[str], Mapping[str, Column]]
    condition: str | None = None

    @property
    def source(self) -> Source:
        """Its rows."""
        return Source(self.table, self.condition)

    def column(self, name: Any) -> Column:
        """One of its columns, by its exact name."""
        columns = self.describe(self.table)
        if name not in columns:
            raise UnanswerableError(f"La colonne « {name} » n’existe pas dans la table.")
        return columns[name]

    def reference(self, path: str) -> tuple[str, Column]:
        """The table and the column of `schema.table.column`."""
        *table, name = path.split(".")
        if len(table) < 2:
            raise UnanswerableError(
                f"La référence « {path} » doit s’écrire schéma.table.colonne, "
                "par exemple sources.communes.code_commune."
            )
        return quoted(*table), Domain(quoted(*table), self.describe).column(name)


def text(value: Any) -> str:
    """A text of a rule: a regular expression, a pattern."""
    written = _text(value)
    if written is None:
        raise UnanswerableError("Un paramètre de la règle devrait être un texte.")
    return written


def _text(value: Any) -> str | None:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else None


def _number(value: Any) -> str | None:
    match value:
        case bool():
            return None
        case int():
            return str(value)
        case float() if not math.isnan(value):
            # GX turns whole bounds into floats; written `5`, they compare exactly with integers.
            whole = value.is_integer() and abs(value) < 2**63
            return str(int(value)) if whole else f"'{value!r}'::double"
        case Decimal() if value.is_finite():
            return f"{value:f}"
    return None


def _instant(value: Any) -> str | None:
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, dt.datetime) and (value.tzinfo or value.time() != dt.time()):
        kind = "timestamp" if value.tzinfo is None else "timestamptz"
        return f"{kind} '{value.isoformat(sep=' ')}'"
    # Midnight is a day, which zone maps of days and of moments can both be held to.
    return f"date '{value:%Y-%m-%d}'" if isinstance(value, dt.date) else None


def _time(value: Any) -> str | None:
    if isinstance(value, str):
        try:
            value = dt.time.fromisoformat(value)
        except ValueError:
            return None
    return f"time '{value.isoformat()}'" if isinstance(value, dt.time) else None


def _boolean(value: Any) -> str | None:
    return str(value).lower() if isinstance(value, bool) else None


_WRITERS: dict[Family, Callable[[Any], str | None]] = {
    Family.TEXT: _text,
    **dict.fromkeys(NUMBERS, _number),
    **dict.fromkeys(INSTANTS, _instant),
    Family.TIME: _time,
    Family.BOOLEAN: _boolean,
}
