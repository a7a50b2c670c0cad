"""Which cells tell too much by themselves, and how little must be known of each that is hidden."""

from dataclasses import dataclass, replace

import duckdb
import numpy as np

from checks.contract import Column, Contract
from checks.disclosure.cells import numbers
from checks.disclosure.lines import Flags, Reals
from checks.disclosure.secondary import Cells as Values
from checks.disclosure.words import Cells, Disclosure

SHARE_PCT = 85.0  # of a value its largest unit may make, where the kind of unit does not say


@dataclass(frozen=True)
class Sensitive:
    """Cells on too few units, cells dominated by one, whether some value is below zero; and cells
    that leave too few units of what they are a part of.
    """

    small: Flags
    dominated: Flags
    negative: bool
    left: Flags

    @property
    def hidden(self) -> Flags:
        """Those that may not be shown."""
        return self.small | self.dominated | self.left


def sensitive(
    connection: duckdb.DuckDBPyConnection, declared: Disclosure, cells: Cells
) -> Sensitive:
    """What the number of units of each cell, and the largest share of each sum, make of it."""
    count = numbers(connection, cells.count)
    small = (count < declared.kind.minimum) & (count != 0)
    if not declared.uncounted:
        small |= np.isnan(count)
    dominated, negative = np.zeros_like(small), False
    for name, largest in cells.sums.items():
        value = numbers(connection, name)
        told = ~np.isnan(value) & (value != 0)
        small |= told & (count == 0)  # somebody stands behind it
        if largest is None:
            continue
        most = numbers(connection, largest)
        negative |= bool((value < 0).any() or (most < 0).any())
        if declared.kind.dominance_pct is not None:
            # Of a value whose largest part is not known, nothing says it is not all of it.
            dominated |= told & ~(most <= declared.kind.dominance_pct / 100 * value)
    left = np.zeros_like(small)
    if cells.within:
        rest = numbers(connection, cells.within) - count
        left = (rest < declared.kind.minimum) & (rest != 0)
    return Sensitive(small, dominated, negative, left)


def values_of(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    cells: Cells,
    name: str,
    found: Sensitive,
    whole: Flags,
) -> Values:
    """A published column that adds up, and how far each sensitive value must be able to stand.

    `whole` are the rows where anyone reads what the count is a part of: it is no more than that,
    and must be able to leave the threshold. A count must be able to reach the threshold, so that
    nobody may say it is small; so must a sum, and what it would be if all of it were the most that
    one unit may make of a sum.
    """
    declared = contract.disclosure
    assert declared is not None
    value = numbers(connection, name)
    known = np.nan_to_num(value)
    reach = np.maximum(declared.kind.minimum - known, 0)
    need = np.where(found.small, reach, 0.0)
    if name != cells.count:
        share = (declared.kind.dominance_pct or SHARE_PCT) / 100
        interval = np.maximum(known * (1 / share - 1), 1.0)
        need = np.where(found.hidden, np.maximum(need, interval), 0.0)
    floor = 0.0 if cells.within else _floor(contract.by_name[name], known)
    made = Values(known, floor, need, np.zeros_like(found.small), np.isnan(value))
    if name != cells.count or not cells.within:
        return made
    most = np.where(whole, np.nan_to_num(numbers(connection, cells.within)), np.inf)
    short = np.maximum(declared.kind.minimum - (most - known), 0)
    return replace(made, most=most, fall=np.where(found.left & whole, short, 0.0))


def _floor(column: Column, values: Reals) -> float:
    """Under what everyone knows no hidden value stands: 1 for a number of things, as 0 is shown."""
    return 1.0 if column.type == "integer" and (values >= 0).all() else 0.0
