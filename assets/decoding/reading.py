"""From a landed file to texts: one row per record, nothing interpreted.

Each format is read by its own module of `assets.decoding.formats`, through the words given here.
Rows have columns `c0`, `c1`… in the order of the contract, in the order of the file. A format
stores them in `TEXTS`, or better says where DuckDB can read them as they are typed (`texts`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, cast

import duckdb

from assets.decoding.lines import MISREAD
from assets.decoding.shortcuts import MET
from assets.decoding.titles import Titles
from assets.decoding.unpacking import unpacked
from checks.contract import Contract
from resources.errors import SourceError
from resources.sql import quoted

TEXTS = "temp._texts"
TORN = "temp._torn"  # lines that do not have the right number of fields
# RFC 7464's separator: a file of any format we read begins otherwise (`assets.decoding.redacted`).
MARK = b"\x1e"
SHIFTS = "temp._shifts"  # from which row on the line is further than the row says, and by how much


@dataclass(frozen=True)
class Reading:
    """What is read, and where.

    `texts` is what SQL reads the rows from, once, `alone` the same by one thread, and `again` from
    then on. `rows` and `torn` count rows and torn lines, where they are known before the rows are
    read; `settle` counts the torn lines once they are, given the number of rows, and fills `TORN`
    and `SHIFTS`. `first_line` is the line of the first row; `numbered` says that each row has its
    own `line`, `torn_reason` why torn lines are set aside. `met` are the characters that need care
    (`MET`) and may be met, `hidden` says that invisible ones are; `careful` are the columns, by
    their places, where the quick value of a text is often in doubt.
    """

    rows: int
    torn: int
    extra: list[str]
    first_line: int = 1
    numbered: bool = False
    torn_reason: str = "NB_COLONNES"
    texts: str = TEXTS
    again: str = TEXTS
    alone: str = TEXTS
    titles: Titles | None = None
    hidden: bool = False
    met: str = MET
    careful: frozenset[int] = frozenset()
    settle: Callable[[int], int] | None = field(default=None, compare=False)


class Format(Protocol):
    """What each module of `assets.decoding.formats` offers."""

    def read(
        self, connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
    ) -> Reading:
        """Say how the rows of a file of this format are read; `work` lasts until they are."""
        ...


@contextmanager
def read_texts(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Iterator[Reading]:
    """How the rows of a landed file are read, until they have been.

    Raises:
        SourceError: the file cannot be read as what the contract says it is.
    """
    connection.execute("create or replace temp table _torn (line bigint, text varchar)")
    connection.execute("create or replace temp table _shifts (from_row bigint, shift bigint)")
    module = cast(Format, import_module(f"assets.decoding.formats.{contract.format}"))
    try:
        with source.open("rb") as received:
            redacted = received.read(1) == MARK
        if redacted:
            from assets.decoding.redacted import read

            yield read(connection, source, contract)
            return
        with TemporaryDirectory(prefix=f"{source.stem}-", dir=work) as folder:
            place = Path(folder)
            with unpacked(source, contract, place) as file:
                yield module.read(connection, file, contract, place)
    finally:
        connection.execute("drop table if exists temp._texts")


def read_whole(
    connection: duckdb.DuckDBPyConnection, reading: Reading, load: Callable[[Reading], int]
) -> tuple[int, int]:
    """Read the rows by `load`, which says how many came: these, and how many lines are torn.

    Many torn lines together make DuckDB's threads lose some of them (1.5.5), which leaves a count
    that does not come out right: the file is then read again by one thread, which loses none.
    """
    for texts in dict.fromkeys((reading.texts, reading.alone)):
        forget_rejected(connection)
        rows = load(replace(reading, texts=texts))
        if reading.settle is None:
            return rows, reading.torn
        try:
            return rows, reading.settle(rows)
        except SourceError as error:
            if error.code != MISREAD or texts == reading.alone:
                raise
    raise AssertionError("a reading has texts")


def forget_rejected(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what `read_csv` told of the lines it could not read."""
    for former in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {former}")


def selected(contract: Contract, header: Sequence[str]) -> str:
    """The columns of the contract, picked by their titles in the file, as `c0`, `c1`…

    An optional one that is not there is missing on every row.
    """
    titles = [next((t for t in column.headers if t in header), None) for column in contract.columns]
    return ", ".join(
        f"{'null::varchar' if title is None else quoted(title)} as c{index}"
        for index, title in enumerate(titles)
    )


def shift_by_torn_lines(connection: duckdb.DuckDBPyConnection, first_line: int) -> None:
    """Fill `SHIFTS` where every line is a row or a torn line."""
    connection.execute(
        f"""
        insert into {SHIFTS}
        select from_row, max(shift) as shift
        from (
            select line - {first_line} - row_number() over (order by line) + 1 as from_row,
                   row_number() over (order by line) as shift
            from {TORN}
        )
        group by from_row
        """
    )


def extra(header: Sequence[str], contract: Contract) -> list[str]:
    """The titles of the file that the contract does not ask for."""
    known = {title for column in contract.columns for title in column.headers}
    return [name for name in header if name and name not in known]


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
