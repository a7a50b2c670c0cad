"""From a landed file to a temporary table of texts: one row per line, nothing interpreted.

Three ways in: delimited text (DuckDB, or Python's `csv` where a field holds a line end, because
only it knows the line number then), GeoJSON, Parquet. The table has columns `c0`, `c1`… in the
order of the contract; `rowid` is the order of the file.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.decoding.text import TextFile, check_columns, decoded
from checks.contract import Contract
from resources.errors import SourceError
from resources.sql import literal, quoted
from resources.warehouse import registered

TEXTS = "temp._texts"
TORN = "temp._torn"  # lines that do not have the right number of fields


@dataclass(frozen=True)
class Reading:
    """What was read: rows with the right number of fields, torn lines, columns not asked for.

    `first_line` is the line of the first row; `numbered` says that the table has its own `line`.
    """

    rows: int
    torn: int
    extra: list[str]
    first_line: int = 1
    numbered: bool = False


def read_texts(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Fill `TEXTS` and `TORN` from a landed file.

    Raises:
        SourceError: the file cannot be read as what the contract says it is.
    """
    connection.execute("create or replace temp table _torn (line bigint, text varchar)")
    if contract.format == "geojson":
        return _read_geojson(connection, source, contract)
    if contract.format == "parquet":
        return _read_parquet(connection, source, contract)
    text = work / f"{source.stem}.utf8.csv"
    try:
        return _read_delimited(connection, decoded(source, text, contract), contract)
    finally:
        text.unlink(missing_ok=True)


def _read_delimited(
    connection: duckdb.DuckDBPyConnection, file: TextFile, contract: Contract
) -> Reading:
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in file.header)
    extra = _extra(file.header, contract)
    connection.execute("drop table if exists reject_errors; drop table if exists reject_scans")
    try:
        connection.execute(
            f"""
            create or replace temp table _texts as
            select {_selected(contract)}
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
    rows, torn = _count(connection, TEXTS), _count(connection, TORN)
    if rows + torn + 1 == file.lines:
        return Reading(rows, torn, extra, first_line=2)
    return _read_slowly(connection, file, contract, extra)


def _read_slowly(
    connection: duckdb.DuckDBPyConnection, file: TextFile, contract: Contract, extra: list[str]
) -> Reading:
    """Read record by record: some field holds a line end, or a line is blank."""
    positions = [file.header.index(column.header) for column in contract.columns]
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
                    good.append([record[position] or None for position in positions])
                    numbers.append(line)
                elif record:
                    torn.append((line, contract.dialect.delimiter.join(record)))
                line = records.line_num + 1
        except csv.Error:
            raise SourceError(
                "GUILLEMETS",
                f"ligne {line} : un guillemet est ouvert et jamais refermé, ou mal placé",
            ) from None
    _store(connection, good, contract, numbers)
    _store_torn(connection, torn)
    return Reading(len(good), len(torn), extra, numbered=True)


def _read_geojson(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract
) -> Reading:
    try:
        features = json.loads(source.read_bytes().decode("utf-8-sig"))["features"]
        rows = [
            {**feature["properties"], "geometry": _geometry(feature["geometry"])}
            for feature in features
        ]
    except (ValueError, KeyError, TypeError):
        raise SourceError("NON_GEOJSON", "le fichier reçu n’est pas du GeoJSON") from None
    if not rows:
        raise SourceError("VIDE", "le fichier GeoJSON ne contient aucun objet")
    header = list(rows[0])
    check_columns(header, contract)
    texts = [[_text(row.get(column.header)) for column in contract.columns] for row in rows]
    _store(connection, texts, contract, list(range(1, len(rows) + 1)))
    return Reading(len(rows), 0, _extra(header, contract), numbered=True)


def _read_parquet(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract
) -> Reading:
    try:
        header = [
            str(row[0])
            for row in connection.execute(
                f"select column_name from (describe from read_parquet({literal(source)}))"
            ).fetchall()
        ]
        check_columns(header, contract)
        connection.execute(
            f"""
            create or replace temp table _texts as
            select {_selected(contract)}
            from (select columns(*)::varchar from read_parquet({literal(source)}))
            """
        )
    except duckdb.Error as error:
        raise SourceError(
            "NON_PARQUET", f"le fichier reçu n’est pas du Parquet ({type(error).__name__})"
        ) from None
    return Reading(_count(connection, TEXTS), 0, _extra(header, contract))


def _geometry(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _selected(contract: Contract) -> str:
    return ", ".join(
        f"{quoted(column.header)} as c{index}" for index, column in enumerate(contract.columns)
    )


def _store(
    connection: duckdb.DuckDBPyConnection,
    rows: list[list[str | None]],
    contract: Contract,
    numbers: list[int],
) -> None:
    import polars as pl  # only where rows pass through Python

    names = [f"c{index}" for index in range(len(contract.columns))]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    frame = frame.with_columns(pl.Series("line", numbers, dtype=pl.Int64))
    with registered(connection, "_rows_read", frame):
        connection.execute("create or replace temp table _texts as from _rows_read")


def _store_torn(connection: duckdb.DuckDBPyConnection, torn: list[tuple[int, str]]) -> None:
    import polars as pl

    frame = pl.DataFrame(torn, schema={"line": pl.Int64, "text": pl.String}, orient="row")
    with registered(connection, "_torn_lines", frame):
        connection.execute("create or replace temp table _torn as from _torn_lines")


def _extra(header: list[str], contract: Contract) -> list[str]:
    known = {column.header for column in contract.columns}
    return [name for name in header if name and name not in known]


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
