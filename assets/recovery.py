"""Tables given back, as they were, to a warehouse that is made again.

The journal says what each published version held; whichever copy still holds exactly that will do:
the former warehouse, the landing decoded again, the analysts' file, the query run again. A copy is
never believed, its content is computed. What no copy holds is made anew by the next run, through
the gate. When this is needed is decided in `resources.recovery`.
"""

from collections.abc import Callable, Iterator, Sequence

import duckdb

from assets.catalogue import Table
from assets.decoding.stage import Staged
from assets.outcome import Published
from assets.partitions.restoring import stage_partitions
from assets.platform import Platform
from assets.querying import stage_curated
from assets.staging import stage_file
from assets.versions import published_version, swap_in
from resources.content import comparable, content_of
from resources.errors import SourceError
from resources.recovery import no_space
from resources.sql import literal, quoted

Way = Callable[[], Staged]


def restore(
    platform: Platform, connection: duckdb.DuckDBPyConnection, copies: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Give back every table that some copy still holds; the tables given back, and the others."""
    restored, lost = list[str](), list[str]()
    for table in platform.catalogue:
        standing = published_version(connection, table.key)
        if standing is None:
            continue
        ways = _ways(platform, connection, table, standing, copies)
        content = standing.content
        tried = (_staged(connection, way, content) for way in ways if comparable(content))
        found = next(filter(None, tried), None)
        if found is not None:
            swap_in(connection, table, found)
        (lost if found is None else restored).append(table.key)
    return restored, lost


def _ways(
    platform: Platform,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    standing: Published,
    copies: Sequence[str],
) -> Iterator[Way]:
    """Where to look, the copy that holds most first, the one that costs most last."""
    sha256 = standing.received_sha256
    # What was past its time that day is not what is past it now.
    invented = platform.day_of(table.contract) if table.contract.synthetic else None
    decided_on = platform.settings.today or invented or standing.decided_at.date()
    for copy in copies:
        if copy == "former":
            yield lambda: _copied(connection, table, "former")
    if table.contract.partitions is not None:
        yield lambda: stage_partitions(connection, platform, table)
    if sha256 is not None:
        yield lambda: stage_file(connection, platform, table, sha256, decided_on)
    if "analysts" in copies:
        yield lambda: _copied(connection, table, "analysts")
    if table.layer == "curated":
        yield lambda: stage_curated(connection, table)


def _staged(connection: duckdb.DuckDBPyConnection, way: Way, content: str | None) -> Staged | None:
    """What a way stages, when it is exactly this content."""
    try:
        staged = way()
        return staged if content_of(connection, staged.table) == content else None
    except (SourceError, FileNotFoundError):
        return None
    except duckdb.Error as error:
        if no_space(error):
            raise
        return None


def _copied(connection: duckdb.DuckDBPyConnection, table: Table, copy: str) -> Staged:
    """A table staged from an attached file, with the rows that were set aside if it has them."""
    staging = quoted(f"_staging_{table.name}")
    staged = []
    for schema in (table.layer, *(["quarantine"] if table.layer == "sources" else [])):
        held = connection.execute(
            "select 1 from duckdb_tables() where (database_name, schema_name, table_name) = "
            f"({literal(copy)}, {literal(schema)}, {literal(table.name)})"
        ).fetchall()
        if held:
            connection.execute(
                f"create or replace table {schema}.{staging} as "
                f"from {copy}.{schema}.{quoted(table.name)}"
            )
            staged.append(f"{schema}.{staging}")
    if not staged or not staged[0].startswith(table.layer):
        raise FileNotFoundError(table.key)
    return Staged(staged[0], 0, 0, quarantine=staged[1] if len(staged) > 1 else None)
