"""The lines of a table as one sparse system, and which of its cells are the cheapest to hide."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from checks.disclosure.lines import Flags, Lines, Numbers, Reals


def matrix(lines: Sequence[Lines]) -> Any:
    """The equations: one row per line, one column per cell."""
    from scipy.sparse import csc_array, vstack

    rows = []
    for kind in lines:
        inside = np.flatnonzero(kind.line >= 0)
        known, number = np.unique(kind.line[inside], return_inverse=True)
        shape = (len(known), len(kind.line))
        rows.append(csc_array((kind.sign[inside], (number, inside)), shape=shape))
    return vstack(rows, format="csc")


def cheapest(value: Reals, lines: Sequence[Lines], possible: Flags) -> Numbers:
    """How cheap each cell is to hide, among those of the line where it is the cheapest."""
    best = np.full(len(possible), np.iinfo(np.int64).max)
    order = np.argsort(np.where(possible, value, np.inf), kind="stable")
    for kind in lines:
        # Sorted by line, and by cost within each: the rank starts again with every line.
        row = order[np.argsort(kind.line[order], kind="stable")]
        line = kind.line[row]
        starts = np.flatnonzero(np.r_[True, line[1:] != line[:-1]])
        rank = np.arange(len(row)) - np.repeat(starts, np.diff(np.r_[starts, len(row)]))
        inside = line >= 0
        best[row[inside]] = np.minimum(best[row[inside]], rank[inside])
    return best
