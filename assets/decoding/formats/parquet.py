"""Parquet, read by DuckDB."""

from pathlib import Path

import duckdb

from assets.decoding.reading import TEXTS, Reading, count, extra, selected
from assets.decoding.titles import check_columns
from checks.contract import Contract
from resources.errors import SourceError
from resources.sql import literal


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Every column as text, so that one set of rules judges all formats."""
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
            select {selected(contract, header)}
            from (select columns(*)::varchar from read_parquet({literal(source)}))
            """
        )
    except duckdb.Error as error:
        raise SourceError(
            "NON_PARQUET", f"le fichier reçu n’est pas du Parquet ({type(error).__name__})"
        ) from None
    return Reading(count(connection, TEXTS), 0, extra(header, contract))
