"""Lines of a Data Fair portal: all of those it counts, in its order, by its own cursor."""

import csv
import json

import duckdb
import pytest

from resources.errors import SourceError
from tests.portals.asking import SHARED, Asking, contract
from tests.portals.datafair import DataFair
from tests.portals.table import Table
from tests.server import Server

DPE = SHARED / "dpe" / "dpe-v2-sample_69.csv"
COLUMNS = ["N°DPE", "Adresse_brute", "Etiquette_DPE", "Code_INSEE_(BAN)"]
RENAMED = ["numero_dpe", "adresse_brute", "etiquette_dpe", "code_insee_ban"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table() -> Table:
    named = ", ".join(f'"{old}" as {new}' for old, new in zip(COLUMNS, RENAMED, strict=True))
    read = f"read_csv('{DPE}', delim = ';', header = true, all_varchar = true)"
    return Table(f'select {named}, "Conso_5_usages_é_finale"::double as conso from {read}')


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def portal(server, table) -> DataFair:
    portal = DataFair(table, "dpe03existant")
    server.on("/data.ademe.fr/*", portal)
    return portal


@pytest.fixture
def asking(tmp_path, server) -> Asking:
    return Asking(tmp_path, server.relay)


def of(*words: str, **more: object):
    url = "datafair:data.ademe.fr/dpe03existant?" + "&".join(words or ("size=300",))
    said = {"format": "jsonl", "key": ["c0"], **more}
    return contract(url, *RENAMED, "conso", **said)


def refused(asking: Asking, said) -> SourceError:
    with pytest.raises(SourceError) as error:
        asking.fetch(said)
    return error.value


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_every_line_comes_once_with_the_columns_of_the_contract(asking, portal, table, form):
    answer = asking.fetch(of(format=form))
    if form == "csv":
        with asking.received.open(encoding="utf-8", newline="") as file:
            rows = [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]
    else:
        rows = [json.loads(line) for line in asking.received.read_text().splitlines()]
    expected = table.rows([*RENAMED, "conso"])
    assert [row["numero_dpe"] for row in rows] == [row["numero_dpe"] for row in expected]
    assert [row["adresse_brute"] for row in rows] == [row["adresse_brute"] for row in expected]
    assert answer.facts == {"lignes reçues": 1000}
    assert [words.get("size") for words in portal.asked] == [None, *["300"] * 4]
    assert (
        portal.asked[1]["select"] == "numero_dpe,adresse_brute,etiquette_dpe,code_insee_ban,conso"
    )


def test_numbers_keep_their_digits_on_their_way_to_a_csv(asking, portal, table):
    asking.fetch(of(format="csv"))
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select conso from read_csv('{asking.received}', all_varchar = true)"
        ).fetchall()
    expected = [row["conso"] for row in table.rows(["conso"])]
    assert [text for (text,) in found] == [None if n is None else repr(n) for n in expected]


def test_a_last_page_that_is_full_is_not_read_twice(asking, portal):
    assert asking.fetch(of("size=500")).facts == {"lignes reçues": 1000}
    assert len(portal.asked) == 1 + 3


def test_filters_and_communes_are_sent_to_the_portal(asking, portal, table):
    (commune, count) = duckdb_top(table)
    asking.fetch(of(f'qs=code_insee_ban:"{commune}"'))
    assert len(asking.received.read_text().splitlines()) == count
    asking.fetch(of("communes=code_insee_ban", "etiquette_dpe_in=F,G"))
    assert portal.asked[-1]["code_insee_ban_in"] == "01004,01007,01014"
    assert portal.asked[-1]["etiquette_dpe_in"] == "F,G"


def duckdb_top(table: Table) -> tuple[str, int]:
    rows = [row["code_insee_ban"] for row in table.rows(["code_insee_ban"])]
    best = max((code for code in rows if code), key=rows.count)
    return best, rows.count(best)


def test_data_that_did_not_move_cost_one_small_request(asking, portal):
    tag = asking.fetch(of()).tag
    portal.asked.clear()
    assert asking.fetch(of(), tag) is None
    assert len(portal.asked) == 1
    portal.updated = "2026-11-25T02:00:00.000Z"
    assert asking.fetch(of(), tag).tag != tag


@pytest.mark.parametrize("fault", ["repeated", "unstable", "short", "moving"])
def test_pages_lost_doubled_or_moved_are_not_taken(asking, portal, fault):
    portal.misbehaves = fault
    assert refused(asking, of()).code == "TRONQUE"


def test_an_estimated_total_proves_nothing(asking, portal):
    portal.misbehaves = "estimated"
    assert asking.fetch(of()).facts == {"lignes reçues": 1000}


def test_a_next_page_on_another_server_is_never_asked(asking, portal, server):
    portal.misbehaves = "elsewhere"
    assert refused(asking, of()).code == "ADRESSE_INTERDITE"
    assert not any("ailleurs" in asked.path.partition("?")[0] for asked in server.asked)


def test_a_web_page_an_unknown_dataset_and_a_bad_format_are_told(asking, portal):
    assert refused(asking, contract("datafair:data.ademe.fr/autre", "a")).code == "ABSENTE"
    assert refused(asking, of(format="parquet")).code == "FORMAT"
    assert refused(asking, contract("datafair:data.ademe.fr/dpe03existant", "b")).code == "EN_TETE"
    portal.misbehaves = "maintenance"
    assert refused(asking, of()).code == "SOURCE_INDISPONIBLE"


def test_a_dry_run_shows_the_first_page(asking, portal):
    told = asking.asks(of("communes=code_insee_ban"))[1]
    assert "select=numero_dpe%2C" in told
    assert "size=10000" in told
    assert not portal.asked


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("datafair:data.ademe.fr", "portail/jeu_de_donnees"),
        ("datafair:data.ademe.fr/dpe?size=20000", "10000"),
        ("datafair:data.ademe.fr/dpe?size=beaucoup", "size"),
        ("datafair:data.ademe.fr/dpe?where=x", "« where »"),
    ],
)
def test_an_address_that_can_never_be_read_is_told_at_the_load(asking, url, told):
    assert told in asking.fault(url)
    assert asking.fault('datafair:data.ademe.fr/dpe?qs=a:"b"&surface_gte=9') is None
