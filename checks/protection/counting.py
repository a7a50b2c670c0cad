"""What marks find among the distinct texts of columns: cells, look-alikes, cells of free text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from checks.protection.columns import Place
from checks.protection.kind import Mark, kinds

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
    connection: duckdb.DuckDBPyConnection, cells: str, asked: Asked
) -> dict[str, dict[Of, Count]]:
    """What marks find among `cells`: the rank of a place in `asked`, a text, how often it is found.

    What a mark looks for is looked for once, then what it is only where it looks so.
    """
    if not asked:
        return {}
    marks = list(dict.fromkeys(of for _, each in asked for of in each))
    looked, judged, sums = [], [], []
    for rank, mark in enumerate(map(mark_of, marks)):
        looks = f"a{rank}" if mark.evidence else None
        if looks:
            looked.append(f", {mark.looks('cell')} as {looks}")
        judged.append(f", {mark.condition('cell', looks)} as m{rank}")
        in_words = f"case when m{rank} then {WORDS} else false end"
        sums.append(
            f", coalesce(sum(n) filter (m{rank}), 0)"
            f", {f'coalesce(sum(n) filter ({looks}), 0)' if looks else '0'}"
            f", coalesce(sum(n) filter ({in_words}), 0), count(*) filter (m{rank})"
        )
    rows = connection.execute(
        f"with looked as materialized (select *{''.join(looked)} from {cells}), "
        f"judged as materialized (select *{''.join(judged)} from looked) "
        f"select place{''.join(sums)} from judged group by place"
    ).fetchall()
    return {
        asked[row[0]][0].name: {
            of: Count(*(int(each) for each in row[1 + 4 * i : 5 + 4 * i]))
            for i, of in enumerate(marks)
        }
        for row in rows
    }
