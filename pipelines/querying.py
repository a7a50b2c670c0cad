"""`ardoise query`: SQL on what an audience may read; for the eyes, a pipe or a spreadsheet."""

import csv
import datetime as dt
import json
import math
import sys
from decimal import Decimal
from typing import Any

import duckdb

from assets.platform import Platform
from assets.publication.opening import published_for
from assets.sobriety.reads import remember_read
from pipelines.grids import console, show_rows
from resources.errors import DeclarationError
from resources.french import plural
from resources.lineage import columns_read
from resources.recovery import is_damage
from resources.spreadsheet import write_for_spreadsheet

FORMATS = ("table", "csv", "tableur", "json")
SHOWN = 200


def show_query(platform: Platform, sql: str, output: str, audience: str) -> None:
    """Run one query and print its rows: 200 at most as a table, else all of them.

    The names of the tables and columns it reads are written down in the logs: what nobody reads can
    be given up. Neither the query nor a value is.

    Raises:
        DeclarationError: DuckDB refuses the query.
        ArdoiseError: nothing is published yet for this audience, or its key is not to be read.
    """
    with published_for(platform, audience) as connection:
        try:
            cursor = connection.execute(sql)
            if cursor is None or cursor.description is None:
                raise DeclarationError('La requête est vide. Les tables : "from catalogue.tables".')
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchmany(SHOWN + 1) if output == "table" else cursor.fetchall()
        except duckdb.Error as error:
            if is_damage(error):
                raise
            raise DeclarationError(
                f"DuckDB refuse cette requête : {error}\n"
                'Les tables : ardoise query "from catalogue.tables".'
            ) from None
        remember_read(
            platform.home.logs, _read(connection, sql), dt.datetime.now(dt.UTC).replace(tzinfo=None)
        )
    if output == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    elif output == "tableur":
        write_for_spreadsheet(sys.stdout, names, rows)
    elif output == "json":
        for row in rows:
            document = {name: _json(value) for name, value in zip(names, row, strict=True)}
            sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _as_table(names, rows)


def _read(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, set[str]]:
    columns: dict[str, set[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where database_name = 'published' and schema_name in ('sources', 'curated')"
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", set()).add(column)
    try:
        return columns_read(connection, sql, columns)
    except duckdb.Error:
        return {}  # « show tables » and its like have no plan


def _json(value: object) -> object:
    """A value as JSON knows it; what it does not know is written as text, NaN is null."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list):
        return [_json(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _json(one) for name, one in value.items()}
    return str(value)


def _as_table(names: list[str], rows: list[tuple[Any, ...]]) -> None:
    texts = [["" if value is None else str(value) for value in row] for row in rows[:SHOWN]]
    show_rows(names, texts, _numbers(names, rows))
    if len(rows) > SHOWN:
        console().print(f"Les {plural(SHOWN, 'première ligne', 'premières lignes')} seulement.")


def _numbers(names: list[str], rows: list[tuple[Any, ...]]) -> set[int]:
    """The ranks of the columns that hold nothing but numbers."""
    return {
        rank
        for rank, (_, *values) in enumerate(zip(names, *rows, strict=True))
        if all(
            value is None
            or (isinstance(value, int | float | Decimal) and not isinstance(value, bool))
            for value in values
        )
    }
