"""A received file without some of its rows: what remains, as texts, in a form of our own.

One form whatever the file was (a workbook, an archive, a Parquet): a first line that says which
columns, then on each line of the file the texts of the row that stood there, in JSON. A row that
went leaves its line blank, so that the lines of the others are still those of the file received.
Only the columns of the contract are kept. Which rows go is decided by the caller.
"""

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import duckdb

from assets.decoding.reading import (
    MARK,
    SHIFTS,
    TORN,
    Reading,
    count,
    read_texts,
    read_whole,
    shift_by_torn_lines,
)
from assets.decoding.storing import store_streamed, store_torn
from assets.decoding.titles import placed
from checks.contract import Contract
from resources.errors import SourceError
from resources.sql import quoted

ROWS = "temp._redacting"
# Given the rows of a file (`ROWS`, a column of texts per column of the contract): the `rowid` of
# those that go, and what tells whether a torn line does.
Choice = Callable[[duckdb.DuckDBPyConnection], tuple[set[int], Callable[[str], bool]]]
BATCH = 10_000


def redact(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    contract: Contract,
    work: Path,
    choice: Choice,
    destination: Path,
) -> int:
    """Write a file without the rows chosen; how many went. When none does, nothing is written.

    Raises:
        SourceError: the file cannot be read as what the contract says.
    """
    with read_texts(connection, source, contract, work) as reading:
        texts = ", ".join(f"c{at} as {quoted(one.name)}" for at, one in enumerate(contract.columns))
        line = "line" if reading.numbered else "null::bigint"

        def load(one: Reading) -> int:
            connection.execute(
                f"create or replace temp table _redacting as select {texts}, {line} as _line "
                f"from {one.texts}"
            )
            return count(connection, ROWS)

        read_whole(connection, reading, load)
        if reading.settle is None:
            shift_by_torn_lines(connection, reading.first_line)
        gone, goes = choice(connection)
        torn = connection.execute(f"select line, text from {TORN} order by line").fetchall()
        kept = [(line, text) for line, text in torn if not goes(text)]
        went = len(gone) + len(torn) - len(kept)
        if went:
            titles = [column.header for column in contract.columns]
            told = {"columns": titles, "torn": reading.torn_reason}
            lines = heapq.merge(_rows(connection, contract, reading, gone), kept, key=_line)
            _write(destination, told, lines)
    connection.execute(f"drop table {ROWS}")
    return went


def read(connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract) -> Reading:
    """The rows of such a file.

    Raises:
        SourceError: `DEPOT_ALTERE`, or `SCHEMA` when a column the contract asks for was not kept.
    """
    torn: list[tuple[int, str]] = []
    with source.open(encoding="utf-8", newline="\n") as file:
        try:
            told = json.loads(file.readline().removeprefix(MARK.decode()))
            titles = placed(told["columns"], contract)
            places = [told["columns"].index(one) if one else None for one in titles.found]
            rows = store_streamed(connection, contract, _texts(file, places, torn), torn)
            reason = str(told["torn"])
        except (ValueError, KeyError, TypeError):
            raise SourceError("DEPOT_ALTERE", "le fichier gardé au dépôt ne se lit plus") from None
    store_torn(connection, torn)
    return Reading(rows, len(torn), [], numbered=True, torn_reason=reason, titles=titles)


def _rows(
    connection: duckdb.DuckDBPyConnection, contract: Contract, reading: Reading, gone: set[int]
) -> Iterator[tuple[int, Sequence[str | None]]]:
    """The rows that stay, each with its line in the file received."""
    texts = ", ".join(quoted(column.name) for column in contract.columns)
    cursor = connection.execute(
        f"""
        select
            rows.rowid,
            coalesce(_line, rows.rowid + {reading.first_line} + coalesce(shift, 0)),
            {texts}
        from {ROWS} as rows asof left join {SHIFTS} as shifts on rows.rowid >= shifts.from_row
        order by rows.rowid
        """
    )
    while batch := cursor.fetchmany(BATCH):
        for rank, line, *row in batch:
            if rank not in gone:
                yield line, row


def _line(one: tuple[int, object]) -> int:
    return one[0]


def _write(
    destination: Path, told: object, lines: Iterable[tuple[int, Sequence[str | None] | str]]
) -> None:
    at = 1
    with destination.open("w", encoding="utf-8", newline="\n") as file:
        file.write(MARK.decode() + json.dumps(told, ensure_ascii=False) + "\n")
        for line, row in lines:
            file.write("\n" * max(0, line - at))
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            at = max(at, line) + 1


def _texts(
    file: Iterable[str], places: Sequence[int | None], torn: list[tuple[int, str]]
) -> Iterator[tuple[int, list[str | None]]]:
    for line, text in enumerate(file, 1):
        if text == "\n":
            continue
        row = json.loads(text)
        if isinstance(row, str):
            torn.append((line, row))
        else:
            yield line, [None if at is None else row[at] for at in places]
