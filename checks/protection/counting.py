"""What marks find among the distinct texts of columns: cells, look-alikes, cells of free text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from checks.protection.columns import Place
from checks.protection.glance import worth_a_look
from checks.protection.kind import Mark, kinds
from resources.sql import quoted

# A cell in which something stands among words.
WORDS = "regexp_matches(cell, '[A-Za-zÀ-ɏ]{3}[^@]*\\s')"
# A kind and the rank of one of its marks.
Of = tuple[str, int]


@dataclass(frozen=True)
class Count:
    """What one mark found in one column: cells that hold one, and cells that only look so."""

    cells: int
    alike: int
    in_words: int
    distinct: int


Asked = Sequence[tuple[Place, Sequence[Of]]]


@dataclass(frozen=True)
class Searched:
    """A column searched: how many cells are filled, and what marks of kinds found."""

    filled: int
    counts: Mapping[Of, Count]


def mark_of(of: Of) -> Mark:
    """The mark of a kind at its rank."""
    return kinds()[of[0]].marks[of[1]]


def counted(
    connection: duckdb.DuckDBPyConnection, table: str, asked: Asked, *, glanced: bool = False
) -> dict[str, dict[Of, Count]]:
    """What marks find among the distinct texts of columns, those of a glance or all."""
    if not asked:
        return {}
    marks = list(dict.fromkeys(of for _, each in asked for of in each))
    cells = " union all ".join(
        f"select {rank} as place, {place.text} as cell, count(*) as n from {table} where "
        f"{worth_a_look(place) if glanced else f'{quoted(place.name)} is not null'} group by all"
        for rank, (place, _) in enumerate(asked)
    )
    judged, sums = [], []
    for rank, mark in enumerate(map(mark_of, marks)):
        alike = mark.looks("cell") if mark.evidence else "false"
        judged.append(f"{mark.condition('cell')} as m{rank}, {alike} as a{rank}")
        sums.append(
            f"coalesce(sum(n) filter (m{rank}), 0), coalesce(sum(n) filter (a{rank}), 0), "
            f"coalesce(sum(n) filter (m{rank} and words), 0), count(*) filter (m{rank})"
        )
    rows = connection.execute(
        f"with cells as materialized ({cells}), judged as materialized "
        f"(select place, n, {WORDS} as words, {', '.join(judged)} from cells) "
        f"select place, {', '.join(sums)} from judged group by place"
    ).fetchall()
    return {
        asked[row[0]][0].name: {
            of: Count(*(int(each) for each in row[1 + 4 * i : 5 + 4 * i]))
            for i, of in enumerate(marks)
        }
        for row in rows
    }
