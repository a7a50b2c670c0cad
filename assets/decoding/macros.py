"""The functions that the SQL of decoding calls: keys of identifiers, JSON as its standard has it.

Nothing here depends on a contract; they are created once per connection.
"""

from checks.formats import FORMATS

# DuckDB's `json_valid` also takes NaN, Infinity and a comma before a closing bracket (1.5.5), which
# RFC 8259 refuses: they are sought where the strings of the text are put aside.
# A position is a longitude and a latitude in degrees (WGS 84), in that order (RFC 7946, 3.1.1).
_JSON = r"""
create or replace temp macro json_holds(text) as (
    json_valid(text) and not regexp_matches(
        regexp_replace(text, '"(?:[^"\\]|\\.)*"', '""', 'g'), '(?i)nan|inf|,\s*[\]}]'
    )
);
create or replace temp macro json_kind(text, path) as (
    json_type(case when json_holds(text) then text end, path)
);
create or replace temp macro json_of(text, kind) as (
    case when json_kind(text, '$') = kind then text end
);
create or replace temp macro json_word(text, path) as (
    json_extract_string(case when json_holds(text) then text end, path)
);
create or replace temp macro geojson_of(text) as (
    case when json_kind(text, '$') = 'OBJECT' and case
        when json_word(text, '$.type') in (
            'Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon'
        ) then json_kind(text, '$.coordinates') = 'ARRAY'
        when json_word(text, '$.type') = 'GeometryCollection'
            then json_kind(text, '$.geometries') = 'ARRAY'
        when json_word(text, '$.type') = 'Feature'
            then json_kind(text, '$.geometry') in ('OBJECT', 'NULL')
        when json_word(text, '$.type') = 'FeatureCollection'
            then json_kind(text, '$.features') = 'ARRAY'
    end then text end
);
create or replace temp macro json_length(text) as (
    json_array_length(case when json_kind(text, '$') = 'ARRAY' then text end)
);
create or replace temp macro json_number(text, path) as (
    case when json_kind(text, path) in ('DOUBLE', 'BIGINT', 'UBIGINT')
        then json_word(text, path) end
);
create or replace temp macro on_earth(longitude, latitude) as (
    try_cast(longitude as double) between -180 and 180
    and try_cast(latitude as double) between -90 and 90
);
"""

_KEYS = "".join(
    f"create or replace temp macro {name}_holds(digits) as "
    f"({FORMATS[name].holds_compact('digits')});\n"
    for name in ("siret", "siren")
)
MACROS = _KEYS + _JSON
