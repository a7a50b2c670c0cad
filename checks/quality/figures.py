"""One figure asked of a table, and the ways DuckDB may be asked for it.

Which figure a metric of Great Expectations stands for is in `row_metrics` and `table_metrics`;
which way is taken is in `answers`.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import duckdb


class UnanswerableError(Exception):
    """Why a figure cannot be had, as a French sentence in which no value of the table appears."""


def unforeseen(error: Exception) -> UnanswerableError:
    """An exception nobody expected: its message may quote a value, only its class is repeated."""
    return UnanswerableError(
        f"Great Expectations n’a pas pu juger ({type(error).__name__}) : vérifiez que les "
        "paramètres de la règle conviennent au type de la colonne."
    )


def refusal(error: duckdb.Error) -> UnanswerableError:
    """Why DuckDB gave no figure: it quotes the value at fault, so only its class is repeated."""
    if isinstance(error, duckdb.IOException | duckdb.SerializationException):
        return UnanswerableError(
            f"DuckDB ne relit pas la table ({type(error).__name__}) : son fichier est abîmé. "
            "Refaites-la par « ardoise run --force » suivi de son nom."
        )
    return UnanswerableError(
        f"DuckDB n’a pas pu faire le calcul ({type(error).__name__}) : vérifiez que les paramètres "
        "de la règle conviennent au type de la colonne."
    )


@dataclass(frozen=True, slots=True)
class Source:
    """Rows: those of a table, by its quoted name, or those of them a condition keeps."""

    table: str
    condition: str | None = None

    @property
    def sql(self) -> str:
        """What follows `from`."""
        if self.condition is None:
            return self.table
        return f"(select * from {self.table} where {self.condition})"


class Cost(IntEnum):
    """What a test costs beside reading its column, in nanoseconds a row: DuckDB 1.5.5."""

    NONE = 0
    PLAIN = 15
    SHAPE = 35
    HIGH = 65  # a pattern of RE2, a join


@dataclass(frozen=True, slots=True)
class Question:
    """An aggregate over the rows of a source, and cheaper ways to the same figure.

    `of_values` is the same over each value of `column` and the number of rows it is found in, which
    is worth grouping for as the test costs.
    `alone` is a relation of its own and an aggregate over it: DuckDB answers it from what it knows,
    from zone maps or by a smaller join, which it does not for an aggregate among others.
    """

    expression: str
    source: Source
    column: str | None = None
    of_values: str | None = None
    alone: tuple[str, str] | None = None
    cost: Cost = Cost.PLAIN


@dataclass(frozen=True, slots=True)
class Span:
    """A value which stands on a line: the whole number it is, and the bounds known of it.

    Of a moment, which is `divisible`, neighbours may be taken together.
    """

    number: str
    low: int
    high: int
    divisible: bool = False


@dataclass(frozen=True, slots=True)
class Few:
    """A value which is one of a few, about as many as `distinct`."""

    value: str
    distinct: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many rows of a source hold values found more than once, every occurrence counted.

    `values` are the expressions held together, `considered` the rows that count. `spans` and `few`
    say what is known of them, when it is known of each; `hashed` that equal values have equal
    hashes.
    """

    source: Source
    values: tuple[str, ...]
    considered: str
    spans: tuple[Span, ...] = ()
    few: tuple[Few, ...] = ()
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A figure which needs no query."""

    value: Any


Figure = Question | Repeats
