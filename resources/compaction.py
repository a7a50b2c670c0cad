"""A DuckDB file rewritten without the bytes of what it no longer holds.

After `DELETE`, `DROP`, `VACUUM` and `CHECKPOINT` they are still in the file, in blocks said to be
free (1.5.5). Given connections; opening one is for `resources.warehouse`.
"""

from pathlib import Path

import duckdb

from resources.content import content_of
from resources.files import settle
from resources.sql import literal, quoted


def rewrite(connection: duckdb.DuckDBPyConnection, file: Path, options: str) -> None:
    """Copy a file that nobody has open into another, compare them, and give it the name.

    `options` are those of the new file. A crash leaves the former file, or the new one, and at most
    a file whose name starts with a dot.

    Raises:
        RuntimeError: the copy does not hold what the file holds; the file is untouched.
    """
    aside = file.with_name(f".{file.name}")
    aside.unlink(missing_ok=True)
    connection.execute(f"attach {literal(file)} as _before (read_only)")
    connection.execute(f"attach {literal(aside)} as _after ({options})")
    try:
        connection.execute("copy from database _before to _after")
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = '_before'"
        ).fetchall():
            name = quoted(schema, table)
            if content_of(connection, f"_before.{name}") != content_of(
                connection, f"_after.{name}"
            ):
                raise RuntimeError(f"{schema}.{table}: the copy differs from the table")
        connection.execute("checkpoint _after")
    finally:
        for database in ("_before", "_after"):
            connection.execute(f"detach {database}")
    settle(aside, file)
