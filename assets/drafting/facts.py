"""What the texts of each column are: how many, which candidates and detectors read them.

A sample is enough to choose; what must hold of every value (no leading zero, no unknown word for
« no value ») is asked of the whole file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from assets.decoding.macros import MACROS
from assets.decoding.values import cleaned
from assets.drafting.candidates import CANDIDATES, Candidate
from assets.drafting.detector import detectors, trial_column
from assets.drafting.missing import WORDS
from assets.drafting.trial import PROFILED
from checks.contract import Contract
from resources.sql import literal

SAMPLE = 2_000  # values of a column, about; the whole file is decoded afterwards
LEADING_ZERO = r"[+-]?0\d.*"
_WORDS = ", ".join(literal(word) for word in sorted(WORDS))


@dataclass(frozen=True)
class Facts:
    """Figures of one column of texts.

    `total` and `distinct` count the values of the sample, `shortest` and `longest` are their
    lengths, `candidates` and `detectors` the shares of them that each one reads. `zeros` (some
    value has a leading zero) and `words` (those found for « no value ») are of the whole file.
    """

    total: int
    distinct: int
    shortest: int
    longest: int
    candidates: Sequence[float]
    detectors: Mapping[str, float]
    zeros: bool = False
    words: tuple[str, ...] = ()


def facts_of(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[Facts | None]:
    """The facts of each column; None for one that has no value at all.

    `contract` has texts for columns, and its file was just read.
    """
    connection.execute(MACROS)
    texts = [cleaned(trial_column({}), contract, f"c{i}") for i in range(len(contract.columns))]
    counts = _one(
        connection,
        ", ".join(
            f"count({text}) filter (lower({text}) not in ({_WORDS})), "
            f"coalesce(bool_or(regexp_full_match({text}, {literal(LEADING_ZERO)})), false)"
            for text in texts
        ),
    )
    filled, zeros = counts[::2], counts[1::2]
    _sample(connection, texts, filled)
    words = _words(connection, texts)
    figures = _figures(connection, contract)
    return [
        replace(figures[rank], zeros=zeros[rank], words=words.get(rank, ()))
        if rank in figures
        else None
        for rank in range(len(texts))
    ]


def rejected(
    connection: duckdb.DuckDBPyConnection, rank: int, candidate: Candidate
) -> list[tuple[str, int]]:
    """Texts of the sample that a candidate does not read, and how often each."""
    return connection.execute(
        f"select text, n from _values where col = {rank} and not "
        f"coalesce({candidate.condition('text')}, false) order by n desc, text limit 1000"
    ).fetchall()


def all_look(connection: duckdb.DuckDBPyConnection, rank: int, pattern: str) -> bool:
    """Whether every text of the sample has a form."""
    row = connection.execute(
        f"select bool_and(regexp_full_match(text, {literal(pattern)})) from _values "
        f"where col = {rank}"
    ).fetchone()
    return bool(row and row[0])


def _sample(connection: duckdb.DuckDBPyConnection, texts: list[str], filled: list[int]) -> None:
    """`_values(col, text, n)`: about as many values of each column, however sparse it is."""
    columns = " union all ".join(
        f"select {rank} as col, {text} as text, count(*) as n from {PROFILED} where {text} is not "
        f"null and lower({text}) not in ({_WORDS}) "
        f"and hash(rowid) % {max(1, filled[rank] // SAMPLE)} = 0 group by all"
        for rank, text in enumerate(texts)
    )
    connection.execute(f"create or replace temp table _values as {columns}")


def _words(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> dict[int, tuple[str, ...]]:
    """The words for « no value » each column has, the most frequent first."""
    columns = " union all ".join(
        f"select {rank} as col, {text} as word, count(*) as n from {PROFILED} "
        f"where lower({text}) in ({_WORDS}) group by all"
        for rank, text in enumerate(texts)
    )
    found: dict[int, tuple[str, ...]] = {}
    for rank, word in connection.execute(
        f"select col, word from ({columns}) order by n desc, word"
    ).fetchall():
        found[rank] = (*found.get(rank, ()), word)
    return found


def _figures(connection: duckdb.DuckDBPyConnection, contract: Contract) -> dict[int, Facts]:
    """One query for all the columns and all that they may be."""
    names = list(detectors())
    tests = [one.condition("text") for one in CANDIDATES]
    tests += [detectors()[name].condition(contract, "text") for name in names]
    shares = ", ".join(f"coalesce(sum(n) filter ({test}), 0) / sum(n)" for test in tests)
    rows = connection.execute(
        "select col, sum(n), count(*), min(length(text)), max(length(text)), "
        f"{shares} from _values group by col"
    ).fetchall()
    cut = len(CANDIDATES)
    return {
        rank: Facts(
            total,
            distinct,
            shortest,
            longest,
            read[:cut],
            dict(zip(names, read[cut:], strict=True)),
        )
        for rank, total, distinct, shortest, longest, *read in rows
    }


def _one(connection: duckdb.DuckDBPyConnection, figures: str) -> list[Any]:
    return list(connection.execute(f"select {figures} from {PROFILED}").fetchone() or ())
