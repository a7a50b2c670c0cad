"""Which rows of a staged table are emptied, and their emptying. Refusals are `control`'s to tell.

Rows too small, or dominated, are hidden first; then what an earlier release hid, as it is; then the
others without which a subtraction would give them back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np

from checks.contract import Contract
from checks.disclosure.cells import AT_HAND, added_up, lay_out, numbers
from checks.disclosure.lines import Lines, Numbers, Reals, lines_of
from checks.disclosure.moves import moves
from checks.disclosure.releases import (
    Seals,
    changed_a_little,
    hidden_as_they_are,
    prepare_release,
    released_as_they_are,
    remembered,
)
from checks.disclosure.secondary import Cells as Values
from checks.disclosure.secondary import Flags, protect
from checks.disclosure.sensitive import sensitive, values_of
from checks.disclosure.words import Cells, Disclosure
from resources.keys import Keys
from resources.sql import quoted


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
    found = [_hidden(connection, contract, cells, lines, history) for cells in declared.cells]
    prepare_release(
        connection,
        seals,
        key,
        [
            (name, hidden.rows.tolist())
            for hidden in found
            for name in _published(hidden.cells, contract)
        ],
    )
    _empty(connection, table, contract, found)
    return found


@dataclass(frozen=True)
class _History:
    """The earlier releases of the table, and what they say of the version at hand."""

    connection: duckdb.DuckDBPyConnection
    key: str
    seals: Seals

    def applied(
        self, declared: Disclosure, name: str, values: Values, hidden: Flags
    ) -> tuple[Values, Flags, Lines | None]:
        """A column with what is known of it, the rows that stay hidden, the sums it tells."""
        fixed, stays = values.fixed.copy(), np.zeros_like(hidden)
        fixed[released_as_they_are(self.connection, self.key, name)] = True
        stays[hidden_as_they_are(self.connection, self.seals, self.key, name)] = True
        sums = None
        if declared.moved:
            told = moves(self.connection, self.key, declared, name, self.seals)
            stays |= told.mixed | told.kept
            sums = told.sums
        # Given back, it would give back what it was hidden for, in the version of that time.
        need = np.where(stays, np.maximum(values.need, 1.0), values.need)
        either = stays & (values.need == 0)
        return replace(values, fixed=fixed, need=need, either=either), stays, sums


def _hidden(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    cells: Cells,
    lines: Sequence[Lines],
    history: _History | None,
) -> Hidden:
    """The rows of one count to hide."""
    declared = contract.disclosure
    assert declared is not None
    by_itself = sensitive(connection, declared, cells)
    hidden, sums = by_itself.hidden, list[Lines]()
    columns = {
        name: values_of(connection, contract, cells, name, by_itself)
        for name in _published(cells, contract)
    }
    moved = 0
    if history is not None:
        for name, values in columns.items():
            columns[name], stays, told = history.applied(declared, name, values, hidden)
            hidden = hidden | stays
            sums += [told] if told else []
        if cells.count in columns:
            least = declared.kind.minimum
            close = changed_a_little(connection, history.key, cells.count, least)
            moved = int((~hidden[close]).sum())
    known = sum((one.fixed & (one.need > 0) & (one.value != 0)).sum() for one in columns.values())
    sure = [*_known(lines, numbers(connection, cells.count), declared), *sums]
    before, exposed, by_earlier = hidden, set[int](), set[int]()
    for values in columns.values() if sure and hidden.any() else ():
        hidden, left = protect(values, sure, hidden)
        exposed |= set(left.tolist())
        if history is not None and len(left):
            free = replace(values, fixed=np.zeros_like(values.fixed))
            alone = protect(free, sure[: len(lines)], hidden)[1]
            by_earlier |= set(left.tolist()) - set(alone.tolist())
    return Hidden(
        cells,
        np.flatnonzero(hidden),
        len(hidden),
        small=int(by_itself.small.sum()),
        dominated=int((by_itself.dominated & ~by_itself.small).sum()),
        kept=int((before & ~by_itself.hidden).sum()),
        added=int((hidden & ~before).sum()),
        exposed=len(exposed),
        by_earlier=len(by_earlier),
        known=int(known),
        before=history is not None,
        moved=moved,
        negative=by_itself.negative,
    )


def _published(cells: Cells, contract: Contract) -> list[str]:
    """The columns that add up and are kept: those the query gives for the control are not."""
    return [name for name in added_up(cells) if name in contract.by_name]


def _known(lines: Sequence[Lines], count: Reals, declared: Disclosure) -> list[Lines]:
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


def _empty(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract, found: Sequence[Hidden]
) -> None:
    """Write the table again without what is hidden, with its markers, in the same order."""
    declared = contract.disclosure
    assert declared is not None
    shown = {column.name: f"it.{quoted(column.name)}" for column in contract.columns}
    for index, hidden in enumerate(found):
        inside = (
            f"(it.rowid in (select _place from {AT_HAND} "
            f"where _row in (select unnest(${index + 1}))))"
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
