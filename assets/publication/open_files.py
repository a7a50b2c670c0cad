"""The files of an open table: Parquet and CSV, and GeoJSON where it says where things are.

Parquet is GeoParquet 1.0 for such a table. CSV is that of RFC 4180, in UTF-8 and untouched: a text
that begins like a formula is what the source wrote. Who opens one in a spreadsheet asks for
`ardoise query --format tableur`, where such a text is made harmless (OWASP ASVS 1.2.10).
"""

import shutil
from pathlib import Path

import duckdb

from assets.publication.audiences import Readable, in_one_word
from assets.publication.geometry import geojson, geometry, places
from assets.publication.scanning import refuse_personal_data
from assets.publication.shelf import Making
from resources.sql import literal, quoted

FEATURES = (b'{"type":"FeatureCollection","features":', b"}\n")


def take_open_files(connection: duckdb.DuckDBPyConnection, making: Making, one: Readable) -> None:
    """Every file of an open table; those of the former version where nothing changed.

    Raises:
        ArdoiseError: what was written holds personal data that its contract does not declare.
    """
    wanted = in_one_word(one.identity)
    key = one.table.key
    making.take(f"open/parquet/{key}.parquet", wanted, lambda path: _parquet(connection, path, one))
    making.take(f"open/csv/{key}.csv", wanted, lambda path: _csv(connection, path, one))
    if any(column.type in ("geopoint", "geojson") for column in one.table.contract.columns):
        making.take(
            f"open/geojson/{key}.geojson", wanted, lambda path: _geojson(connection, path, one)
        )


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path, one: Readable) -> None:
    found = places(connection, one)
    replaced = ", ".join(f"{geometry(column)} as {quoted(column.name)}" for column in found)
    select = f"select * replace ({replaced}) from ({one.select})" if found else one.select
    connection.execute(
        f"copy ({select}) to {literal(path)} "
        "(format parquet, compression zstd, geoparquet_version 'V1')"
    )
    refuse_personal_data(path, one.table.contract)


def _csv(connection: duckdb.DuckDBPyConnection, path: Path, one: Readable) -> None:
    connection.execute(
        f"copy ({one.select}) to {literal(path)} (format csv, header, new_line '\\r\\n')"
    )


def _geojson(connection: duckdb.DuckDBPyConnection, path: Path, one: Readable) -> None:
    """One feature per row, its first place as geometry and everything else as properties."""
    found = places(connection, one)
    place = geojson(found[0]) if found else "null"
    others = [name for name in one.columns if not found or name != found[0].name]
    properties = ", ".join(f"{quoted(name)} := {quoted(name)}" for name in others)
    aside = path.with_name(f".{path.name}")
    connection.execute(
        f"copy (select 'Feature' as type, ({place})::json as geometry, "
        f"struct_pack({properties}) as properties from ({one.select})) "
        f"to {literal(aside)} (format json, array true)"
    )
    with aside.open("rb") as features, path.open("wb") as file:
        file.write(FEATURES[0])
        shutil.copyfileobj(features, file)
        file.write(FEATURES[1])
    aside.unlink()
