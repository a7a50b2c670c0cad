"""A staged table written again without what is hidden: empty, not replaced, with its markers."""

from collections.abc import Sequence

import duckdb

from checks.contract import Contract
from checks.disclosure.cells import AT_HAND
from checks.disclosure.hidden import Hidden
from resources.sql import quoted


def empty(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract, found: Sequence[Hidden]
) -> None:
    """Write the table again without what is hidden, with its markers, ordered by its dimensions:
    between two neighbours, a rank is a value too.
    """
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
    order = ", ".join([*(f"it.{quoted(name)}" for name in declared.dimensions), "it.rowid"])
    columns = ", ".join(f"{said} as {quoted(name)}" for name, said in shown.items())
    connection.execute(
        f"create or replace table {table} as select {columns} from {table} as it order by {order}",
        [hidden.rows.tolist() for hidden in found],
    )
