"""The files of open tables: what other tools read in them is what the table holds."""

import csv
import io
import json

import duckdb
import polars as pl
import pytest

from tests.scenario import TREES, Scenario
from tests.test_publication import publish

# Each builds tables for real, from a file to a published version.
pytestmark = pytest.mark.slow

TEXTS = ("=HYPERLINK(A1)", "deux\nlignes", 'un "mot"', "virgule, oui", "é", "")
FILE = "Identifiant;essence;Hauteur (m);Planté le;remarque\n" + "".join(
    f'A-{rank:03d};tilleul;12,5;21/03/1998;"{text.replace(chr(34), chr(34) * 2)}"\n'
    for rank, text in enumerate(TEXTS)
)
PLACES = (
    TREES.replace("arbres.csv", "lieux.csv")
    .replace("title: Arbres d’alignement", "title: Lieux")
    .replace(
        "key: [id_arbre]",
        """\
  - {name: point, type: geopoint, title: Point, description: Où., example: "5.2, 46.1"}
  - {name: forme, type: geojson, title: Forme, description: Contour., example: "{}"}
key: [id_arbre]""",
    )
)
POINTS = ("5.25, 46.125", "-1.5,0", "")
SHAPES = (
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1.5], [0, 0]]]},
    {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2, 9]}},
    None,
)
OTHERS = (
    {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]]]},
    {"type": "LineString", "coordinates": [[0, 0], [1e-3, -1]]},
    {"type": "MultiPoint", "coordinates": [[0, 0], [1, 1]]},
    {
        "type": "GeometryCollection",
        "geometries": [
            {"type": "Point", "coordinates": [1, 2]},
            {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 1]], [[2, 2], [3, 3]]]},
        ],
    },
)


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    return Scenario(tmp_path)


def place_rows(points, shapes) -> str:
    rows = [
        f"A-{rank:03d};tilleul;1;01/01/2020;;{point};{quoted(shape)}\n"
        for rank, (point, shape) in enumerate(zip(points, shapes, strict=True))
    ]
    return "Identifiant;essence;Hauteur (m);Planté le;remarque;point;forme\n" + "".join(rows)


def quoted(shape: object) -> str:
    if shape is None:
        return ""
    text = json.dumps(shape).replace('"', '""')
    return f'"{text}"'


def published(scenario: Scenario, name: str):
    assert scenario.build(name.partition(".")[2]).state == "published"
    publish(scenario)
    return {path.suffix: path for path in scenario.home.current.glob(f"open/*/{name}.*")}


def test_csv_is_that_of_rfc_4180_and_says_what_the_source_wrote(scenario):
    scenario.write("arbres.csv", FILE)
    content = published(scenario, "sources.arbres")[".csv"].read_bytes()
    assert content.startswith(b"id_arbre,essence,hauteur_m,plante_le,remarque\r\n")
    assert content.endswith(b"\r\n")
    read = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    assert [row["remarque"] for row in read] == list(TEXTS)
    assert {row["hauteur_m"] for row in read} == {"12.5"}
    assert {row["plante_le"] for row in read} == {"1998-03-21"}


def test_parquet_holds_the_table_for_polars_and_duckdb_alike(scenario):
    scenario.write("arbres.csv", FILE)
    path = published(scenario, "sources.arbres")[".parquet"]
    frame = pl.read_parquet(path).sort("id_arbre")
    assert frame.rows() == duckdb.sql(f"from '{path}' order by id_arbre").fetchall()
    assert frame["hauteur_m"].dtype == pl.Float64


def test_a_table_without_a_place_has_no_geojson(scenario):
    assert set(published(scenario, "sources.arbres")) == {".csv", ".parquet"}


@pytest.fixture
def places(scenario):
    scenario.write("sources/lieux.yaml", PLACES)
    scenario.write("lieux.csv", place_rows(POINTS, SHAPES))
    return published(scenario, "sources.lieux")


def test_geoparquet_says_where_its_geometries_are_and_what_they_are(places):
    (metadata,) = duckdb.sql(
        f"select value from parquet_kv_metadata('{places['.parquet']}') where key = 'geo'::blob"
    ).fetchone()
    geo = json.loads(metadata)
    assert geo["version"].startswith("1.")
    assert geo["primary_column"] == "point"
    assert set(geo["columns"]) == {"point", "forme"}
    point = geo["columns"]["point"]
    assert (point["encoding"], point["geometry_types"]) == ("WKB", ["Point"])
    assert point["bbox"] == [-1.5, 0.0, 5.25, 46.125]
    # WKB by its own definition: little endian, type 1, two doubles.
    (wkb,) = pl.read_parquet(places[".parquet"]).filter(pl.col("id_arbre") == "A-000")["point"]
    assert wkb.hex() == "0101000000" + "0000000000001540" + "0000000000104740"


def test_geojson_is_a_collection_of_features_with_their_place_and_properties(places):
    document = json.loads(places[".geojson"].read_bytes())
    assert document["type"] == "FeatureCollection"
    first, _, last = sorted(document["features"], key=lambda one: one["properties"]["id_arbre"])
    assert first["type"] == "Feature"
    assert first["geometry"] == {"type": "Point", "coordinates": [5.25, 46.125]}
    assert first["properties"]["plante_le"] == "2020-01-01"
    assert last["geometry"] is None


def test_every_kind_of_geometry_keeps_its_positions(scenario):
    scenario.write("sources/lieux.yaml", PLACES)
    scenario.write("lieux.csv", place_rows([""] * 4, OTHERS))
    path = published(scenario, "sources.lieux")[".parquet"]
    shapes = duckdb.sql(f"select forme::varchar from '{path}' order by id_arbre").fetchall()
    assert [shape for (shape,) in shapes] == [
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))",
        "LINESTRING (0 0, 0.001 -1)",
        "MULTIPOINT (0 0, 1 1)",
        "GEOMETRYCOLLECTION (POINT (1 2), MULTILINESTRING ((0 0, 1 1), (2 2, 3 3)))",
    ]


def test_a_column_whose_text_is_no_single_geometry_stays_a_text(scenario):
    several = {"type": "FeatureCollection", "features": []}
    scenario.write("sources/lieux.yaml", PLACES)
    scenario.write("lieux.csv", place_rows(["1,2"], [several]))
    path = published(scenario, "sources.lieux")[".parquet"]
    assert pl.read_parquet(path)["forme"].dtype == pl.String
    assert pl.read_parquet(path)["point"].dtype == pl.Binary


def test_an_empty_open_table_has_files_that_open(scenario):
    scenario.edit("sources/arbres.yaml", "key: [id_arbre]", "key: [id_arbre]\nmay_be_empty: true")
    scenario.write("arbres.csv", FILE.splitlines()[0] + "\n")
    found = published(scenario, "sources.arbres")
    assert pl.read_parquet(found[".parquet"]).height == 0
    titles = b"id_arbre,essence,hauteur_m,plante_le,remarque\r\n"
    assert found[".csv"].read_bytes() == titles
