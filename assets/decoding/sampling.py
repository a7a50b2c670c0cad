"""Which columns of a large text are better read the exact way at once, seen in a sample of it.

Nothing but speed depends on what is found: a row whose quick value is in doubt is read again the
exact way, whatever its column.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import duckdb

from assets.decoding.shortcuts import shortcut
from checks.contract import Contract

LARGE = 16 << 20  # bytes: below, reading a few rows again costs less than looking at a sample
PIECES = 16
PIECE = 1 << 16


def careful(
    connection: duckdb.DuckDBPyConnection, contract: Contract, texts: str, met: str
) -> frozenset[int]:
    """The places of the columns with a doubt in a sample; `texts` is what SQL reads it from."""
    columns = list(enumerate(contract.columns))
    shorts = [shortcut(column, contract, f"c{i}", f"q{i}", met) for i, column in columns]
    quick = ", ".join(f"{short.quick} as q{i}" for i, short in enumerate(shorts))
    found = ", ".join(f"coalesce(bool_or({short.doubt}), false)" for short in shorts)
    try:
        row = connection.execute(f"select {found} from (select *, {quick} from {texts})").fetchone()
    except duckdb.Error:  # a piece that begins inside a quoted text may read as nothing at all
        return frozenset(range(len(shorts)))
    return frozenset(i for i, doubted in enumerate(row or ()) if doubted)


def sample(path: Path, destination: Path) -> None:
    """Write whole lines found at regular places of a large text."""
    step = path.stat().st_size // PIECES
    with path.open("rb") as file, destination.open("wb") as out:
        for place in range(0, step * PIECES, step):
            file.seek(place)
            file.readline()  # titles, or the end of a line
            out.writelines(_lines(file))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    yield file.read(PIECE)
    yield file.readline()
