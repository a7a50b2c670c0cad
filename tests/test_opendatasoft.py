"""An Opendatasoft portal: every row the portal counts, none twice, and no request for nothing."""

import csv
import json
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from resources.errors import SourceError
from tests.portals.asking import SHARED, Asking, contract
from tests.portals.opendatasoft import Opendatasoft
from tests.portals.table import Table
from tests.server import Server, status

IRIS = SHARED / "iris" / "iris_2021.parquet"
AIN = "com >= '01000' and com < '02000'"
DATASET = "opendatasoft:data.angers.fr/iris"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(f"select iris, com, lab_iris, pop from read_parquet('{IRIS}')")


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def portal(server, table, tmp_path) -> Opendatasoft:
    portal = Opendatasoft(table, "iris", tmp_path)
    server.on("/data.angers.fr/*", portal)
    return portal


@pytest.fixture
def asking(tmp_path, server) -> Asking:
    return Asking(tmp_path, server.relay)


def of(*words: str, **more: object):
    url = DATASET + ("?" + "&".join(words) if words else "")
    said = {"dialect": {"delimiter": ";"}, "key": ["c0"], **more}
    return contract(url, "iris", "com", "pop", **said)


def received(asking: Asking) -> list[dict[str, str]]:
    with asking.received.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def asked(server: Server, kind: str) -> list[dict[str, list[str]]]:
    paths = [urlsplit(asked.path) for asked in server.asked]
    return [parse_qs(path.query) for path in paths if kind in path.path]


def refused(asking: Asking, said) -> SourceError:
    with pytest.raises(SourceError) as error:
        asking.fetch(said)
    return error.value


def test_the_whole_export_comes_with_as_many_rows_as_the_portal_counts(asking, portal, table):
    answer = asking.fetch(of())
    rows = received(asking)
    assert answer.facts == {"lignes reçues": table.count()} == {"lignes reçues": len(rows)}
    assert len({row["iris"] for row in rows}) == 49_280
    assert portal.kinds == ["dataset", "records", "exports"]


def test_only_the_columns_of_the_contract_and_technical_names_are_asked_for(asking, portal, server):
    asking.fetch(of())
    (sent,) = asked(server, "/exports/csv")
    assert sent["select"] == ["iris, com, pop"]
    assert sent["use_labels"] == ["false"]
    assert sent["with_bom"] == ["false"]
    assert sent["delimiter"] == [";"]
    assert sent["timezone"] == ["UTC"]


def test_the_filter_is_sent_with_the_count_and_with_the_export(asking, portal, server, table):
    asking.fetch(of(f"where={AIN}", "timezone=Europe/Paris"))
    assert len(received(asking)) == table.count(AIN) > 400
    assert (
        asked(server, "/exports/")[0]["where"]
        == [f"({AIN})"]
        == asked(server, "/records")[0]["where"]
    )
    assert asked(server, "/exports/")[0]["timezone"] == ["Europe/Paris"]


def test_the_communes_of_the_territory_are_a_filter_at_the_source(asking, portal, server):
    asking.fetch(of("communes=com", "where=pop > 0"))
    assert {row["com"] for row in received(asking)} == {"01004", "01007", "01014"}
    sent = asked(server, "/exports/")[0]["where"]
    assert sent == ['(pop > 0) and com in ("01004", "01007", "01014")']


def test_a_dataset_that_was_not_processed_again_costs_one_small_request(asking, portal, server):
    tag = asking.fetch(of()).tag
    portal.kinds.clear()
    assert asking.fetch(of(), tag) is None
    assert portal.kinds == ["dataset"]
    portal.processed = "2026-11-21T04:12:07+00:00"
    assert asking.fetch(of(), tag).tag != tag


def test_another_filter_is_another_question(asking, portal):
    tag = asking.fetch(of()).tag
    assert asking.fetch(of(f"where={AIN}"), tag) is not None


def test_another_layout_or_another_column_is_another_file(asking, portal):
    said = of(f"where={AIN}", "mode=records")
    tag = asking.fetch(said).tag
    assert asking.fetch(of(f"where={AIN}", "mode=records"), tag) is None
    assert asking.fetch(of(f"where={AIN}", "mode=records", format="jsonl"), tag)
    assert asking.fetch(said.model_copy(update={"columns": said.columns[:2]}), tag)


def test_a_filter_that_moves_with_time_is_asked_each_time(asking, portal):
    assert asking.fetch(of("where=pop > 0 or now() is null")).tag is None


def test_a_portal_without_date_is_asked_each_time(asking, portal):
    portal.processed = None
    assert asking.fetch(of()).tag is None


@pytest.mark.parametrize("form", ["parquet", "geojson", "json", "jsonl"])
def test_the_other_exports_are_counted_too(asking, portal, form, table):
    portal.misbehaves = "" if form == "parquet" else "short"
    said = of("communes=com", format=form)
    if form == "parquet":
        assert asking.fetch(said).facts["lignes reçues"] > 3
        with duckdb.connect() as connection:
            assert connection.execute(f"from read_parquet('{asking.received}')").fetchall()
    else:
        assert refused(asking, said).code == "TRONQUE"
        portal.misbehaves = ""
        assert asking.fetch(said).facts["lignes reçues"] == table.count(
            "com in ('01004', '01007', '01014')"
        )


def test_an_export_that_lost_a_row_is_not_taken(asking, portal):
    portal.misbehaves = "short"
    error = refused(asking, of())
    assert error.code == "TRONQUE"
    assert "49280" in str(error)


def test_a_web_page_in_place_of_data_is_no_version_of_them(asking, portal):
    portal.misbehaves = "maintenance"
    assert refused(asking, of()).code == "SOURCE_INDISPONIBLE"


# --- Page after page --------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_records_come_page_after_page_in_the_order_of_the_key(asking, portal, server, table, form):
    answer = asking.fetch(of(f"where={AIN}", "mode=records", format=form))
    expected = [row["iris"] for row in table.rows(["iris"], AIN, "iris")]
    if form == "csv":
        found = [row["iris"] for row in received(asking)]
    else:
        found = [json.loads(line)["iris"] for line in asking.received.read_text().splitlines()]
    assert found == expected
    assert answer.facts == {"lignes reçues": len(expected)}
    assert len(asked(server, "/records")) == -(-len(expected) // 100)
    assert {words["order_by"][0] for words in asked(server, "/records")} == {"iris"}


def test_more_records_than_pages_can_give_are_refused_with_the_way_out(asking, portal, server):
    error = refused(asking, of("mode=records"))
    assert error.code == "TROP_DE_LIGNES"
    assert "export entier" in str(error)
    assert len(asked(server, "/records")) == 1


@pytest.mark.parametrize("fault", ["repeated", "unstable", "moving"])
def test_pages_that_repeat_mix_or_move_are_not_taken(asking, portal, fault):
    portal.misbehaves = fault
    assert refused(asking, of(f"where={AIN}", "mode=records")).code == "TRONQUE"


def test_records_without_a_key_have_no_order_and_are_refused(asking, portal):
    assert refused(asking, of("mode=records", key=[])).code == "CLE"


# --- Quota, errors, secrets -------------------------------------------------------------------


def test_a_quota_too_small_for_the_pages_is_left_unspent(asking, portal):
    portal.calls_left = 4
    assert refused(asking, of(f"where={AIN}", "mode=records")).code == "QUOTA"
    assert portal.calls_left == 2


def test_a_quota_that_is_reached_stops_there(asking, portal, server):
    portal.calls_left = 0
    assert refused(asking, of()).code == "QUOTA"
    portal.calls_left = 1
    server.asked.clear()
    assert refused(asking, of()).code == "QUOTA"
    assert len(server.asked) == 1


def test_a_wrong_filter_and_an_unknown_dataset_are_told(asking, portal, server):
    assert refused(asking, of("where=inconnu = 1")).code == "REQUETE"
    assert refused(asking, contract("opendatasoft:data.angers.fr/autre", "iris")).code == "ABSENTE"
    assert refused(asking, contract(DATASET, "inconnue")).code == "EN_TETE"
    assert refused(asking, of(format="xlsx")).code == "FORMAT"


def test_a_column_is_found_under_an_alias_and_an_absent_one_is_left_for_the_reading(
    asking, portal, server
):
    said = of()
    columns = [said.columns[0].model_copy(update={"aliases": [], "source_name": "code_iris"})]
    columns[0] = columns[0].model_copy(update={"aliases": ["iris"]})
    columns += [said.columns[1], said.columns[2].model_copy(update={"source_name": "absente"})]
    asking.fetch(said.model_copy(update={"columns": columns}))
    assert asked(server, "/exports/")[0]["select"] == ["iris, com"]


def test_the_key_goes_in_a_header_and_never_in_an_address(asking, portal, server, monkeypatch):
    monkeypatch.setenv("ODS_KEY", "sésame-123".replace("é", "e"))
    asking.fetch(of("communes=com", "apikey_from=ODS_KEY"))
    assert {asked.headers.get("authorization") for asked in server.asked} == {"Apikey sesame-123"}
    assert not any("sesame" in asked.path for asked in server.asked)


def test_a_passing_failure_is_tried_again(asking, portal, server):
    server.on("/data.angers.fr/*", [status(503), status(502), portal])
    assert asking.fetch(of("communes=com")) is not None
    assert len(asking.waited) == 2


def test_a_dry_run_shows_the_addresses_without_asking(asking, portal, server):
    told = asking.asks(of("communes=com"))
    assert told[0] == "https://data.angers.fr/api/explore/v2.1/catalog/datasets/iris"
    assert "/exports/csv?select=iris%2C%20com%2C%20pop" in told[1]
    assert "01007" in told[1]
    assert "order_by=iris" in asking.asks(of("mode=records"))[1]
    assert not server.asked


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("opendatasoft:data.angers.fr", "portail/jeu_de_donnees"),
        ("opendatasoft://data.angers.fr/iris", "portail/jeu_de_donnees"),
        ("opendatasoft:data.angers.fr/iris?wher=x", "« where »"),
        ("opendatasoft:data.angers.fr/iris?mode=tout", "records"),
        ("opendatasoft:data.angers.fr/iris?apikey_from=secret", "variable"),
    ],
)
def test_an_address_that_can_never_be_read_is_told_at_the_load(asking, url, told):
    assert told in asking.fault(url)
    assert asking.fault(DATASET + '?where=annee>2020 and nom="Été"') is None
