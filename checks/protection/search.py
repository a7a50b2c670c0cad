"""The whole of a table searched for every kind, in DuckDB.

Every cell is read once by one cheap expression (RE2: linear time, whatever the cell). Only the
distinct texts it stops at are held to each kind and its key. What is believed on a share of the
column is first looked for in a sample, then counted on the whole column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb

from checks.protection.columns import Place
from checks.protection.kind import kinds
from resources.sql import literal, quoted

# Under this, the sample is the whole table; above, a third of a column is missed by no sample.
SAMPLE = 2_000
# Thirteen figures at least: nothing shorter is a NIR, and a telephone lost its zero.
LONG = 10**12
# A cell in which something stands among words.
WORDS = "regexp_matches(cell, '[A-Za-zÀ-ɏ]{3}[^@]*\\s')"


@dataclass(frozen=True)
class Count:
    """What one mark found in one column: cells that hold one, and cells that only look so."""

    cells: int
    alike: int
    in_words: int
    distinct: int


@dataclass(frozen=True)
class Searched:
    """A column searched: how many cells are filled, what each mark of each kind found, and whether
    some cell is worth a second look.
    """

    filled: int
    counts: Mapping[tuple[str, int], Count]
    hit: bool = False


NOTHING = Searched(0, {})


def search(
    connection: duckdb.DuckDBPyConnection, table: str, places: Sequence[Place]
) -> dict[str, Searched]:
    """What every mark finds in the columns of a table, whole."""
    texts = [place for place in places if place.look != "date"]
    if not texts:
        return {}
    (rows,) = connection.execute(f"select count(*) from {table}").fetchall()[0]
    if rows <= SAMPLE:
        return _small(connection, table, texts)
    filled, hit = _glanced(connection, table, texts)
    sampled = _sampled(connection, table, texts)
    likely = [place for place in texts if _likely(place, sampled.get(place.name, NOTHING))]
    shares = _counted(connection, [_cells(table, place) for place in likely], _marks(whole=True))
    cells = [_cells(table, place, _glance(place)) for place in hit]
    found = _counted(connection, cells, _marks(whole=False))
    return {
        place.name: Searched(
            filled[place.name],
            {
                **found.get(place.name, NOTHING).counts,
                **shares.get(place.name, NOTHING).counts,
            },
        )
        for place in texts
    }


def _small(
    connection: duckdb.DuckDBPyConnection, table: str, texts: Sequence[Place]
) -> dict[str, Searched]:
    """A table no larger than a sample: every expression costs more than every cell."""
    cells = [_cells(table, place) for place in texts]
    whole = _counted(connection, cells, _marks(whole=True), glance=True)
    hit = [place for place in texts if place.name in whole and whole[place.name].hit]
    found = _counted(connection, [_cells(table, place) for place in hit], _marks(whole=False))
    return {
        name: Searched(one.filled, {**one.counts, **found.get(name, NOTHING).counts})
        for name, one in whole.items()
    }


def _sampled(
    connection: duckdb.DuckDBPyConnection, table: str, texts: Sequence[Place]
) -> dict[str, Searched]:
    """What the marks of a whole cell find in a sample, the same one each time."""
    connection.execute(
        f"create or replace temp table _sampled_cells as select "
        f"{', '.join(quoted(place.name) for place in texts)} from {table} "
        f"using sample reservoir({SAMPLE} rows) repeatable (20180525)"
    )
    cells = [_cells("temp._sampled_cells", place) for place in texts]
    found = _counted(connection, cells, _marks(whole=True))
    connection.execute("drop table temp._sampled_cells")
    return found


def _marks(*, whole: bool) -> list[tuple[str, int]]:
    """The marks that are a whole cell, or the others, by kind and rank."""
    return [
        (name, rank)
        for name, kind in kinds().items()
        for rank, mark in enumerate(kind.marks)
        if (mark.where == "whole") == whole
    ]


def _likely(place: Place, sampled: Searched) -> bool:
    """Whether a sample holds enough of a kind for the whole column to be counted."""
    for (name, rank), count in sampled.counts.items():
        kind = kinds()[name]
        mark = kind.marks[rank]
        named = kind.named(place.names, persons=True)
        least = mark.named if named else mark.share
        if count.cells and count.cells >= least / 2 * sampled.filled:
            return True
    return False


def _glance(place: Place) -> str:
    """SQL: whether a cell is worth a second look."""
    if place.look == "number":
        return f"abs({quoted(place.name)}) >= {LONG}"
    return f"regexp_matches({place.text}, {every_glance()})"


@cache
def every_glance() -> str:
    """SQL: the expression that every cell is held to."""
    every = dict.fromkeys(glance for kind in kinds().values() for glance in kind.glance)
    return literal("|".join(f"(?:{glance})" for glance in every))


def _glanced(
    connection: duckdb.DuckDBPyConnection, table: str, places: Sequence[Place]
) -> tuple[dict[str, int], list[Place]]:
    """How many cells of each column are filled, and the columns worth a second look."""
    asked = ", ".join(
        f"count({quoted(place.name)}), count(*) filter ({_glance(place)})" for place in places
    )
    row = connection.execute(f"select {asked} from {table}").fetchall()[0]
    filled = {place.name: row[2 * rank] for rank, place in enumerate(places)}
    return filled, [place for rank, place in enumerate(places) if row[2 * rank + 1]]


def _cells(table: str, place: Place, kept: str = "true") -> str:
    """SQL: the distinct texts of a column, and how many cells hold each."""
    return (
        f"select {literal(place.name)} as place, {place.text} as cell, count(*) as n "
        f"from {table} where {quoted(place.name)} is not null and {kept} group by all"
    )


def _counted(
    connection: duckdb.DuckDBPyConnection,
    cells: Sequence[str],
    marks: Sequence[tuple[str, int]],
    *,
    glance: bool = False,
) -> dict[str, Searched]:
    """What each mark finds among distinct texts, by column."""
    if not cells:
        return {}
    names = [f"{kind}_{rank}" for kind, rank in marks]
    judged, sums = [], []
    for name, (kind, rank) in zip(names, marks, strict=True):
        mark = kinds()[kind].marks[rank]
        alike = mark.looks("cell") if mark.evidence else "false"
        judged.append(f"{mark.condition('cell')} as {name}, {alike} as {name}_alike")
        sums.append(
            f"coalesce(sum(n) filter ({name}), 0), coalesce(sum(n) filter ({name}_alike), 0), "
            f"coalesce(sum(n) filter ({name} and words), 0), count(*) filter ({name})"
        )
    seen = f"regexp_matches(cell, {every_glance()})" if glance else "false"
    rows = connection.execute(
        f"with cells as materialized ({' union all '.join(cells)}), judged as materialized "
        f"(select place, n, {seen} as seen, {WORDS} as words, {', '.join(judged)} from cells) "
        f"select place, sum(n), bool_or(seen), {', '.join(sums)} from judged group by place"
    ).fetchall()
    return {
        row[0]: Searched(
            int(row[1]),
            {
                of: Count(*(int(each) for each in row[3 + 4 * i : 7 + 4 * i]))
                for i, of in enumerate(marks)
            },
            hit=bool(row[2]),
        )
        for row in rows
    }
