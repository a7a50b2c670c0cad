"""Which rows of a staged table are emptied, and their emptying. Refusals are `control`'s to tell.

Rows too small, or dominated, are hidden first; then what an earlier release hid, as it is; then the
others without which a subtraction would give them back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from checks.contract import Column, Contract
from checks.disclosure.lines import Lines, Numbers, Reals, lines_of
from checks.disclosure.releases import (
    CELLS,
    changed_a_little,
    hidden_as_they_are,
    prepare_release,
    released_as_they_are,
    remembered,
)
from checks.disclosure.secondary import Cells as Values
from checks.disclosure.secondary import Flags, protect
from checks.disclosure.words import Cells, Disclosure
from resources.keys import Keys
from resources.sql import quoted

SHARE = 0.85  # of a value its largest unit may make, where the kind of unit does not say


@dataclass(frozen=True)
class Hidden:
    """What became of the cells of one count.

    `small` stand on too few units, `dominated` on one that makes too much of them, `kept` were
    hidden in an earlier release, `added` are hidden for the others. `exposed` could not be
    protected, of which `by_earlier` because of what earlier releases told; `known` had been
    released already; `moved` changed, since a version that is remembered (`before`), by less than
    the threshold. `negative`: a value below zero, of which no share can be told.
    """

    cells: Cells
    rows: Numbers
    total: int
    small: int = 0
    dominated: int = 0
    kept: int = 0
    added: int = 0
    exposed: int = 0
    by_earlier: int = 0
    known: int = 0
    before: bool = False
    moved: int = 0
    negative: bool = False


@dataclass(frozen=True)
class Additive:
    """A published column that adds up: its numbers, those that are sensitive, those known."""

    name: str
    value: Reals
    need: Reals
    floor: float
    either: Flags
    released: Flags


def suppress(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, contract: Contract, keys: Keys
) -> list[Hidden]:
    """Empty the rows of a staged table that tell too much, and drop what only the control reads."""
    declared = contract.disclosure
    assert declared is not None
    connection.execute(
        f"create or replace temp table {CELLS.removeprefix('temp.')} as "
        f"select rowid as place, row_number() over (order by rowid) - 1 as row, "
        f"{_cell(declared)} as cell, "
        f"{', '.join(_doubles(declared))} from {table}"
    )
    before = remembered(connection, key)
    found = [
        _hidden(connection, table, key, contract, index, keys if before else None)
        for index in range(len(declared.cells))
    ]
    prepare_release(
        connection,
        keys,
        key,
        [
            (name, hidden.rows.tolist())
            for hidden in found
            for name in _added_up(hidden.cells)
            if name in contract.by_name
        ],
    )
    _empty(connection, table, contract, found)
    return found


def _cell(declared: Disclosure) -> str:
    """A row's place in SQL: its dimensions, as one text."""
    names = [f"{quoted(name)} := {quoted(name)}::varchar" for name in declared.dimensions]
    return f"to_json(struct_pack({', '.join(names)}))::varchar" if names else "'{}'"


def _added_up(cells: Cells) -> list[str]:
    return list(dict.fromkeys((cells.count, *cells.sums)))


def _doubles(declared: Disclosure) -> Iterator[str]:
    """The numbers the control reads; none bears the name of a row or of a cell."""
    names = [
        name
        for cells in declared.cells
        for name in (*_added_up(cells), *filter(None, cells.sums.values()))
    ]
    return (f"{quoted(name)}::double as {quoted(name)}" for name in dict.fromkeys(names))


def _hidden(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    contract: Contract,
    index: int,
    keys: Keys | None,
) -> Hidden:
    """The rows of one count to hide. `keys` are those of earlier releases, None without any."""
    declared = contract.disclosure
    assert declared is not None
    cells = declared.cells[index]
    small, dominated, negative = _sensitive(connection, declared, cells)
    found = Hidden(
        cells,
        np.flatnonzero(small | dominated),
        len(small),
        small=int(small.sum()),
        dominated=int((dominated & ~small).sum()),
        negative=negative,
    )
    hidden = small | dominated
    additive = [
        _additive(connection, key, contract, cells, name, small, dominated, keys)
        for name in _added_up(cells)
        if name in contract.by_name
    ]
    if keys is not None:
        for one in additive:
            # Given back, it would give back what it was hidden for, in the version of that time.
            kept = hidden_as_they_are(connection, keys, key, one.name)
            one.either[kept] = one.need[kept] == 0
            one.need[kept] = np.maximum(one.need[kept], 1.0)
            hidden[kept] = True
        found = replace(
            found,
            before=True,
            kept=int(hidden.sum()) - found.small - found.dominated,
            known=int(sum((one.released & (one.need > 0)).sum() for one in additive)),
        )
    if keys is not None and cells.count in contract.by_name:
        close = changed_a_little(connection, key, cells.count, declared.kind.minimum)
        found = replace(found, moved=int((~hidden[close]).sum()))
    if not hidden.any():
        return found
    lines = _known_lines(
        lines_of(connection, table, declared), _numbers(connection, cells.count), declared
    )
    before = hidden.copy()
    exposed, by_earlier = set[int](), set[int]()
    for one in additive if lines else []:
        values = Values(one.value, one.floor, one.need, one.either, one.released)
        hidden, left = protect(values, lines, hidden)
        exposed |= set(left.tolist())
        if len(left) and one.released.any():
            free = replace(values, fixed=np.zeros_like(one.released))
            by_earlier |= set(left.tolist()) - set(protect(free, lines, hidden)[1].tolist())
    return replace(
        found,
        rows=np.flatnonzero(hidden),
        added=int(hidden.sum() - before.sum()),
        exposed=len(exposed),
        by_earlier=len(by_earlier),
    )


def _numbers(connection: duckdb.DuckDBPyConnection, name: str) -> Reals:
    """A column of the version, nulls as NaN."""
    found = connection.execute(f"select {quoted(name)} from {CELLS} order by row").fetchnumpy()
    return np.ma.filled(np.ma.asarray(found[name]).astype(np.float64), np.nan)


def _sensitive(
    connection: duckdb.DuckDBPyConnection, declared: Disclosure, cells: Cells
) -> tuple[Flags, Flags, bool]:
    """Rows on too few units, rows dominated by one, and whether a value is below zero."""
    count = _numbers(connection, cells.count)
    small = (count < declared.kind.minimum) & (count != 0)
    if not declared.uncounted:
        small |= np.isnan(count)
    dominated, negative = np.zeros_like(small), False
    share = declared.kind.dominance_pct
    for name, largest in cells.sums.items():
        value = _numbers(connection, name)
        small |= (count == 0) & (np.nan_to_num(value) != 0)  # somebody stands behind it
        if largest is None:
            continue
        most = _numbers(connection, largest)
        negative |= bool((value < 0).any() or (most < 0).any())
        # No share can be told of a value without its largest part: it is hidden.
        told = ~np.isnan(value) & (value != 0)
        unknown = told & np.isnan(most)
        if share is not None:
            dominated |= unknown | (told & (most > share / 100 * value))
    return small, dominated, negative


def _additive(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    contract: Contract,
    cells: Cells,
    name: str,
    small: Flags,
    dominated: Flags,
    keys: Keys | None,
) -> Additive:
    """A published column that adds up, and how far each sensitive value must be able to stand.

    A count must be able to reach the threshold, so that nobody may say it is small; so must a sum,
    and what it would be if all of it were the most that one unit may make of a sum.
    """
    declared = contract.disclosure
    assert declared is not None
    value = _numbers(connection, name)
    known = np.nan_to_num(value)
    if name == cells.count:
        need = np.where(small, declared.kind.minimum - known, 0.0)
    else:
        need = np.where(small | dominated, _interval(known, declared), 0.0)
        need = np.where(small, np.maximum(need, declared.kind.minimum - known), need)
    released = np.isnan(value)
    if keys is not None:
        released[released_as_they_are(connection, key, name)] = True
    need, floor = np.maximum(need, 0), _floor(contract.by_name[name], known)
    return Additive(name, known, need, floor, np.zeros_like(small), released)


def _interval(values: Reals, declared: Disclosure) -> Reals:
    """How far above its value a protected one must be able to stand, for nobody to know it."""
    share = (declared.kind.dominance_pct or 100 * SHARE) / 100
    return np.maximum(values * (1 / share - 1), 1.0)


def _floor(column: Column, values: Reals) -> float:
    """Under what everyone knows no hidden value stands: 1 for a number of things, as 0 is shown."""
    return 1.0 if column.type == "integer" and (values >= 0).all() else 0.0


def _known_lines(lines: Sequence[Lines], count: Reals, declared: Disclosure) -> list[Lines]:
    """The lines whose sum is known: a margin too small to be told is not, wherever it stands."""
    kept = []
    for rank, kind in enumerate(lines):
        line = kind.line.copy()
        if rank < len(declared.margins):
            inside = line >= 0
            units = np.bincount(line[inside], weights=np.nan_to_num(count[inside]))
            line[inside] = np.where(units[line[inside]] < declared.kind.minimum, -1, line[inside])
        kept.append(Lines(line, kind.sign))
    return kept


def _empty(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract, found: Sequence[Hidden]
) -> None:
    """Write the table again without what is hidden, with its markers, in the same order."""
    declared = contract.disclosure
    assert declared is not None
    shown = {column.name: f"it.{quoted(column.name)}" for column in contract.columns}
    for index, hidden in enumerate(found):
        inside = (
            f"(it.rowid in (select place from {CELLS} where row in (select unnest(${index + 1}))))"
        )
        for name in declared.hidden_by(index, contract.by_name):
            shown[name] = f"case when not {inside} then it.{quoted(name)} end"
        if hidden.cells.marker:
            shown[hidden.cells.marker] = inside
    columns = ", ".join(f"{said} as {quoted(name)}" for name, said in shown.items())
    connection.execute(
        f"create or replace table {table} as select {columns} from {table} as it order by it.rowid",
        [hidden.rows.tolist() for hidden in found],
    )
