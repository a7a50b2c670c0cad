"""Rows and torn lines that pass through Python, stored where SQL reads them, a batch at a time."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import duckdb

from assets.decoding.reading import TORN
from checks.contract import Contract
from resources.warehouse import append, registered

BATCH = 20_000  # rows that stand in Python's memory at a time
Row = TypeVar("Row")


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
    torn: list[tuple[int, str]] | None = None,
) -> int:
    """Fill `TEXTS` from numbered rows as they come, `BATCH` at a time in memory; how many came.

    A row that no encoding can write (half of a surrogate pair, RFC 8259, 8.2) goes to `torn`.
    """
    import polars as pl  # only where rows pass through Python

    names = [f"c{index}" for index in range(len(contract.columns))]
    columns = ", ".join(f"{name} varchar" for name in names)
    connection.execute(f"create or replace temp table _texts ({columns}, line bigint)")
    stored = 0
    schema = dict.fromkeys(names, pl.String)
    for batch in batched(rows, BATCH):
        try:
            frame = pl.DataFrame([row for _, row in batch], schema=schema, orient="row")
        except UnicodeEncodeError:
            if torn is None:
                raise
            torn += [(line, json.dumps(row)) for line, row in batch if not _writable(row)]
            batch = [(line, row) for line, row in batch if _writable(row)]
            frame = pl.DataFrame([row for _, row in batch], schema=schema, orient="row")
        frame = frame.with_columns(pl.Series("line", [line for line, _ in batch], pl.Int64))
        with registered(connection, "_rows_read", frame):
            connection.execute("insert into temp._texts from _rows_read")
        stored += len(batch)
    return stored


def _writable(row: Sequence[str | None]) -> bool:
    try:
        "".join(text for text in row if text).encode()
    except UnicodeEncodeError:
        return False
    return True


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of at most `size` rows (`itertools.batched`, from Python 3.12 on)."""
    coming = iter(rows)
    while batch := list(islice(coming, size)):
        yield batch


def store_torn(connection: duckdb.DuckDBPyConnection, torn: Sequence[tuple[int, str]]) -> None:
    """Fill `TORN` from lines that passed through Python."""
    if len(torn) <= 100 and not any("\0" in text for _, text in torn):
        # As literals: polars costs 0.2 CPU-s to import.
        append(connection, TORN, [{"line": line, "text": text} for line, text in torn])
        return
    import polars as pl

    frame = pl.DataFrame(torn, schema={"line": pl.Int64, "text": pl.String}, orient="row")
    with registered(connection, "_torn_lines", frame):
        connection.execute("create or replace temp table _torn as from _torn_lines")
