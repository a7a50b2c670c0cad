"""How many rows a received file holds, told without decoding it: as many as its portal said?

Whether its rows are sound is for `assets.decoding` to say.
"""

import json
from pathlib import Path

from checks.contract import Contract
from resources.sql import literal
from resources.warehouse import extracting

CHUNK = 1 << 20


def counted(file: Path, contract: Contract) -> int:
    """The rows of a CSV (titles apart), JSON lines, JSON, GeoJSON or Parquet file; 0 when it is
    none of that, for reading will say why.
    """
    match contract.format:
        case "csv":
            return max(_lines(file, contract.dialect.quote_char.encode()) - 1, 0)
        case "jsonl":
            return _lines(file, b"")
        case "parquet":
            return _parquet_rows(file)
        case _:
            return _objects(file)


def _lines(file: Path, quote: bytes) -> int:
    """Lines that are not blank; a line end between quotes ends none.

    A quote in the middle of a field without quotes is one too many: the file will be refused.
    """
    count, within, blank = 0, False, True
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            pieces = chunk.split(quote) if quote else [chunk]
            for index, piece in enumerate(pieces):
                if index:
                    within, blank = not within, False
                if within:
                    continue
                first, *others = piece.replace(b"\r", b"").split(b"\n")
                blank = blank and not first
                for line in others:
                    count += not blank
                    blank = not line
    return count + (not blank)


def _objects(file: Path) -> int:
    try:
        document = json.loads(file.read_bytes())
        found = document["features"] if isinstance(document, dict) else document
        return len(found)
    except (ValueError, KeyError, TypeError):
        return 0


def _parquet_rows(file: Path) -> int:
    import duckdb

    with extracting(file.parent) as connection:
        try:
            (row,) = connection.execute(
                f"select sum(num_rows)::bigint from parquet_file_metadata({literal(file)})"
            ).fetchall()
        except duckdb.Error:
            return 0
    return int(row[0] or 0)
