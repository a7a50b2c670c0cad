"""What the control did to the cells of one count: what the verdicts and the memory are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.disclosure.lines import Flags, Lines, Numbers
from checks.disclosure.words import Cells


@dataclass(frozen=True)
class Hidden:
    """What became of the cells of one count.

    `sensitive` tell too much by themselves; `lines` are those whose sum is known, of every cell.
    `small` stand on too few units, `dominated` on one that makes too much of them, `left` leave too
    few of what they are a part of, `kept` hold what an earlier release hid, `added` are hidden for
    the others. `exposed` could not be protected, of which `by_earlier` because of what earlier
    releases told; `known` had been released already; `moved` changed, since a version that is
    remembered (`before`), by less than the threshold. `negative`: a value below zero, of which no
    share can be told.
    """

    cells: Cells
    rows: Numbers
    total: int
    sensitive: Flags
    lines: Sequence[Lines]
    small: int = 0
    dominated: int = 0
    left: int = 0
    kept: int = 0
    added: int = 0
    exposed: int = 0
    by_earlier: int = 0
    known: int = 0
    before: bool = False
    moved: int = 0
    negative: bool = False

    def stood(self) -> dict[int, tuple[bool, list[str]]]:
        """Of each hidden row, whether it told too much by itself, and the lines it stands in."""
        return {
            int(row): (
                bool(self.sensitive[row]),
                [
                    f"{rank}:{kind.line[row]}{'+' if kind.sign[row] > 0 else '-'}"
                    for rank, kind in enumerate(self.lines)
                    if kind.line[row] >= 0
                ],
            )
            for row in self.rows
        }
