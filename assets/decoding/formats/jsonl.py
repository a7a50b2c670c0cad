"""JSON lines: an object per line; a broken line is set aside and the others are kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import duckdb

from assets.decoding.json_stream import LONGEST
from assets.decoding.json_values import DECODER
from assets.decoding.reading import Reading
from assets.decoding.records import Rows, text_file
from checks.contract import Contract
from resources.errors import SourceError


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Each line that is an object is a row; blank lines are none."""
    rows = Rows(contract, "NON_JSON")
    with text_file(source, contract) as file:
        return rows.store(connection, _values(file, rows))


def _values(file: TextIO, rows: Rows) -> Iterator[tuple[int, object]]:
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        if len(line) == LONGEST:
            raise SourceError(
                "LIGNE_TROP_LONGUE",
                f"la ligne {number} dépasse {LONGEST / 1e6:.0f} millions de signes",
            )
        text = line.strip()
        if not text:
            continue
        try:
            value = DECODER.decode(text)
        except (ValueError, RecursionError):
            rows.torn.append((number, text))
            continue
        yield number, value
