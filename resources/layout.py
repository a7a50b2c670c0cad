"""What every warehouse starts with: its schemas, the platform's own tables, and closed doors.

Given to a connection; opening one is for `resources.warehouse`.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from resources.sql import literal, quoted

SCHEMAS = ("sources", "curated", "quarantine", "quality", "sobriety")

PLATFORM_TABLES = """
create table if not exists quality.results (
    run_id varchar, checked_at timestamp, table_name varchar, version bigint, rule varchar,
    dimension varchar, severity varchar, sentence varchar, expectation varchar, passed boolean,
    observed varchar, checked_rows bigint, unexpected_rows bigint, error varchar
);
create table if not exists quality.versions (
    run_id varchar, decided_at timestamp, table_name varchar, version bigint, outcome varchar,
    fingerprint varchar, received_rows bigint, published_rows bigint, quarantined_rows bigint,
    stored_bytes bigint, reason varchar, data_date timestamp, content varchar,
    received_sha256 varchar
);
alter table quality.versions add column if not exists content varchar;
alter table quality.versions add column if not exists received_sha256 varchar;
create table if not exists sobriety.ledger (
    run_id varchar, asset varchar, activity varchar, started_at timestamp, outcome varchar,
    rows_in bigint, rows_out bigint, bytes_in bigint, bytes_out bigint, cpu_s double,
    wall_s double, kwh_low double, kwh double, kwh_high double, gco2e_low double, gco2e double,
    gco2e_high double, codecarbon_kwh double, method varchar, coefficients varchar, factor varchar
);
"""


def lay_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Make what is not there yet, and remove the staging tables of a run that was killed."""
    for schema in SCHEMAS:
        connection.execute(f"create schema if not exists {schema}")
    connection.execute(PLATFORM_TABLES)
    _drop_leftovers(connection)


def lock_down(
    connection: duckdb.DuckDBPyConnection, folders: Sequence[Path], *, temporary: Path | None
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
