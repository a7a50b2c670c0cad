"""From a landed file to a temporary table of texts: one row per line, nothing interpreted.

Each format is read by its own module of `assets.decoding.formats`, through the words given here.
The table has columns `c0`, `c1`… in the order of the contract; `rowid` is the order of the file.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar, cast

import duckdb

from assets.decoding.unpacking import unpacked
from checks.contract import Contract
from resources.sql import quoted
from resources.warehouse import registered

TEXTS = "temp._texts"
BATCH = 20_000  # rows that stand in Python's memory at a time
Row = TypeVar("Row")
TORN = "temp._torn"  # lines that do not have the right number of fields


@dataclass(frozen=True)
class Reading:
    """What was read: rows with the right number of fields, torn lines, columns not asked for.

    `first_line` is the line of the first row; `numbered` says that the table has its own `line`.
    `torn_reason` is why torn lines are set aside.
    """

    rows: int
    torn: int
    extra: list[str]
    first_line: int = 1
    numbered: bool = False
    torn_reason: str = "NB_COLONNES"


class Format(Protocol):
    """What each module of `assets.decoding.formats` offers."""

    def read(
        self, connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
    ) -> Reading:
        """Fill `TEXTS`, and `TORN` where lines may be torn, from a file of this format."""
        ...


def read_texts(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Fill `TEXTS` and `TORN` from a landed file.

    Raises:
        SourceError: the file cannot be read as what the contract says it is.
    """
    connection.execute("create or replace temp table _torn (line bigint, text varchar)")
    module = cast(Format, import_module(f"assets.decoding.formats.{contract.format}"))
    with unpacked(source, contract, work) as file:
        return module.read(connection, file, contract, work)


def selected(contract: Contract, header: Sequence[str]) -> str:
    """The columns of the contract, picked by their titles in the file, as `c0`, `c1`…

    An optional one that is not there is missing on every row.
    """
    return ", ".join(
        f"{quoted(column.header) if column.header in header else 'null::varchar'} as c{index}"
        for index, column in enumerate(contract.columns)
    )


def store(
    connection: duckdb.DuckDBPyConnection,
    rows: Sequence[Sequence[str | None]],
    contract: Contract,
    numbers: Sequence[int],
) -> None:
    """Fill `TEXTS` from rows that passed through Python, each with its number in the file."""
    store_streamed(connection, contract, zip(numbers, rows, strict=True))


def store_streamed(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    rows: Iterable[tuple[int, Sequence[str | None]]],
) -> int:
    """Fill `TEXTS` from numbered rows as they come, `BATCH` at a time in memory; how many came."""
    import polars as pl  # only where rows pass through Python

    names = [f"c{index}" for index in range(len(contract.columns))]
    columns = ", ".join(f"{name} varchar" for name in names)
    connection.execute(f"create or replace temp table _texts ({columns}, line bigint)")
    stored = 0
    for batch in batched(rows, BATCH):
        texts = [row for _, row in batch]
        frame = pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String), orient="row")
        frame = frame.with_columns(pl.Series("line", [line for line, _ in batch], pl.Int64))
        with registered(connection, "_rows_read", frame):
            connection.execute("insert into temp._texts from _rows_read")
        stored += len(batch)
    return stored


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of at most `size` rows (`itertools.batched`, from Python 3.12 on)."""
    coming = iter(rows)
    while batch := list(islice(coming, size)):
        yield batch


def store_torn(connection: duckdb.DuckDBPyConnection, torn: Sequence[tuple[int, str]]) -> None:
    """Fill `TORN` from lines that passed through Python."""
    import polars as pl

    frame = pl.DataFrame(torn, schema={"line": pl.Int64, "text": pl.String}, orient="row")
    with registered(connection, "_torn_lines", frame):
        connection.execute("create or replace temp table _torn as from _torn_lines")


def extra(header: Sequence[str], contract: Contract) -> list[str]:
    """The titles of the file that the contract does not ask for."""
    known = {column.header for column in contract.columns}
    return [name for name in header if name and name not in known]


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
