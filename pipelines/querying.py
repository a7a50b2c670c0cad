"""`ardoise query`: SQL on the published tables, read-only, for the eyes or for a pipe."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import duckdb

from pipelines.display import console, grid_of
from resources.errors import DeclarationError
from resources.french import plural
from resources.warehouse import reading

FORMATS = ("table", "csv", "json")
SHOWN = 200


def show_query(path: Path, sql: str, output: str) -> None:
    """Run one query and print its rows: 200 at most as a table, all of them as csv or json.

    Raises:
        DeclarationError: DuckDB refuses the query.
        ArdoiseError: nothing is published yet.
    """
    with reading(path) as connection:
        try:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or []]
            rows = cursor.fetchmany(SHOWN + 1) if output == "table" else cursor.fetchall()
        except duckdb.Error as error:
            raise DeclarationError(
                f"DuckDB refuse cette requête : {error}\n"
                'Les tables : ardoise query "from catalogue.tables".'
            ) from None
    if output == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    elif output == "json":
        for row in rows:
            sys.stdout.write(
                json.dumps(dict(zip(names, row, strict=True)), default=str, ensure_ascii=False)
                + "\n"
            )
    else:
        _as_table(names, rows)


def _as_table(names: list[str], rows: list[tuple[Any, ...]]) -> None:
    grid = grid_of(*names)
    for row in rows[:SHOWN]:
        grid.add_row(*("" if value is None else str(value) for value in row))
    output = console()
    output.print(grid)
    if len(rows) > SHOWN:
        output.print(f"Les {plural(SHOWN, 'première ligne', 'premières lignes')} seulement.")
