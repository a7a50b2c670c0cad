"""A published file opened to be searched: on a connection that reads only it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from resources.errors import ArdoiseError
from resources.sql import literal, quoted
from resources.warehouse import extracting, reading

# Every value as a text: a telephone read as a number loses its zero.
READERS = {
    ".parquet": "read_parquet({path})",
    ".csv": "read_csv({path}, all_varchar = true, header = true)",
    ".json": "read_json({path}, maximum_object_size = 268_435_456)",
    ".jsonl": "read_json({path}, maximum_object_size = 268_435_456)",
    ".geojson": (
        "(select unnest(feature.properties) from (select unnest(features) as feature "
        "from read_json({path}, maximum_object_size = 268_435_456)))"
    ),
}
Tables = Sequence[tuple[str, str]]


@contextmanager
def tables_in(path: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Tables]]:
    """The tables of a file: what their columns are prefixed with, and how SQL reads them.

    Raises:
        ArdoiseError: the file cannot be read, or is of no known kind.
    """
    try:
        if path.suffix in (".duckdb", ".db"):
            with reading(path) as connection:
                yield connection, _stored(connection)
        elif (reader := READERS.get(path.suffix)) is not None:
            with extracting(path.parent) as connection:
                # Read once: each column is looked at several times.
                read = reader.format(path=literal(path))
                connection.execute(f"create temp table published as from {read}")
                yield connection, [("", "temp.published")]
        else:
            raise ArdoiseError(
                f"« {path.name} » n’a pas été analysé : le scanner lit {', '.join(READERS)} et "
                ".duckdb. Rien n’a été changé. Publiez ces données dans l’un de ces formats."
            )
    except duckdb.Error as error:
        raise ArdoiseError(
            f"« {path.name} » n’a pas pu être lu pour y chercher des données personnelles "
            f"({type(error).__name__}). Ne le diffusez pas ; « ardoise verify » dit s’il est abîmé."
        ) from None


def _stored(connection: duckdb.DuckDBPyConnection) -> Tables:
    return [
        (f"{schema}.{table}.", quoted(schema, table))
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = current_database() order by all"
        ).fetchall()
    ]
