"""What is personal upstream is personal downstream, unless the contract says what lowers it:
`lowered` on a column, or its place in `disclosure`.

Read from DuckDB's own plan: what it scans to give one column of a curated table, joins, filters and
groups included, is what that column tells something of. No data is read.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

import duckdb

from checks.contract import NATURES, Column, Contract
from checks.coupling import NATURE
from checks.declaration import Location
from resources.lineage import columns_read
from resources.sql import quoted
from resources.warehouse import empty_tables


class Made(Protocol):
    """A table of the catalogue, as far as its lineage goes."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def contract(self) -> Contract: ...  # noqa: D102
    @property
    def query(self) -> str | None: ...  # noqa: D102
    @property
    def upstream(self) -> frozenset[str]: ...  # noqa: D102


Origin = tuple[str, Column]


def inheritance_faults(
    table: Made, tables: Mapping[str, Made], types: Mapping[str, str]
) -> Iterator[tuple[Location, str]]:
    """The columns of a curated table declared less personal than what they come from.

    `tables` are those it may read; `types` the DuckDB type of each type of the contract.
    """
    if table.query is None or not any(_personal(tables[key]) for key in table.upstream):
        return
    counted = _counted(table.contract)
    with empty_tables(
        {
            key: {one.name: types[one.type] for one in tables[key].contract.columns}
            for key in sorted(table.upstream)
        }
    ) as connection:
        made_by_the_control = markers(table.contract)
        for index, column in enumerate(table.contract.columns):
            if column.name in made_by_the_control:
                continue
            found = origins(connection, table, tables, column.name)
            worst = max(found, key=lambda one: NATURES.index(one[1].nature), default=None)
            if worst is None or column.lowered is not None or column.name in counted:
                continue
            key, source = worst
            if NATURES.index(source.nature) > NATURES.index(column.nature):
                yield (
                    ("columns", index),
                    f"la colonne « {column.name} » vient de « {key}.{source.name} », donnée "
                    f"personnelle ({NATURE[source.nature]}) : écrivez « personal_data: "
                    f"{source.nature} », ou dites ce qui l’abaisse, « lowered: {{by: aggregation, "
                    "reason: …} » (aggregation, generalisation ou selection)",
                )


def origins(
    connection: duckdb.DuckDBPyConnection, table: Made, tables: Mapping[str, Made], column: str
) -> list[Origin]:
    """The personal columns that one column of a curated table tells something of.

    Every personal column it could read, when DuckDB cannot plan the query.
    """
    columns = {
        key: {one.name for one in tables[key].contract.columns} for key in sorted(table.upstream)
    }
    try:
        read = columns_read(
            connection, f"select {quoted(column)} from (\n{table.query}\n)", columns
        )
    except duckdb.Error:
        read = columns
    return [
        (key, one)
        for key in sorted(read)
        for one in tables[key].contract.columns
        if one.name in read[key] and one.nature != "none"
    ]


def markers(contract: Contract) -> set[str]:
    """The columns that say where a small cell was hidden: the query gives none of them."""
    cells = contract.disclosure.cells if contract.disclosure else []
    return {each.marker for each in cells if each.marker}


def _counted(contract: Contract) -> set[str]:
    """The columns that `disclosure` names: an aggregation declared, and controlled cell by cell."""
    if contract.disclosure is None:
        return set()
    named = {*contract.disclosure.dimensions, *contract.disclosure.markers}
    for cells in contract.disclosure.cells:
        named |= {cells.count, *cells.sums, *(cells.hides or ())}
    return named


def _personal(table: Made) -> bool:
    return any(column.nature != "none" for column in table.contract.columns)
