"""From what marks found in the columns of a table to findings: shares, titles, chance, company.

Pure: counts in, findings out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from checks.protection.columns import Place
from checks.protection.counting import Count, Searched
from checks.protection.finding import Finding
from checks.protection.kind import NEVER, Kind, Mark, kinds, says

# Fewer different values than this are a label, not people.
FEW = 3


def findings_of(
    places: Sequence[Place],
    searched: Mapping[str, Searched],
    *,
    persons: bool,
    nobody: Callable[[Finding], bool],
) -> list[Finding]:
    """What each column holds.

    `persons`: the table is already known to hold some; `nobody`: a finding was cleared. « nom »
    beside a first name is somebody's, the address of a school is nobody's: so a table is judged
    first on what needs no company, then again if it holds persons.
    """
    alone = [one for place in places for one in _in_column(place, searched, persons=False)]
    if not persons and not leads_to_somebody(alone, nobody):
        return [one for one in alone if not _needs_company(places, one)]
    return [one for place in places for one in _in_column(place, searched, persons=True)]


def leads_to_somebody(findings: Sequence[Finding], nobody: Callable[[Finding], bool]) -> bool:
    """Whether one of these is enough to tell a person."""
    return any(kinds()[one.kind].person and not nobody(one) for one in findings)


def _needs_company(places: Sequence[Place], finding: Finding) -> bool:
    kind = kinds()[finding.kind]
    named = any(kind.named(place.names) for place in places if place.name == finding.column)
    return kind.beside and not named and not finding.in_words


def _in_column(
    place: Place, searched: Mapping[str, Searched], *, persons: bool
) -> Iterator[Finding]:
    known = searched.get(place.name)
    if known is None:
        return
    for name, kind in kinds().items():
        believed = [
            (mark, count)
            for rank, mark in enumerate(kind.marks)
            if (count := known.counts.get((name, rank))) is not None
            and _believed(kind, mark, place, count, known.filled, persons=persons)
        ]
        if believed:
            yield _finding(place, name, known.filled, believed)


def _believed(
    kind: Kind, mark: Mark, place: Place, count: Count, filled: int, *, persons: bool
) -> bool:
    """Whether what a mark found is more than chance."""
    if not count.cells or (mark.evidence and count.cells < mark.evidence * count.alike):
        return False
    if kind.named(place.names, persons=persons):
        return count.cells >= mark.named * filled
    if mark.share >= NEVER:
        return False
    if mark.where == "whole" and (
        count.distinct < FEW or any(says(name, kind.things) for name in place.names)
    ):
        return False
    return count.cells >= max(mark.cells, mark.share * filled)


def _finding(
    place: Place, kind: str, filled: int, believed: Sequence[tuple[Mark, Count]]
) -> Finding:
    cells = min(filled, sum(count.cells for _, count in believed))
    in_words = sum(count.in_words for mark, count in believed if mark.where != "whole")
    return Finding(place.name, kind, cells, filled, in_words=2 * in_words > cells)
