"""Every type of the contract: what is written as it should be comes back, the rest is set aside.

Table Schema: https://specs.frictionlessdata.io/table-schema/#types-and-formats
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import get_args

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.decoding.reasons import REASONS
from assets.decoding.values import TYPES
from checks.contract import ColumnType
from tests.decoding import FEW, NARROW, NBSP, column, contract, decode, warehouse, written


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse() as connection:
        yield connection


def alone(**words):
    """A contract of one column, and of another so that a line is never blank."""
    return contract(column("a", **words), column("b"))


def values(connection, texts, **words):
    contract = alone(**words)
    decoded = decode(connection, written([[text, "x"] for text in texts], contract), contract)
    assert decoded.aside == []
    return [value for value, _ in decoded.rows]


def why(connection, text, **words):
    """The reason for which a text is set aside; none when it is published."""
    contract = alone(**words)
    decoded = decode(connection, written([[text, "x"]], contract), contract)
    return decoded.reasons[0] if decoded.aside else None


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-99, 99)
    | st.text('aé"\\,]}\u2019nanINF{[ ', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
degrees = st.floats(-90, 90, allow_nan=False).map(lambda number: round(number, 6))


def test_every_type_of_the_contract_has_a_type_in_the_warehouse():
    assert set(TYPES) == set(get_args(ColumnType))


@FEW
@given(st.lists(st.times(), min_size=1, max_size=5), st.sampled_from([None, "default"]))
@pytest.mark.slow
def test_every_time_of_day_is_read_back(connection, times, form):
    told = [
        f"{time:%H:%M:%S}" + f".{time.microsecond:06d}" * (time.microsecond > 0) for time in times
    ]
    assert values(connection, told, type="time", format=form) == times


@FEW
@given(st.lists(st.times(), min_size=1, max_size=5), st.sampled_from(["%H:%M", "%Hh%M"]))
@pytest.mark.slow
def test_every_time_of_day_written_as_declared_is_read_back(connection, times, layout):
    minutes = [time.replace(second=0, microsecond=0) for time in times]
    told = [f"{time:{layout}}" for time in minutes]
    assert values(connection, told, type="time", format=layout) == minutes
    assert values(connection, told, type="time", format="any") == minutes


@FEW
@given(st.lists(st.dates(dt.date(1000, 1, 1)), min_size=1, max_size=5))
@pytest.mark.slow
def test_every_month_is_read_back(connection, days):
    told = [f"{day:%Y-%m}" for day in days]
    assert values(connection, told, type="yearmonth") == told


@FEW
@given(st.lists(st.integers(1000, 9999), min_size=1, max_size=5))
@pytest.mark.slow
def test_every_year_is_read_back_as_a_year_or_as_its_first_day(connection, years):
    told = [str(year) for year in years]
    assert values(connection, told, type="year") == years
    days = [dt.date(year, 1, 1) for year in years]
    assert values(connection, told, type="date", format="%Y") == days


@FEW
@given(
    st.lists(st.dates(dt.date(1000, 1, 1)), min_size=1, max_size=5),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d"]),
)
@pytest.mark.slow
def test_any_date_is_read_the_french_way_the_day_before_the_month(connection, days, layout):
    told = [f"{day:{layout}}" for day in days]
    assert values(connection, told, type="date", format="any") == days


@FEW
@given(
    st.lists(
        st.datetimes(dt.datetime(1001, 1, 1), dt.datetime(9998, 1, 1)), min_size=1, max_size=4
    ),
    st.integers(-12, 14),
)
@pytest.mark.slow
def test_an_instant_that_says_its_offset_is_kept_in_utc(connection, instants, hours):
    zone = dt.timezone(dt.timedelta(hours=hours))
    told = [instant.replace(tzinfo=zone).isoformat() for instant in instants]
    expected = [instant - dt.timedelta(hours=hours) for instant in instants]
    assert values(connection, told, type="datetime") == expected
    whole = [instant.replace(microsecond=0) for instant in instants]
    told = [instant.isoformat() + "Z" for instant in whole]
    assert values(connection, told, type="datetime") == whole


@FEW
@given(st.lists(st.tuples(degrees, degrees), min_size=1, max_size=4))
@pytest.mark.slow
def test_every_point_is_read_back_in_each_of_its_forms(connection, points):
    forms = {
        "default": [f"{longitude:f}, {latitude:f}" for longitude, latitude in points],
        "array": [json.dumps(list(point)) for point in points],
        "object": [json.dumps({"lon": lon, "lat": lat}) for lon, lat in points],
    }
    for form, told in forms.items():
        assert values(connection, told, type="geopoint", format=form) == told


@FEW
@given(st.lists(st.lists(json_values, max_size=3), min_size=1, max_size=4))
@pytest.mark.slow
def test_every_json_array_is_read_back(connection, arrays):
    told = [json.dumps(array) for array in arrays]
    assert values(connection, told, type="array") == told


@FEW
@given(
    st.lists(st.dictionaries(st.text(max_size=3), json_values, max_size=3), min_size=1, max_size=4)
)
@pytest.mark.slow
def test_every_json_object_is_read_back(connection, objects):
    told = [json.dumps(one, ensure_ascii=False) for one in objects]
    assert values(connection, told, type="object") == told


@FEW
@given(st.text('{}[]":,0123456789.eE+-nulltrefasNI \\/', min_size=1, max_size=12))
@pytest.mark.slow
def test_what_json_itself_refuses_is_no_array_and_no_object(connection, text):
    def refuses(constant: str) -> None:
        raise ValueError(constant)

    try:
        value = json.loads(text, parse_constant=refuses)
    except ValueError:
        value = None
    expected = {list: "array", dict: "object"}.get(type(value))
    for kind in ("array", "object"):
        if why(connection, text, type=kind) is None and text.strip():
            assert kind == expected


@FEW
@given(st.lists(st.text("aé1 €", max_size=4), min_size=1, max_size=4))
@pytest.mark.slow
def test_any_text_is_a_value_of_any(connection, texts):
    assert values(connection, texts, type="any") == [text.strip() or None for text in texts]


GEOMETRIES = [
    {"type": "Point", "coordinates": [5.2, 46.2]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    {"type": "GeometryCollection", "geometries": []},
    {"type": "Feature", "properties": {}, "geometry": None},
    {"type": "FeatureCollection", "features": []},
]


def test_every_geojson_object_is_read_back(connection):
    told = [json.dumps(geometry) for geometry in GEOMETRIES]
    assert values(connection, told, type="geojson") == told


def test_a_number_may_carry_its_unit_where_the_contract_says_so(connection):
    french = {"type": "number", "decimalChar": ",", "groupChar": " ", "bareNumber": False}
    told = [f"1{NARROW}234,50 €", "12 %", "-3,5 km", f"€{NBSP}7", ",5 m"]
    assert values(connection, told, **french) == [1234.5, 12.0, -3.5, 7.0, 0.5]
    assert values(connection, ["95%", "n° 7"], type="integer", bareNumber=False) == [95, 7]


def test_a_boolean_is_one_of_the_words_of_table_schema_unless_others_are_declared(connection):
    told = ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0"]
    assert values(connection, told, type="boolean") == [True] * 4 + [False] * 4
    assert values(connection, ["oui"], type="boolean", trueValues=["oui"]) == [True]


@pytest.mark.parametrize(
    ("words", "text", "reason"),
    [
        ({"type": "time"}, "24:00:00", "TYPE"),
        ({"type": "time"}, "12:60:00", "TYPE"),
        ({"type": "time"}, "8:00:00", "TYPE"),
        ({"type": "time"}, "08:00", "TYPE"),
        ({"type": "time"}, "08:00:00+02", "TYPE"),
        ({"type": "time", "format": "%H:%M"}, "8:00", "TYPE"),
        ({"type": "time", "format": "any"}, "25:00", "TYPE"),
        ({"type": "yearmonth"}, "2026-13", "DATE"),
        ({"type": "yearmonth"}, "2026-1", "DATE"),
        ({"type": "yearmonth"}, "2026-01-01", "DATE"),
        ({"type": "date", "format": "any"}, "12/31/2026", "DATE"),
        ({"type": "date", "format": "any"}, "1/2/26", "DATE"),
        ({"type": "date", "format": "%Y"}, "26", "DATE"),
        ({"type": "date"}, "45000", "DATE"),
        ({"type": "date"}, "infinity", "DATE"),
        ({"type": "date"}, "epoch", "DATE"),
        ({"type": "datetime"}, "2026-02-28T24:00:00Z", "DATE"),
        ({"type": "datetime"}, "2026-02-30T10:00:00+02:00", "DATE"),
        ({"type": "datetime"}, "0026-02-03T10:00:00Z", "DATE"),
        ({"type": "geopoint"}, "181, 46", "TYPE"),
        ({"type": "geopoint"}, "5.2, 91", "TYPE"),
        ({"type": "geopoint"}, "5,2, 46,2", "TYPE"),
        ({"type": "geopoint"}, "5.2 46.2", "TYPE"),
        ({"type": "geopoint"}, "[5.2, 46.2]", "TYPE"),
        ({"type": "geopoint", "format": "array"}, "5.2, 46.2", "TYPE"),
        ({"type": "geopoint", "format": "array"}, "[5.2]", "TYPE"),
        ({"type": "geopoint", "format": "array"}, '["5.2", "46.2"]', "TYPE"),
        ({"type": "geopoint", "format": "array"}, "[5.2, 46.2, 1]", "TYPE"),
        ({"type": "geopoint", "format": "object"}, '{"lon": 5.2}', "TYPE"),
        ({"type": "geopoint", "format": "object"}, "[5.2, 46.2]", "TYPE"),
        ({"type": "geojson"}, '{"type": "Point"}', "TYPE"),
        ({"type": "geojson"}, '{"type": "Dot", "coordinates": []}', "TYPE"),
        ({"type": "geojson"}, '{"type": "Point", "coordinates": [NaN, 1]}', "TYPE"),
        ({"type": "geojson"}, "POINT (1 2)", "TYPE"),
        ({"type": "array"}, "[1, 2,]", "TYPE"),
        ({"type": "array"}, "[Infinity]", "TYPE"),
        ({"type": "array"}, "{}", "TYPE"),
        ({"type": "array"}, "a, b", "TYPE"),
        ({"type": "object"}, "[]", "TYPE"),
        ({"type": "object"}, "{'a': 1}", "TYPE"),
        ({"type": "boolean"}, "oui", "TYPE"),
        ({"type": "boolean"}, "tRUE", "TYPE"),
        ({"type": "boolean", "trueValues": ["oui"]}, "OUI", "TYPE"),
        ({"type": "boolean", "trueValues": ["oui"]}, "true", "TYPE"),
        ({"type": "number", "decimalChar": ",", "groupChar": "."}, "1.5", "TYPE"),
        ({"type": "number", "decimalChar": ",", "groupChar": " "}, "1.234", "TYPE"),
        ({"type": "number", "decimalChar": ",", "groupChar": " "}, "06 39 98", "TYPE"),
        ({"type": "number", "decimalChar": ","}, "1 234,50", "TYPE"),
        ({"type": "number", "decimalChar": ","}, "1234,50 €", "TYPE"),
        ({"type": "number"}, "12 %", "TYPE"),
        ({"type": "number", "bareNumber": False}, "5-", "TYPE"),
        ({"type": "number", "bareNumber": False}, "(5)", "TYPE"),
        ({"type": "number", "bareNumber": False}, "1 234", "TYPE"),
        ({"type": "string", "format": "uri"}, "www.angers.fr", "FORMAT"),
        ({"type": "string", "format": "uuid"}, "42", "FORMAT"),
        ({"type": "string", "format": "email"}, "mairie", "FORMAT"),
        ({"type": "string", "format": "binary"}, "é", "FORMAT"),
    ],
)
def test_what_is_not_written_as_declared_is_set_aside(connection, words, text, reason):
    assert why(connection, text, **words) == reason
    assert reason in REASONS


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"type": "string", "format": "uri"}, "https://data.angers.fr/explore?a=é"),
        ({"type": "string", "format": "uuid"}, str(uuid.UUID(int=7))),
        ({"type": "string", "format": "email"}, "mairie@angers.fr"),
        ({"type": "string", "format": "binary"}, "w6k="),
    ],
)
def test_each_text_format_lets_its_own_through(connection, words, text):
    assert values(connection, [text], **words) == [text]


@pytest.mark.parametrize(
    ("words", "text", "reason"),
    [
        ({"type": "number", "constraints": {"enum": ["1", "2"]}}, "1.0", None),
        ({"type": "number", "constraints": {"enum": ["1", "2"]}}, "1.5", "HORS_LISTE"),
        ({"type": "date", "constraints": {"minimum": "2020-01-01"}}, "2019-12-31", "HORS_BORNES"),
        ({"type": "time", "constraints": {"maximum": "12:00:00"}}, "12:00:01", "HORS_BORNES"),
        ({"type": "yearmonth", "constraints": {"minimum": "2020-01"}}, "2019-12", "HORS_BORNES"),
        ({"type": "year", "constraints": {"minimum": 2020}}, "2019", "HORS_BORNES"),
        ({"type": "array", "constraints": {"minLength": 1}}, "[]", "LONGUEUR"),
        ({"type": "array", "constraints": {"maxLength": 1}}, "[1, 2]", "LONGUEUR"),
        ({"type": "object", "constraints": {"minLength": 1}}, "{}", "LONGUEUR"),
        ({"type": "integer", "constraints": {"pattern": r"\d{2}"}}, "7", "FORMAT"),
        ({"type": "boolean", "constraints": {"required": True}}, "", "MANQUANT"),
        ({"type": "geopoint", "constraints": {"required": True}}, " ", "MANQUANT"),
    ],
)
def test_constraints_hold_for_every_type(connection, words, text, reason):
    assert why(connection, text, **words) == reason
