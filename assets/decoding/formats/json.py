"""JSON: a list of objects, at the root or at the path that `records:` gives."""

from pathlib import Path

import duckdb

from assets.decoding.json_stream import Document
from assets.decoding.reading import Reading
from assets.decoding.records import Rows, text_file
from checks.contract import Contract


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Each object of the list is a row, found at the line where it begins."""
    path = contract.records.split(".") if contract.records else []
    with text_file(source, contract) as file:
        items = Document(file, "NON_JSON").items(path)
        return Rows(contract, "NON_JSON").store(connection, items)
