"""Rows that stand for one unit each: whether enough of them look alike (k-anonymity, l-diversity).

One pass of SQL over the quasi-identifiers; counts come out, never a value.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from resources.sql import quoted

DIVERSITY = 2  # values of a sensitive column a group must hold, or belonging to it tells the value


@dataclass(frozen=True)
class Anonymity:
    """How many groups of rows look alike, how many are too small, how many rows they hold.

    `uniform` are the groups, large enough, that hold a single value of a sensitive column.
    """

    groups: int
    smallest: int
    small_groups: int
    small_rows: int
    uniform: int


def anonymity(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    quasi_identifiers: Sequence[str],
    minimum: int,
    sensitive: Sequence[str] = (),
) -> Anonymity:
    """Group the rows by their quasi-identifiers; nulls are alike."""
    by = ", ".join(quoted(name) for name in quasi_identifiers)
    alike = " or ".join(f"count(distinct {quoted(name)}) < {DIVERSITY}" for name in sensitive)
    row = connection.execute(
        f"""
        select
            count(*),
            coalesce(min(alike), 0),
            count(*) filter (alike < {minimum}),
            coalesce(sum(alike) filter (alike < {minimum}), 0),
            count(*) filter (alike >= {minimum} and uniform)
        from (
            select count(*) as alike, {alike or "false"} as uniform from {table} group by {by}
        )
        """
    ).fetchone()
    assert row is not None
    return Anonymity(*(int(value) for value in row))
