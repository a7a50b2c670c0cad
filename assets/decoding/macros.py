"""The functions that the SQL of decoding calls: keys of identifiers, JSON as its standard has it.

Nothing here depends on a contract; they are created once per connection.
"""

# DuckDB's `json_valid` also takes NaN, Infinity and a comma before a closing bracket (1.5.5), which
# RFC 8259 refuses: they are sought where the strings of the text are put aside.
# `and` does not stop DuckDB from computing the key of a text that holds a letter: `try_cast`.
# Luhn's key over any length (ISO/IEC 7812-1, annex B), SIRET of La Poste apart: its fourteen
# digits add up to a multiple of five, the head office excepted (Insee).
# A position is a longitude and a latitude in degrees (WGS 84), in that order (RFC 7946, 3.1.1).
MACROS = r"""
create or replace temp macro digit(digits, i) as try_cast(substr(digits, i, 1) as integer);
create or replace temp macro luhn(digits) as (
    list_sum(list_transform(
        range(1, length(digits) + 1),
        lambda i: case
            when (length(digits) - i) % 2 = 0 then digit(digits, i)
            when digit(digits, i) > 4 then digit(digits, i) * 2 - 9
            else digit(digits, i) * 2
        end
    )) % 10 = 0
);
create or replace temp macro digit_sum(digits) as (
    list_sum(list_transform(range(1, length(digits) + 1), lambda i: digit(digits, i)))
);
create or replace temp macro siret_holds(digits) as (
    regexp_full_match(digits, '\d{14}') and (
        luhn(digits) or (starts_with(digits, '356000000') and digit_sum(digits) % 5 = 0)
    )
);
create or replace temp macro siren_holds(digits) as (
    regexp_full_match(digits, '\d{9}') and luhn(digits)
);
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
