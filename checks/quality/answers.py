"""Every figure of a suite, in as few and as cheap queries as DuckDB allows.

Avoiding work is the gain, not fusing it: a column which repeats few texts is read once, each of its
values judged once; a broken bound is looked for where zone maps allow it; the rest is one scan. How
repeats are found is in `repeats`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

import duckdb

from checks.quality.figures import Figure, Question, Repeats, UnanswerableError, refusal
from checks.quality.repeats import count_repeats
from checks.quality.tables import Tables

# Below, a scan costs less than a second query.
LARGE = 100_000
# What it costs to tell so many values of a text apart, in nanoseconds a row (1 million rows).
_GROUPING = {4_096: 5, 20_000: 30, 50_000: 50, 200_000: 80}
# And how often each is then found, at least.
_OFTEN = 5


def answer(tables: Tables, figures: Collection[Figure]) -> dict[Figure, Any]:
    """Every figure; an `UnanswerableError` where there is none."""
    gathered: dict[str, dict[Question, str]] = defaultdict(dict)
    found: dict[Figure, Any] = {}
    questions = [figure for figure in figures if isinstance(figure, Question)]
    grouped = _worth_grouping(tables, questions)
    for question in questions:
        relation, expression = _way(tables, question, grouped)
        gathered[relation][question] = expression
    for relation, asked in gathered.items():
        found |= _together(tables.connection, relation, asked)
    for figure in figures:
        if isinstance(figure, Repeats):
            found[figure] = _repeats(tables, figure)
    return found


def _worth_grouping(tables: Tables, questions: list[Question]) -> set[tuple[str, str]]:
    """The columns, by table and name, better read once with each of their values judged once."""
    costs: Counter[tuple[str, str]] = Counter()
    for question in questions:
        if question.column is not None and question.of_values and not question.source.condition:
            costs[question.source.table, question.column] += question.cost
    return {
        (table, name)
        for (table, name), cost in costs.items()
        if cost
        and (rows := tables.rows(table)) >= LARGE
        and (distinct := tables.columns(table)[name].facts.distinct) is not None
        and distinct * _OFTEN <= rows
        and cost > next((price for most, price in _GROUPING.items() if distinct <= most), cost)
    }


def _way(tables: Tables, question: Question, grouped: set[tuple[str, str]]) -> tuple[str, str]:
    """The relation a question is asked of, and the aggregate asked."""
    source, column = question.source, question.column
    if column and question.of_values and not source.condition and (source.table, column) in grouped:
        return tables.values_of(source.table, column), question.of_values
    return question.alone or (source.sql, question.expression)


def _together(
    connection: duckdb.DuckDBPyConnection, relation: str, asked: dict[Question, str]
) -> dict[Figure, Any]:
    expressions = ",\n  ".join(asked.values())
    try:
        row = connection.execute(f"select\n  {expressions}\nfrom {relation}").fetchone()
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        if len(asked) == 1:
            return dict.fromkeys(asked, refusal(error))
        # One of them fails, and takes the others down with it: asked alone, only it fails.
        alone: dict[Figure, Any] = {}
        for question, expression in asked.items():
            alone |= _together(connection, relation, {question: expression})
        return alone
    if row is None:
        raise RuntimeError("an aggregate without group always gives one row")
    return dict(zip(asked, row, strict=True))


def _repeats(tables: Tables, figure: Repeats) -> int | UnanswerableError:
    try:
        rows = tables.rows(figure.source.table)
        return count_repeats(tables.connection, figure, large=rows >= LARGE, rows=rows)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        return refusal(error)
