"""The word `disclosure:` of a contract: what a table counts, and what must not be told of it.

Which words exist, nothing more: how they agree with the rest of the contract is in
`checks.disclosure.agreement`, what they cause in `checks.disclosure.control`.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from checks.disclosure.thresholds import Kind, thresholds
from checks.strict import Strict

ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Cells(Strict):
    """One number of units per row, and the columns that are emptied when it is too small.

    `count` and the values of `sums` may be columns that the query gives and the contract has not:
    they are read by the control and never kept. `sums` are the columns that add up from one cell
    to another, each with the column of the largest share one unit has in it, or null where
    dominance has no meaning. `hides` are the other columns emptied with the cell: without it, all
    those that nothing else speaks of. `marker` is made by the control: true where it hid. `within`
    is the count, among those before, of which this one is a part: what is left of it is a number of
    units too.
    """

    count: ColumnName
    sums: dict[ColumnName, ColumnName | None] = Field(default={})
    hides: list[ColumnName] | None = None
    marker: ColumnName | None = None
    within: ColumnName | None = None


class AlreadyPublic(Strict):
    """A table made of statistics their publisher has already protected: by whom, and why so."""

    by: str = Field(min_length=2)
    reason: str = Field(min_length=10)


class Disclosure(Strict):
    """What an open table says of the units it counts (WP216; CRPA, art. L312-1-2).

    `margins` are the totals anyone may know from elsewhere, each by the dimensions it keeps;
    `totals` the value that stands for the whole of a dimension in the table's own rows.
    `public` columns tell nothing of the units. `uncounted`: a row without a number of units speaks
    of none. `quasi_identifiers` together must be shared by `minimum` rows at least, and each such
    group hold two values at least of every `sensitive` column. `moved` says, by dimension, what
    each former value has become (communes merged, services renamed).
    """

    unit: str
    minimum: int | None = Field(default=None, ge=2)
    dimensions: list[ColumnName] = Field(default=[])
    margins: list[list[ColumnName]] = Field(default=[])
    totals: dict[ColumnName, str] = Field(default={})
    cells: list[Cells] = Field(default=[])
    public: list[ColumnName] = Field(default=[])
    uncounted: bool = False
    quasi_identifiers: list[ColumnName] = Field(default=[])
    sensitive: list[ColumnName] = Field(default=[])
    moved: dict[ColumnName, Mapping[str, str | list[str]]] = Field(default={})
    already_public: AlreadyPublic | None = None

    @property
    def kind(self) -> Kind:
        """The kind of unit, its threshold raised by the contract."""
        kind = thresholds().kinds[self.unit]
        return kind if self.minimum is None else kind.model_copy(update={"minimum": self.minimum})

    @property
    def markers(self) -> list[str]:
        """The columns the control makes."""
        return [cells.marker for cells in self.cells if cells.marker]

    def witnesses(self, names: Mapping[str, object]) -> list[str]:
        """The columns the query gives for the control alone, which the contract has not."""
        read = [name for cells in self.cells for name in (cells.count, *cells.sums.values())]
        return [name for name in dict.fromkeys(read) if name and name not in names]

    def hidden_by(self, index: int, names: Mapping[str, object]) -> list[str]:
        """The columns of the contract emptied with a cell, in the order of the contract."""
        cells = self.cells[index]
        own = {cells.count, *cells.sums, *(cells.hides or [])}
        if cells.hides is None:
            own |= set(names) - self._spoken_for(but=index)
        return [name for name in names if name in own]

    def _spoken_for(self, but: int | None = None) -> set[str]:
        """The columns that some word speaks of, but for one of `cells`."""
        spoken = {*self.dimensions, *self.public, *self.markers}
        for index, cells in enumerate(self.cells):
            if index != but:
                spoken |= {cells.count, *cells.sums, *(cells.hides or [])}
        return spoken
