"""Someone who reads everything that is published, and wants what is hidden.

Knows nothing of how cells are chosen: rows as they are published, the totals anyone knows, and
linear algebra. Exact where he can be (rational numbers), bounds where he cannot.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.optimize import linprog

from checks.contract import Contract
from checks.disclosure.control import control
from checks.rules import Verdict
from resources.keys import Keys
from resources.platform_tables import PLATFORM_TABLES

Equation = tuple[Mapping[int, int], float]
TYPES = {"integer": "bigint", "number": "double", "string": "varchar", "boolean": "boolean"}


def contract(
    disclosure: Mapping[str, Any], columns: Mapping[str, str], key: Sequence[str] = ()
) -> Contract:
    """The contract of an open table: its columns by name and type."""
    return Contract.model_validate(
        {
            "title": "Tableau",
            "description": "Tableau croisé.",
            "theme": "référentiel",
            "grain": "une ligne par cellule",
            "access": "open",
            "columns": [
                {"name": name, "type": kind, "description": "d", "example": "1", "unit": "u"}
                for name, kind in columns.items()
            ],
            "key": list(key or disclosure.get("dimensions", [])),
            "disclosure": dict(disclosure),
            "retention": {"keep": "1 year", "reason": "essai"},
            "budget": {"stored_mb": 1, "cpu_s": 1},
        }
    )


class Table:
    """A table held to the control again and again, each version after the other."""

    def __init__(self, said: Contract) -> None:
        self.contract = said
        self.connection = duckdb.connect()
        for schema in ("quality", "sobriety", "curated"):
            self.connection.execute(f"create schema {schema}")
        self.connection.execute(PLATFORM_TABLES)
        self._folder = tempfile.TemporaryDirectory()
        self.keys = Keys(Path(self._folder.name))

    def close(self) -> None:
        self.connection.close()
        self._folder.cleanup()

    def stage(self, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        """A new version, as its query gives it."""
        told = ", ".join(f"{name} {TYPES[kind]}" for name, kind in columns.items())
        self.connection.execute(f"create or replace table curated.version ({told})")
        if rows:
            marks = ", ".join("?" * len(columns))
            self.connection.executemany(
                f"insert into curated.version values ({marks})", [list(row) for row in rows]
            )

    def control(self) -> dict[str, Verdict]:
        """What the control found, by the name of its rule."""
        found = control(
            self.connection, "curated.version", "curated.version", self.contract, self.keys
        )
        return {verdict.rule.name: verdict for verdict in found}

    def rows(self, what: str = "*") -> list[tuple[Any, ...]]:
        """What is published."""
        return self.connection.execute(f"select {what} from curated.version").fetchall()


@contextmanager
def held(
    said: Contract, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]
) -> Iterator[Table]:
    """A first version, staged."""
    table = Table(said)
    try:
        table.stage(columns, rows)
        yield table
    finally:
        table.close()


def margin_equations(
    places: Sequence[tuple[Any, ...]],
    margins: Sequence[Sequence[int]],
    true: Sequence[float],
    least: float,
) -> list[Equation]:
    """Totals known from elsewhere, but for those too small to be told."""
    equations = []
    for margin in margins:
        lines: dict[tuple[Any, ...], list[int]] = {}
        for row, place in enumerate(places):
            lines.setdefault(tuple(place[i] for i in margin), []).append(row)
        for line in lines.values():
            total = sum(true[row] for row in line)
            if total >= least:
                equations.append((dict.fromkeys(line, 1), total))
    return equations


def determined(published: Sequence[float | None], equations: Sequence[Equation]) -> set[int]:
    """The hidden cells whose value follows from the equations, exactly (rational elimination)."""
    hidden = [row for row, value in enumerate(published) if value is None]
    matrix = [
        [Fraction(signs.get(row, 0)) for row in hidden]
        for signs, _ in equations
        if any(row in signs for row in hidden)
    ]
    rank = 0
    for column in range(len(hidden)):
        pivot = next((i for i in range(rank, len(matrix)) if matrix[i][column]), None)
        if pivot is None:
            continue
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        lead = matrix[rank][column]
        matrix[rank] = [value / lead for value in matrix[rank]]
        for i, row in enumerate(matrix):
            if i != rank and row[column]:
                matrix[i] = [a - row[column] * b for a, b in zip(row, matrix[rank], strict=True)]
        rank += 1
    alone = (row for row in matrix[:rank] if sum(1 for value in row if value) == 1)
    return {hidden[next(i for i, value in enumerate(row) if value)] for row in alone}


def highest(
    published: Sequence[float | None],
    equations: Sequence[Equation],
    row: int,
    least: float,
    most: Sequence[float | None] = (),
    way: int = 1,
) -> float:
    """The most a hidden cell can be, or the least (`way` -1), for whoever knows that no hidden cell
    is under `least`, nor over its own `most`.
    """
    hidden = [place for place, value in enumerate(published) if value is None]
    lines, sums = [], []
    for signs, total in equations:
        lines.append([signs.get(place, 0) for place in hidden])
        sums.append(total - sum(sign * (published[place] or 0) for place, sign in signs.items()))
    aim = [-float(way) if place == row else 0.0 for place in hidden]
    found = linprog(
        aim,
        A_eq=np.array(lines, dtype=float) if lines else None,
        b_eq=np.array(sums, dtype=float) if lines else None,
        bounds=[(least, most[place] if most else None) for place in hidden],
        method="highs",
    )
    if found.status == 3:
        return float("inf")
    assert found.status == 0, found.message
    return -way * float(found.fun)
