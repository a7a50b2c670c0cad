"""How many texts each correction of a contract mended: one that mends none has had its day."""

import duckdb

from assets.decoding.reading import Reading
from assets.decoding.values import trimmed
from checks.contract import Contract
from resources.sql import literal


def counted(
    connection: duckdb.DuckDBPyConnection, contract: Contract, reading: Reading
) -> list[int]:
    """The number of texts that each correction finds in all rows, in the order of the contract.

    Counted apart, and only where there are corrections: the others need not pay for them.
    """
    if not contract.corrections:
        return []
    places = {column.name: index for index, column in enumerate(contract.columns)}
    found = ", ".join(
        "count(*) filter (where "
        f"coalesce({_text(contract, places[one.column])}, '') = {literal(one.value)})"
        for one in contract.corrections
    )
    row = connection.execute(f"select {found} from {reading.again}").fetchone()
    return [int(number) for number in row or ()]


def _text(contract: Contract, index: int) -> str:
    return trimmed(contract.columns[index], f"c{index}")
