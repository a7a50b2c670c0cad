"""A received file, staged: taken out of the landing, decoded, and nothing left behind."""

import datetime as dt

import duckdb

from assets.catalogue import Table
from assets.decoding.stage import Staged, stage_source
from assets.platform import Platform
from checks.partitions import Period


def stage_file(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    table: Table,
    sha256: str,
    today: dt.date,
    period: Period | None = None,
) -> Staged:
    """Stage a source from a file of its landing, without what is past its time on a day.

    Of a `period`, without the rows that are of another.

    Raises:
        SourceError: the file cannot be read, or is no longer the one received.
        FileNotFoundError: the landing no longer holds it.
    """
    work = platform.home.work
    file = work / f"{table.name}.{table.contract.format}"
    try:
        platform.landing.unpack(table.landing, sha256, file)
        return stage_source(
            connection,
            table.name,
            table.contract,
            file,
            work,
            today=today,
            pseudonyms=platform.pseudonyms,
            period=period,
        )
    finally:
        file.unlink(missing_ok=True)
