"""Delimited text: by DuckDB, or by Python's `csv` where a field holds a line end, because only it
knows the line number then.
"""

import csv
from pathlib import Path

import duckdb

from assets.decoding.reading import (
    TEXTS,
    TORN,
    Reading,
    count,
    extra,
    selected,
    store,
    store_torn,
)
from assets.decoding.text import TextFile, decoded
from checks.contract import Contract
from resources.errors import SourceError
from resources.sql import literal


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Decode the file exactly, then read its rows and its torn lines."""
    text = work / f"{source.stem}.utf8.csv"
    try:
        return _read_delimited(connection, decoded(source, text, contract), contract)
    finally:
        text.unlink(missing_ok=True)


def _read_delimited(
    connection: duckdb.DuckDBPyConnection, file: TextFile, contract: Contract
) -> Reading:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in file.header)
    more = extra(file.header, contract)
    connection.execute("drop table if exists reject_errors; drop table if exists reject_scans")
    try:
        connection.execute(
            f"""
            create or replace temp table _texts as
            select {selected(contract, file.header)}
            from read_csv(
                {literal(file.path)}, columns = {{{columns}}}, auto_detect = false,
                header = false, skip = 1, delim = {literal(contract.dialect.delimiter)},
                quote = {literal(contract.dialect.quote_char)},
                escape = {literal(contract.dialect.quote_char)}, nullstr = '',
                strict_mode = true, null_padding = false, store_rejects = true,
                rejects_limit = 0
            )
            """
        )
        connection.execute(
            "insert into _torn select line, any_value(csv_line) from reject_errors group by line"
        )
    except duckdb.Error as error:
        raise SourceError(
            "NON_CSV", f"DuckDB ne peut pas lire ce tableau ({type(error).__name__})"
        ) from None
    rows, torn = count(connection, TEXTS), count(connection, TORN)
    if rows + torn + 1 == file.lines:
        return Reading(rows, torn, more, first_line=2)
    return _read_slowly(connection, file, contract, more)


def _read_slowly(
    connection: duckdb.DuckDBPyConnection, file: TextFile, contract: Contract, more: list[str]
) -> Reading:
    """Read record by record: some field holds a line end, or a line is blank."""
    order = {title: position for position, title in enumerate(file.header)}
    positions = [order.get(column.header) for column in contract.columns]
    good: list[list[str | None]] = []
    numbers: list[int] = []
    torn: list[tuple[int, str]] = []
    with file.path.open(encoding="utf-8", newline="") as text:
        records = csv.reader(
            text,
            delimiter=contract.dialect.delimiter,
            quotechar=contract.dialect.quote_char,
            strict=True,
        )
        next(records)
        line = records.line_num + 1
        try:
            for record in records:
                # As DuckDB does: empty fields too many at the end are no fields.
                while len(record) > len(file.header) and not record[-1]:
                    record.pop()
                if len(record) == len(file.header):
                    good.append([None if at is None else record[at] or None for at in positions])
                    numbers.append(line)
                elif record:
                    torn.append((line, contract.dialect.delimiter.join(record)))
                line = records.line_num + 1
        except csv.Error:
            raise SourceError(
                "GUILLEMETS",
                f"ligne {line} : un guillemet est ouvert et jamais refermé, ou mal placé",
            ) from None
    store(connection, good, contract, numbers)
    store_torn(connection, torn)
    return Reading(len(good), len(torn), more, numbered=True)
