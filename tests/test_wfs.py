"""Features of a geographic server: as many as it matched, and its exceptions told as such."""

import json

import pytest

from resources.errors import SourceError
from tests.portals.asking import SHARED, Asking, contract
from tests.portals.table import Table
from tests.portals.wfs import GeoServer
from tests.server import Server

IRIS = SHARED / "iris" / "iris_2021.parquet"
OUTLINES = SHARED / "extraits_alm" / "communes_alm.geojson"
PLACE = "wfs:data.airpl.org/geoserver/ind/wfs?typeNames=ind:iris"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(
        f"select iris, com, typ_iris, pop from read_parquet('{IRIS}') "
        "where com < '03000' or com = '49007'"
    )


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def geoserver(server, table) -> GeoServer:
    found = json.loads(OUTLINES.read_text(encoding="utf-8"))["features"]
    outlines = {feature["properties"]["code"]: feature["geometry"] for feature in found}
    geometries = {"490070101": outlines["49007"]}
    geoserver = GeoServer(table, "ind:iris", "iris", geometries)
    server.on("/data.airpl.org/*", geoserver)
    return geoserver


@pytest.fixture
def asking(tmp_path, server) -> Asking:
    return Asking(tmp_path, server.relay)


def of(*words: str, headers: tuple[str, ...] = ("iris", "com", "pop"), **more: object):
    said = {"format": "geojson", "key": ["c0"], **more}
    return contract("&".join((PLACE, *words)), *headers, **said)


def features(asking: Asking) -> list[dict]:
    return json.loads(asking.received.read_text(encoding="utf-8"))["features"]


def refused(asking: Asking, said) -> SourceError:
    with pytest.raises(SourceError) as error:
        asking.fetch(said)
    return error.value


def test_every_feature_matched_comes_once_in_the_order_of_the_key(asking, geoserver, table):
    answer = asking.fetch(of())
    assert answer.facts == {"objets reçus": table.count()}
    assert table.count() > 1000
    found = [feature["properties"] for feature in features(asking)]
    assert found == table.rows(["iris", "com", "pop"], order="iris")


def test_a_server_that_gives_less_than_a_page_is_followed_to_the_end(asking, geoserver, table):
    geoserver.most = 400
    assert asking.fetch(of()).facts == {"objets reçus": table.count()}
    assert len(geoserver.asked) == -(-table.count() // 400)


def test_the_filter_the_communes_and_the_projection_are_sent(asking, geoserver):
    asking.fetch(of("CQL_FILTER=pop > 100", "communes=com"))
    sent = geoserver.asked[0]
    assert sent["CQL_FILTER"] == "(pop > 100) AND com IN ('01004','01007','01014')"
    assert sent["propertyName"] == "iris,com,pop"
    assert sent["srsName"] == "EPSG:4326"
    assert {feature["properties"]["com"] for feature in features(asking)} <= {
        "01004", "01007", "01014"
    }  # fmt: skip


def test_the_geometry_comes_when_the_contract_has_it(asking, geoserver):
    asking.fetch(of("CQL_FILTER=com = '49007'", headers=("iris", "geometry")))
    assert "propertyName" not in geoserver.asked[0]
    drawn = [feature for feature in features(asking) if feature["geometry"]]
    assert drawn[0]["geometry"]["type"] in ("Polygon", "MultiPolygon")
    asking.fetch(of("CQL_FILTER=com = '49007'", "geometryName=geom", headers=("iris", "geometry")))
    assert geoserver.asked[-1]["propertyName"] == "iris,geom"


def test_equal_features_give_an_equal_file(asking, geoserver):
    asking.fetch(of())
    first = asking.received.read_bytes()
    assert asking.fetch(of()).tag is None
    assert asking.received.read_bytes() == first


@pytest.mark.parametrize("fault", ["repeated", "unstable", "short"])
def test_pages_lost_doubled_or_mixed_are_not_taken(asking, geoserver, fault):
    geoserver.misbehaves = fault
    assert refused(asking, of()).code == "TRONQUE"


def test_a_server_that_does_not_count_is_read_to_its_last_page(asking, geoserver, table):
    geoserver.misbehaves, geoserver.most = "uncounted", 400
    assert asking.fetch(of()).facts == {"objets reçus": table.count()}


@pytest.mark.parametrize(
    "said",
    [
        of("CQL_FILTER=inconnu = 1"),
        of(headers=("inconnue",)),
        contract(PLACE.replace("ind:iris", "ind:autre"), "iris", format="geojson"),
    ],
)
def test_an_exception_in_xml_with_a_success_status_is_told(asking, geoserver, said):
    error = refused(asking, said)
    assert error.code == "REQUETE"
    assert "Detail" not in str(error)


def test_a_web_page_or_another_format_is_told(asking, geoserver):
    assert refused(asking, of(format="csv")).code == "FORMAT"
    geoserver.misbehaves = "maintenance"
    assert refused(asking, of()).code == "SOURCE_INDISPONIBLE"


def test_a_dry_run_shows_the_first_page(asking, geoserver):
    (told,) = asking.asks(of())
    assert "startIndex=0" in told
    assert not geoserver.asked


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("wfs:data.airpl.org?typeNames=a", "serveur/chemin"),
        ("wfs:data.airpl.org/wfs", "typeNames"),
        ("wfs:data.airpl.org/wfs?typeNames=a&cql_filter=b", "CQL_FILTER"),
    ],
)
def test_an_address_that_can_never_be_read_is_told_at_the_load(asking, url, told):
    assert told in asking.fault(url)
    assert asking.fault(PLACE) is None
