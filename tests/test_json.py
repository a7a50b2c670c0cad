"""JSON, JSON lines and GeoJSON: where rows are found, what they keep, what is refused."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.decoding import json_stream, json_values
from resources.errors import SourceError
from tests.decoded import column, contract, decode

AB = contract("a", "b", format="json")
LINES = contract("a", "b", format="jsonl")


def refused(content: bytes | str, held) -> SourceError:
    with pytest.raises(SourceError) as error:
        decode(content, held)
    return error.value


def test_each_object_of_a_list_is_a_row_at_its_line():
    decoded = decode('[\n{"a":1,"b":"x"},\n\n{"b":null,"a":true}]', AB)
    assert decoded.rows == [("1", "x"), ("true", None)]


def test_numbers_keep_the_digits_they_were_written_with():
    told = ["1.10", "12345678901234567890.123456789", "1E17", "-0.0", "9007199254740993"]
    held = contract("a", format="json")
    decoded = decode("[" + ",".join(f'{{"a": {digits}}}' for digits in told) + "]", held)
    assert [row[0] for row in decoded.rows] == told


def test_an_integer_beyond_the_precision_of_a_double_is_typed_exactly():
    held = contract(column("a", type="integer"), format="json")
    assert decode('[{"a": 9007199254740993}]', held).rows == [(9007199254740993,)]


def test_lists_and_objects_are_kept_as_json_with_their_digits():
    held = contract("a", "b", format="json")
    decoded = decode('[{"a": [1.10, "é"], "b": {"x": [null, false]}}]', held)
    assert decoded.rows == [('[1.10,"é"]', '{"x":[null,false]}')]


def test_rows_are_found_at_a_path_whatever_stands_beside_it():
    held = contract("a", "b", format="json", records="marches.marche")
    text = '{"v": {"marche": [9]}, "marches": {"x": [1, {}], "marche": [{"a": 1, "b": 2}], "y": 3}}'
    assert decode(text, held).rows == [("1", "2")]


def test_nested_values_are_found_by_a_dotted_path_or_by_the_same_name_flattened():
    held = contract(
        column("acheteur", **{"from": "acheteur.id"}),
        column("titulaire", **{"from": "titulaires.0.titulaire.id"}, optional=True),
        format="json",
    )
    decoded = decode(
        '[{"acheteur": {"id": "0123"}, "titulaires": [{"titulaire": {"id": "7"}}]},'
        ' {"acheteur.id": "0456", "titulaires": []}, {"acheteur": null}]',
        held,
    )
    assert decoded.rows == [("0123", "7"), ("0456", None), (None, None)]


def test_a_column_is_found_under_its_aliases():
    held = contract(column("a", aliases=["A", "vieux.a"]), format="json")
    assert decode('[{"a": 1}, {"A": 2}, {"vieux": {"a": 3}}]', held).rows == [
        ("1",),
        ("2",),
        ("3",),
    ]


def test_a_key_that_some_records_lack_is_a_null_and_an_unknown_one_is_reported():
    decoded = decode('[{"a": 1, "c": 0}, {"b": 2, "d": 0}]', AB)
    assert decoded.rows == [("1", None), (None, "2")]
    assert decoded.extra == ["c", "d"]


def test_a_key_that_no_record_has_is_a_missing_column():
    error = refused('[{"a": 1, "bb": 2}]', AB)
    assert error.code == "SCHEMA"
    assert "« b »" in str(error)


def test_what_is_not_an_object_is_set_aside_with_its_line():
    decoded = decode('[\n{"a":1,"b":2},\n[3],\n"4"\n]', AB)
    assert decoded.aside == [(3, None, "JSON"), (4, None, "JSON")]
    assert decoded.texts == [("[3]",), ('"4"',)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "VIDE"),
        ("[]", "VIDE"),
        ("[1, 2]", "NON_JSON"),
        ("<!DOCTYPE html><html></html>", "NON_JSON"),
        ('{"error": "quota dépassé"}', "NON_JSON"),
        ('{"errorcode": 10002, "call_limit": 1}', "NON_JSON"),
        ('{"results": [{"a": 1, "b": 1}]}', "NON_JSON"),
        ('[{"a": 1, "b": 1}', "NON_JSON"),
        ('[{"a": 1, "b": 1}, {"a": 1, "b', "NON_JSON"),
        ('[{"a": 1, "b": 1}] [', "NON_JSON"),
        ('[{"a": 1 "b": 1}]', "NON_JSON"),
        ('[{"a": 1, "b": 1}}', "NON_JSON"),
        ("[" * 100_000, "NON_JSON"),
        (b'[{"a": "\xe9", "b": 1}]', "ENCODAGE"),
    ],
)
def test_what_is_not_the_json_expected_is_refused(content, code):
    assert refused(content, AB).code == code


def test_an_object_without_a_path_says_where_to_look():
    assert "« total_count », « results »" in str(refused('{"total_count": 1, "results": []}', AB))


def test_an_error_message_is_called_one_whatever_the_path():
    held = contract("a", format="json", records="results")
    assert "message d’erreur" in str(refused('{"error": {"results": 3}}', held))


def test_a_document_cut_after_its_rows_is_refused():
    held = contract("a", format="json", records="results")
    assert refused('{"results": [{"a": 1}], "total": 1', held).code == "NON_JSON"


def test_a_byte_order_mark_is_not_data():
    assert decode(b'\xef\xbb\xbf[{"a": 1, "b": "\xc3\xa9"}]', AB).rows == [("1", "é")]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abx é", max_size=3), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON), min_size=1, max_size=9),
    st.integers(1, 40),
    st.sampled_from([None, 1]),
)
@pytest.mark.slow
def test_however_it_is_cut_into_pieces_a_document_gives_the_records_of_python(
    records, chunk, indent
):
    text = json.dumps({"x": [records], "rows": records, "y": 1}, indent=indent)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(json_stream, "CHUNK", chunk)
        items = json_stream.Document(io.StringIO(text), "NON_JSON").items(["rows"])
        found = [(line, json.loads(json_values.written(value))) for line, value in items]
    assert [value for _, value in found] == records
    if indent:
        lines = text.split("\n")
        assert all(lines[line - 1].strip().startswith("{") for line, _ in found)


def test_a_value_without_end_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(json_stream, "LONGEST", 1000)
    monkeypatch.setattr(json_stream, "CHUNK", 100)
    assert refused('[{"a": "' + "x" * 5000, AB).code == "LIGNE_TROP_LONGUE"


# JSON lines


def test_a_broken_line_is_set_aside_and_the_others_keep_their_numbers():
    decoded = decode('{"a":1,"b":2}\n\n{"a":1,\n[1]\n{"a":3,"b":null}\n', LINES)
    assert decoded.rows == [("1", "2"), ("3", None)]
    assert decoded.aside == [(3, None, "JSON"), (4, None, "JSON")]
    assert decoded.texts == [('{"a":1,',), ("[1]",)]


def test_a_typed_fault_of_a_line_is_told_with_its_line():
    held = contract("a", column("b", type="integer"), format="jsonl")
    decoded = decode('{"a":1,"b":2}\n\n{"a":1,"b":2.5}\n', held)
    assert decoded.aside == [(3, "b", "TYPE")]


def test_lines_of_which_none_is_json_are_refused():
    assert refused("<html>\n<body>\n", LINES).code == "NON_JSON"


# GeoJSON

SHAPES = contract("code", "geometry", format="geojson")


def collection(*features: object, **beside: object) -> str:
    return json.dumps({"type": "FeatureCollection", **beside, "features": list(features)})


def feature(**words: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"code": "1"}, "geometry": None, **words}


def test_a_feature_without_properties_or_geometry_is_a_row_of_nulls():
    decoded = decode(collection(feature(), feature(properties=None)), SHAPES)
    assert decoded.rows == [("1", None), (None, None)]


def test_coordinates_keep_their_digits():
    text = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1"},'
        '"geometry":{"type":"Point","coordinates":[-0.5500,47.470]}}]}'
    )
    assert decode(text, SHAPES).rows == [("1", '{"type":"Point","coordinates":[-0.5500,47.470]}')]


def test_the_identifier_of_a_feature_is_a_column_unless_a_property_has_its_name():
    held = contract("id", "geometry", format="geojson")
    decoded = decode(collection(feature(id="f.1"), feature(id=2, properties={"id": "p"})), held)
    assert [row[0] for row in decoded.rows] == ["f.1", "p"]


def test_what_is_not_a_feature_is_set_aside():
    assert decode(collection(feature(), {"type": "Point"}, 3), SHAPES).counts == {
        "published": 1,
        ":JSON": 2,
    }


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"]
)
def test_a_crs_that_is_wgs84_changes_nothing(name):
    crs = {"type": "name", "properties": {"name": name}}
    assert len(decode(collection(feature(), crs=crs), SHAPES).rows) == 1


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::2154", "EPSG:3947", None])
def test_coordinates_in_another_projection_are_refused(name):
    crs = {"type": "name", "properties": {"name": name}}
    assert refused(collection(feature(), crs=crs), SHAPES).code == "PROJECTION"


def test_only_a_collection_of_features_is_read():
    assert refused(json.dumps(feature()), SHAPES).code == "NON_GEOJSON"
    after = '{"features": [{"type":"Feature","properties":{"code":1}}], "type": "Topology"}'
    assert refused(after, SHAPES).code == "NON_GEOJSON"


def test_the_outlines_of_the_territory_are_all_read():
    file = Path(__file__).parent.parent / (
        "assets/territories/angers_loire_metropole/contours.geojson"
    )
    held = contract("code", column("geometry", type="geojson"), format="geojson")
    decoded = decode(file, held)
    features = json.loads(file.read_bytes())["features"]
    assert len(decoded.rows) == len(features)
    assert json.loads(decoded.rows[0][1]) == features[0]["geometry"]


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_half_of_a_surrogate_pair_sets_its_row_aside_and_no_other(format_):
    """What a portal leaves when it cuts a text in the middle of an emoji."""
    rows = ['{"a": "\\ud83d\\ude00", "b": "1"}', '{"a": "\\ud83d", "b": "2"}', '"\\ude00"']
    text = "\n".join(rows) if format_ == "jsonl" else "[" + ",\n".join(rows) + "]"
    decoded = decode(text, contract("a", "b", format=format_))
    assert decoded.rows == [("😀", "1")]
    assert decoded.aside == [(2, None, "JSON"), (3, None, "JSON")]
    assert decoded.texts == [('["\\ud83d", "2"]',), ('"\\ude00"',)]
