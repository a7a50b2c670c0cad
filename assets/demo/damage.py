"""How clean lines become a real file: defects put in one by one, counted, never two on one line.

What a defect looks like, and its rate, are told by each generator. The rates are near those
measured in real files, and small enough for the quarantine thresholds of the contracts.
"""

import csv
import io
from collections.abc import Callable, Sequence

from assets.demo.chance import Chance
from assets.demo.world import Defect, Fate, Generated

Row = dict[str, str]
Change = Callable[[Row], Row | None]


class Damage:
    """The lines of a file being spoilt. One defect a line, so that counts can be checked."""

    def __init__(self, rows: list[Row], chance: Chance) -> None:
        self._rows = rows
        self._chance = chance
        self._free = chance.order(len(rows))
        self._defects: list[Defect] = []

    def spoil(
        self, label: str, rate: float, change: Change, fate: Fate, reason: str | None = None
    ) -> None:
        """Change a share of the lines, at least one; a line the change refuses (None) is left."""
        wanted, kept, done = max(1, round(rate * len(self._rows))), [], 0
        for position in self._free:
            spoilt = change(self._rows[position]) if done < wanted else None
            if spoilt is None:
                kept.append(position)
            else:
                self._rows[position] = spoilt
                done += 1
        self._free = kept
        self._count(label, done, fate, reason)

    def repeat(self, label: str, rate: float) -> None:
        """Write a share of the clean lines twice, the second anywhere in the file. Comes last."""
        wanted = max(1, round(rate * len(self._rows)))
        copies = [dict(self._rows[position]) for position in self._free[:wanted]]
        for copy in copies:
            self._rows.insert(self._chance.between(0, len(self._rows)), copy)
        self._count(label, len(copies), Fate.QUARANTINED, "DOUBLON")

    def add(self, label: str, rows: list[Row], fate: Fate, reason: str | None = None) -> None:
        """Put at the end of the file lines that should not be in it."""
        self._rows.extend(rows)
        self._count(label, len(rows), fate, reason)

    def note(self, label: str, carries: Callable[[Row], bool], fate: Fate) -> None:
        """Declare a defect some lines already have; these will have no other."""
        free = [position for position in self._free if not carries(self._rows[position])]
        self._count(label, len(self._free) - len(free), fate)
        self._free = free

    def _count(self, label: str, lines: int, fate: Fate, reason: str | None = None) -> None:
        """A defect that no line carries is not told."""
        if lines:
            self._defects.append(Defect(label, lines, fate, reason))

    def written(
        self,
        header: Sequence[str],
        *,
        encoding: str = "utf-8",
        delimiter: str = ",",
        line_end: str = "\n",
    ) -> Generated:
        """The file. `utf-8-sig` writes the byte order mark that spreadsheets add."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
        writer.writerow(header)
        writer.writerows(row.values() for row in self._rows)
        content = text.getvalue().encode(encoding)
        return Generated(content, len(self._rows), tuple(self._defects))


def replaced(row: Row, **values: str) -> Row:
    """The line with some of its values changed, in the same order."""
    return {**row, **values}
