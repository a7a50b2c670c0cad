"""Columns that hold a place: how their text becomes a geometry, for GeoParquet and GeoJSON.

A `geopoint` and a `geojson` stay as their source wrote them in the warehouse; here they are turned
into WKT, which DuckDB's own `geometry` type reads (1.5), and which its Parquet writer turns into
GeoParquet (WKB, types, extent) with no extension. Positions are a longitude and a latitude (WGS 84,
RFC 7946); a third figure, the altitude, is left to the GeoJSON file.
"""

import duckdb

from assets.publication.audiences import Readable
from checks.contract import Column
from resources.sql import quoted

PLACES = ("geopoint", "geojson")
MACROS = r"""
create or replace temp macro wkt_of_simple(place) as (
    upper(place ->> '$.type') || ' ' || case
        when place ->> '$.type' = 'Point' then '(' || regexp_extract(
            json_extract(place, '$.coordinates')::varchar, '^\[([^,]+),([^,\]]+)', 1
        ) || ' ' || regexp_extract(
            json_extract(place, '$.coordinates')::varchar, '^\[([^,]+),([^,\]]+)', 2
        ) || ')'
        else translate(
            regexp_replace(
                json_extract(place, '$.coordinates')::varchar,
                '\[(-?[0-9][0-9.eE+-]*),(-?[0-9][0-9.eE+-]*)(,-?[0-9][0-9.eE+-]*)*\]', '\1 \2', 'g'
            ),
            '[]', '()'
        )
    end
);
create or replace temp macro place_of(text) as (
    case
        when (text::json ->> '$.type') = 'Feature' then json_extract(text::json, '$.geometry')
        else text::json
    end
);
create or replace temp macro wkt_of(place) as (
    case
        when (place ->> '$.type') = 'GeometryCollection' then 'GEOMETRYCOLLECTION (' || list_aggr(
            list_transform(json_extract(place, '$.geometries[*]'), lambda one: wkt_of_simple(one)),
            'string_agg', ', '
        ) || ')'
        else wkt_of_simple(place)
    end
);
"""


def places(connection: duckdb.DuckDBPyConnection, one: Readable) -> list[Column]:
    """The columns of a table whose every text is a geometry; the others are left as they are."""
    contract = one.table.contract
    declared = [contract.by_name[name] for name in one.columns]
    found = [column for column in declared if column.type in PLACES]
    if not found:
        return []
    connection.execute(MACROS)
    lost = ", ".join(
        f"count(*) filter (({_stated(column)}) is not null and ({geometry(column)}) is null)"
        for column in found
    )
    (counts,) = connection.execute(f"select {lost} from ({one.select})").fetchall()
    return [column for column, count in zip(found, counts, strict=True) if not count]


def geometry(column: Column) -> str:
    """SQL of a column as DuckDB's geometry; null where it cannot be one."""
    if column.type == "geopoint":
        longitude, latitude = _parts(column)
        return f"try_cast('POINT (' || {longitude} || ' ' || {latitude} || ')' as geometry)"
    return f"try_cast(wkt_of(place_of({quoted(column.name)})) as geometry)"


def geojson(column: Column) -> str:
    """SQL of a column as the geometry of a GeoJSON feature (RFC 7946)."""
    if column.type == "geopoint":
        longitude, latitude = _parts(column)
        return (
            f"case when {quoted(column.name)} is not null then "
            f"json_object('type', 'Point', 'coordinates', [{longitude}, {latitude}]) end"
        )
    return f"place_of({quoted(column.name)})"


def _stated(column: Column) -> str:
    """SQL that is null where no place is said: no text, or a feature without geometry."""
    if column.type == "geopoint":
        return quoted(column.name)
    return f"place_of({quoted(column.name)}) ->> '$.type'"


def _parts(column: Column) -> tuple[str, str]:
    """SQL of the longitude and of the latitude of a point."""
    name = quoted(column.name)
    paths = {"array": ("$[0]", "$[1]"), "object": ("$.lon", "$.lat")}.get(str(column.format))
    if paths is None:
        pair = tuple(f"try_cast(trim(split_part({name}, ',', {i})) as double)" for i in (1, 2))
    else:
        pair = tuple(
            f"try_cast(json_extract_string({name}::json, '{path}') as double)" for path in paths
        )
    return pair[0], pair[1]
