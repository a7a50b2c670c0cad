"""What every warehouse starts with: its schemas, the platform's own tables, and closed doors.

Given to a connection; opening one is for `resources.warehouse`.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from resources.platform_tables import PLATFORM_TABLES
from resources.sql import literal, quoted

SCHEMAS = ("sources", "curated", "quarantine", "quality", "sobriety")


def lay_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what is not there yet, and remove the staging tables of a run that was killed."""
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")
    connection.execute(PLATFORM_TABLES)
    _drop_leftovers(connection)


def lock_down(
    connection: duckdb.DuckDBPyConnection, folders: Sequence[Path | str], *, temporary: Path | None
) -> None:
    """No network, no extension fetched, no file outside `folders`, no way back.

    The order matters, and `allowed_directories` cannot be given at connection.
    """
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        "allow_persistent_secrets = false",
        "python_enable_replacements = false",
        *([f"temp_directory = {literal(temporary)}"] if temporary else []),
        f"allowed_directories = [{', '.join(literal(f'{folder}/') for folder in folders)}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")


def _drop_leftovers(connection: duckdb.DuckDBPyConnection) -> None:
    """Remove the staging tables of a run that was killed."""
    for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = current_database() and starts_with(table_name, '_staging_')"
    ).fetchall():
        connection.execute(f"drop table {quoted(schema, table)}")
