"""The whole of a table searched for every kind, in DuckDB.

Every cell is read once by one cheap expression (RE2: linear time, whatever the cell). Only the
distinct texts it stops at are held to each kind and its key. What is believed on a share of the
column is first looked for in a sample, then counted on the whole column.
"""

from collections.abc import Collection, Sequence

import duckdb

from checks.protection.columns import Place
from checks.protection.counting import Asked, Count, Of, Searched, counted, mark_of
from checks.protection.glance import every_glance, worth_a_look
from checks.protection.kind import NEVER, kinds
from resources.sql import literal, quoted

# Under this, the sample is the whole table; above, a third of a column is missed by no sample.
SAMPLE = 1_000
SEEN = "temp._seen_cells"


def search(
    connection: duckdb.DuckDBPyConnection, table: str, places: Sequence[Place]
) -> dict[str, Searched]:
    """What every mark finds in the columns of a table, whole."""
    texts = [place for place in places if place.look != "date"]
    if not texts:
        return {}
    (rows,) = connection.execute(f"select count(*) from {table}").fetchall()[0]
    if not rows:
        return {}
    if rows <= SAMPLE:
        filled, likely, hit = _tried(connection, table, texts)
    else:
        connection.execute(
            f"create or replace temp table _sampled_cells as select "
            f"{', '.join(quoted(place.name) for place in texts)} from {table} "
            f"using sample reservoir({SAMPLE} rows) repeatable (20180525)"
        )
        _, likely, dense = _tried(connection, "temp._sampled_cells", texts)
        connection.execute("drop table temp._sampled_cells")
        filled, hit = _glanced(connection, table, texts, dense)
    filled_cells = _cells(table, [(p, f"{quoted(p.name)} is not null") for p, _ in likely])
    whole = counted(connection, filled_cells, likely)
    anywhere = _looked_again(connection, table, hit)
    return {
        place.name: Searched(
            filled.get(place.name, 0),  # a table without a row says nothing
            {**whole.get(place.name, {}), **anywhere.get(place.name, {})},
        )
        for place in texts
    }


def _wholes(texts: Sequence[Place]) -> list[Of]:
    """The marks that are a whole cell, without those which the titles of no column call for."""
    return [
        (name, rank)
        for name, kind in kinds().items()
        for rank, mark in enumerate(kind.marks)
        if mark.where == "whole"
        and (mark.share < NEVER or any(kind.named(p.names, persons=True) for p in texts))
    ]


def _cells(table: str, places: Sequence[tuple[Place, str]]) -> str:
    """SQL: the distinct texts of columns where a condition holds, and how often each is found."""
    cells = (
        f"select {rank}::integer as place, {place.text} as cell, count(*) as n from {table} "
        f"where {condition} group by all"
        for rank, (place, condition) in enumerate(places)
    )
    return f"({' union all '.join(cells)})"


def _looked_again(
    connection: duckdb.DuckDBPyConnection, table: str, hit: Sequence[Place]
) -> dict[str, dict[Of, Count]]:
    """What the marks looked for anywhere find in columns where something was seen at a glance.

    What was seen is set apart once: its distinct texts are then held to each kind that may be.
    """
    if not hit:
        return {}
    seen = _cells(table, [(place, worth_a_look(place)) for place in hit])
    connection.execute(f"create or replace temp table _seen_cells as from {seen}")
    try:
        seen_kinds = _kinds_seen(connection, len(hit))
        asked = [(place, _anywheres(seen_kinds[rank])) for rank, place in enumerate(hit)]
        return counted(connection, SEEN, asked)
    finally:
        connection.execute(f"drop table {SEEN}")


def _anywheres(names: Collection[str]) -> list[Of]:
    """The marks of kinds that are looked for anywhere in a cell."""
    return [
        (name, rank)
        for name, kind in kinds().items()
        if name in names
        for rank, mark in enumerate(kind.marks)
        if mark.where != "whole"
    ]


def _kinds_seen(connection: duckdb.DuckDBPyConnection, places: int) -> list[set[str]]:
    """The kinds that some cells of each place may hold.

    Most cells of a place are seen for one kind, which a few of them tell: all are then held to the
    glances of the others at once, and only where one says something, to each.
    """
    every = [name for name, kind in kinds().items() if kind.glance]
    (count,) = connection.execute(f"select count(*) from {SEEN}").fetchall()[0]
    if count <= SAMPLE:
        return _seen(connection, SEEN, every, places)
    few = (f"(from {SEEN} where place = {place} limit {SAMPLE})" for place in range(places))
    found = _seen(connection, f"({' union all '.join(few)})", every, places)
    for place in range(places):
        others = [name for name in every if name not in found[place]]
        if others:
            rest = literal("|".join(glance for name in others for glance in kinds()[name].glance))
            cells = f"(from {SEEN} where place = {place} and regexp_matches(cell, {rest}))"
            found[place] |= _seen(connection, cells, others, places)[place]
    return found


def _seen(
    connection: duckdb.DuckDBPyConnection, cells: str, names: Sequence[str], places: int
) -> list[set[str]]:
    """The kinds among these that are seen at a glance in some cells of each place."""
    glances = ", ".join(
        f"bool_or(regexp_matches(cell, {literal('|'.join(kinds()[name].glance))}))"
        for name in names
    )
    found: list[set[str]] = [set() for _ in range(places)]
    query = f"select place, {glances} from {cells} group by place"
    for place, *seen in connection.execute(query).fetchall():
        found[place] = {name for name, is_seen in zip(names, seen, strict=True) if is_seen}
    return found


def _tried(
    connection: duckdb.DuckDBPyConnection, table: str, texts: Sequence[Place]
) -> tuple[dict[str, int], Asked, list[Place]]:
    """How many cells are filled, which marks of a whole cell are worth counting where, and the
    columns worth a second look.

    In a small table every expression costs more than every cell: one figure for each mark.
    """
    marks = _wholes(texts)
    cells = " union all ".join(
        f"select {rank} as place, {place.text} as cell from {table}"
        for rank, place in enumerate(texts)
    )
    glance = f"bool_or(regexp_matches(cell, {every_glance()}))"
    tries = "".join(f", count(*) filter ({mark_of(of).condition('cell')})" for of in marks)
    rows = connection.execute(
        f"with cells as materialized ({cells}) "
        f"select place, count(cell), {glance}{tries} from cells group by place"
    ).fetchall()
    filled, likely, hit = {}, [], []
    for rank, count, glanced, *found in rows:
        place = texts[rank]
        filled[place.name] = count
        worth = [of for of, n in zip(marks, found, strict=True) if _worth(place, of, n, count)]
        likely += [(place, worth)] if worth else []
        hit += [place] if glanced else []
    return filled, likely, hit


def _worth(place: Place, of: Of, found: int, filled: int) -> bool:
    """Whether a sample holds enough of a kind for the whole column to be counted."""
    mark = mark_of(of)
    named = kinds()[of[0]].named(place.names, persons=True)
    return found > 0 and found >= (mark.named if named else mark.share) / 2 * filled


def _glanced(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    places: Sequence[Place],
    dense: Sequence[Place],
) -> tuple[dict[str, int], list[Place]]:
    """How many cells of each column are filled, and the columns worth a second look.

    Those of which a sample was already worth it (`dense`) are not glanced at. The others are read
    row by row, as one text: half the cost of reading them one by one, which only the rows where
    something was seen are.
    """
    seen, numbers = list(dense), [place for place in places if place.look == "number"]
    left = [place for place in places if place not in seen and place not in numbers]
    # Two signs between cells: no number of one goes on in the next.
    row = f"concat_ws(chr(10) || chr(10), {', '.join(p.text for p in left)})" if left else "''"
    glance = f"regexp_matches({row}, {every_glance()})"
    asked = [f"count({quoted(place.name)})" for place in places]
    asked += [f"count(*) filter ({worth_a_look(place)})" for place in numbers]
    *counts, rows = connection.execute(
        f"select {', '.join(asked)}, count(*) filter ({glance}) from {table}"
    ).fetchall()[0]
    filled = {place.name: count for place, count in zip(places, counts, strict=False)}
    found = list(zip(numbers, counts[len(places) :], strict=True))
    if rows:
        each = ", ".join(f"count(*) filter ({worth_a_look(place)})" for place in left)
        found += zip(
            left,
            connection.execute(f"select {each} from {table} where {glance}").fetchall()[0],
            strict=True,
        )
    return filled, [*seen, *(place for place, count in found if count and place not in seen)]
