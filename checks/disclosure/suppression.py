"""Which rows of a staged table are emptied, and their emptying. Refusals are `control`'s to tell.

Rows too small, or dominated, are hidden first; then those that hold what an earlier release hid;
then the others without which a subtraction, of this or an earlier version, would give them back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from checks.contract import Contract
from checks.disclosure.cells import added_up, lay_out, numbers
from checks.disclosure.earlier import Past, past
from checks.disclosure.emptying import empty
from checks.disclosure.hidden import Hidden
from checks.disclosure.lines import Flags, Lines, Reals, lines_of
from checks.disclosure.moves import moves
from checks.disclosure.releases import (
    Seals,
    changed_a_little,
    hidden_as_they_are,
    hidden_before,
    prepare_column,
    prepare_release,
    released_as_they_are,
    remembered,
)
from checks.disclosure.secondary import Cells as Values
from checks.disclosure.secondary import protect
from checks.disclosure.sensitive import sensitive, values_of
from checks.disclosure.words import Cells, Disclosure
from resources.keys import Keys


def suppress(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, contract: Contract, keys: Keys
) -> list[Hidden]:
    """Empty the rows of a staged table that tell too much, and drop what only the control reads."""
    declared = contract.disclosure
    assert declared is not None
    lay_out(connection, table, declared)
    lines = lines_of(connection, table, declared)
    seals = Seals(keys, key)
    history = _History(connection, key, seals) if remembered(connection, key) else None
    found: list[Hidden] = []
    for cells in declared.cells:
        read = [one for one in found if one.cells.count == cells.within]
        found.append(_hidden(connection, contract, cells, lines, history, read))
    prepare_release(connection)
    for hidden in found:
        stood = hidden.stood()
        for name in _published(hidden.cells, contract):
            prepare_column(connection, seals, key, name, stood)
    empty(connection, table, contract, found)
    return found


@dataclass(frozen=True)
class _History:
    """The earlier releases of the table, and what they say of the version at hand."""

    connection: duckdb.DuckDBPyConnection
    key: str
    seals: Seals

    def applied(self, declared: Disclosure, name: str, values: Values) -> "_Known":
        """What is known of a column, and what must not become so."""
        fixed = values.fixed.copy()
        fixed[released_as_they_are(self.connection, self.key, name)] = True
        same = hidden_as_they_are(self.connection, self.seals, self.key, name)
        stays, sums = np.zeros_like(fixed), list[Lines]()
        if declared.moved:
            told = moves(self.connection, self.key, declared, name, self.seals)
            same |= told.same
            stays, sums = told.mixed, [told.sums]
        either = stays & (values.need == 0)
        need = np.where(stays, np.maximum(values.need, 1.0), values.need)
        return _Known(
            replace(values, fixed=fixed, need=need, either=either),
            stays,
            sums,
            past(hidden_before(self.connection, self.seals, self.key, name), same),
        )


@dataclass(frozen=True)
class _Known:
    """A column, the cells that stay hidden, the sums that are known, what the past adds up."""

    values: Values
    stays: Flags
    sums: Sequence[Lines]
    past: Past


def _hidden(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    cells: Cells,
    lines: Sequence[Lines],
    history: _History | None,
    within: Sequence[Hidden],
) -> Hidden:
    """The rows of one count to hide; `within` is what became of the count it is a part of."""
    declared = contract.disclosure
    assert declared is not None
    by_itself = sensitive(connection, declared, cells)
    columns = {}
    whole = np.zeros_like(by_itself.small)
    for above in within:
        whole[:] = above.cells.count in contract.by_name
        whole[above.rows] = False
    for name in _published(cells, contract):
        values = values_of(connection, contract, cells, name, by_itself, whole)
        nothing = _Known(values, np.zeros_like(by_itself.small), [], past([], {}))
        columns[name] = history.applied(declared, name, values) if history else nothing
    hidden = np.logical_or.reduce([by_itself.hidden, *(one.stays for one in columns.values())])
    before, many = hidden, len(hidden)
    sure = _sure(lines, numbers(connection, cells.count), declared)
    exposed, by_earlier = set[int](), set[int]()
    for one in columns.values():
        chosen, left = _protected(one, sure, hidden)
        hidden = chosen
        exposed |= left
        if history is not None and left:
            free = replace(one.values, fixed=np.isinf(one.values.value))
            _, alone = _protected(_Known(free, one.stays, [], past([], {})), sure, hidden)
            by_earlier |= left - alone
    known = sum((one.values.fixed & by_itself.hidden).sum() for one in columns.values())
    return Hidden(
        cells,
        np.flatnonzero(hidden),
        many,
        sensitive=by_itself.hidden,
        lines=sure,
        small=int(by_itself.small.sum()),
        dominated=int((by_itself.dominated & ~by_itself.small).sum()),
        left=int((by_itself.left & ~by_itself.small & ~by_itself.dominated).sum()),
        kept=int((before & ~by_itself.hidden).sum()),
        added=int((hidden & ~before).sum()),
        exposed=len(exposed),
        by_earlier=len(by_earlier),
        known=int(known),
        before=history is not None,
        moved=_moved(history, declared, cells, columns, hidden),
        negative=by_itself.negative,
    )


def _protected(one: _Known, lines: Sequence[Lines], hidden: Flags) -> tuple[Flags, set[int]]:
    """The cells to hide so that a column gives nothing away, and those it gives away yet."""
    many, old = len(hidden), len(one.past.unknowns)
    every = one.past.lines([*lines, *one.sums], many)
    if not every:
        return hidden, set()
    chosen, left = protect(
        one.past.joined(one.values), every, np.r_[hidden, np.ones(old, np.bool_)]
    )
    return chosen[:many], set(left.tolist())


def _moved(
    history: _History | None,
    declared: Disclosure,
    cells: Cells,
    columns: Mapping[str, _Known],
    hidden: Flags,
) -> int:
    """How many counts that are shown differ by too little from one that was."""
    if history is None or cells.count not in columns:
        return 0
    least = declared.kind.minimum
    close = changed_a_little(history.connection, history.key, cells.count, least)
    return int((~hidden[close]).sum())


def _published(cells: Cells, contract: Contract) -> list[str]:
    """The columns that add up and are kept: those the query gives for the control are not."""
    return [name for name in added_up(cells) if name in contract.by_name]


def _sure(lines: Sequence[Lines], count: Reals, declared: Disclosure) -> list[Lines]:
    """The lines whose sum is known: a margin too small to be told is not, wherever it stands."""
    kept = []
    for rank, kind in enumerate(lines):
        line = kind.line.copy()
        if rank < len(declared.margins):
            inside = line >= 0
            units = np.bincount(line[inside], weights=np.nan_to_num(count[inside]))
            small = units < declared.kind.minimum
            line[inside] = np.where(small[line[inside]], -1, line[inside])
        kept.append(Lines(line, kind.sign))
    return kept
