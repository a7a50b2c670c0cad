"""One figure asked of a table, and how many are answered at once.

Knows SQL text and how DuckDB fails; which figure a metric of Great Expectations stands for is in
`row_metrics` and `table_metrics`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Question:
    """An aggregate over a source: `count(*)` over `"sources"."communes"`."""

    expression: str
    source: str


@dataclass(frozen=True, slots=True)
class Known:
    """A figure which needs no query."""

    value: Any


def answer(
    connection: duckdb.DuckDBPyConnection, questions: Iterable[Question]
) -> dict[Question, Any]:
    """Every figure, with one query for each source; an `UnanswerableError` where there is none."""
    by_source: dict[str, dict[Question, None]] = defaultdict(dict)
    for question in questions:
        by_source[question.source][question] = None
    figures: dict[Question, Any] = {}
    for asked in by_source.values():
        figures |= _answer_together(connection, list(asked))
    return figures


def _answer_together(
    connection: duckdb.DuckDBPyConnection, questions: list[Question]
) -> dict[Question, Any]:
    expressions = ",\n  ".join(question.expression for question in questions)
    query = f"select\n  {expressions}\nfrom {questions[0].source}"
    try:
        row = connection.execute(query).fetchone()
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        if len(questions) == 1:
            return {questions[0]: _refusal(error)}
        # One of them fails, and takes the others down with it: asked alone, only it fails.
        alone: dict[Question, Any] = {}
        for question in questions:
            alone |= _answer_together(connection, [question])
        return alone
    if row is None:
        raise RuntimeError("an aggregate without group always gives one row")
    return dict(zip(questions, row, strict=True))


def _refusal(error: duckdb.Error) -> UnanswerableError:
    if isinstance(error, duckdb.IOException | duckdb.SerializationException):
        return UnanswerableError(
            f"DuckDB ne relit pas la table ({type(error).__name__}) : son fichier est abîmé. "
            "Refaites-la par « ardoise run --force » suivi de son nom."
        )
    # DuckDB quotes the value it could not convert: only the class of its error may be repeated.
    return UnanswerableError(
        f"DuckDB n’a pas pu faire le calcul ({type(error).__name__}) : vérifiez que les paramètres "
        "de la règle conviennent au type de la colonne."
    )
