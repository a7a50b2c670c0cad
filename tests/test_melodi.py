"""Observations of Insee: one row each, all of them, and an undisclosed value that stays empty."""

import json

import pytest

from resources.errors import SourceError
from tests.portals.asking import SHARED, Asking, contract
from tests.portals.melodi import Melodi
from tests.portals.table import Table
from tests.server import Server

IRIS = SHARED / "iris" / "iris_2021.parquet"
DATASET = "DS_POPULATIONS_REFERENCE"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table() -> Table:
    """Real populations by commune, as the API would give them; those under 100 undisclosed."""
    return Table(
        f"""
        select '2025-COM-' || com as "GEO", measure as "POPREF_MEASURE", '2021' as "TIME_PERIOD",
            case when value >= 100 then value end as "OBS_VALUE_NIVEAU"
        from (
            select com, sum(pop) as "PMUN", sum(logements) as "LOG"
            from read_parquet('{IRIS}') where com < '03000' group by com order by com
        ) unpivot (value for measure in ("PMUN", "LOG"))
        """
    )


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def insee(server, table) -> Melodi:
    insee = Melodi(table, DATASET, most=500)
    server.on("/api.insee.fr/*", insee)
    return insee


@pytest.fixture
def asking(tmp_path, server) -> Asking:
    return Asking(tmp_path, server.relay)


def of(*words: str, **more: object):
    said = {"format": "jsonl", "key": ["c0", "c1", "c2"], **more}
    url = f"melodi:{DATASET}" + ("?" + "&".join(words) if words else "")
    return contract(url, "GEO", "POPREF_MEASURE", "TIME_PERIOD", "OBS_VALUE_NIVEAU", **said)


def rows(asking: Asking) -> list[dict]:
    return [json.loads(line) for line in asking.received.read_text().splitlines()]


def refused(asking: Asking, said) -> SourceError:
    with pytest.raises(SourceError) as error:
        asking.fetch(said)
    return error.value


def test_all_pages_come_and_an_undisclosed_value_stays_empty(asking, insee, table):
    answer = asking.fetch(of())
    assert answer.facts == {"observations reçues": table.count()}
    assert rows(asking) == table.rows(order="_i")
    assert table.count() > 1000
    empty = [row for row in rows(asking) if row["OBS_VALUE_NIVEAU"] is None]
    assert len(empty) == table.count('"OBS_VALUE_NIVEAU" is null') > 10


def test_dimensions_and_communes_are_sent_to_insee(asking, insee):
    asking.fetch(of("communes=GEO", "POPREF_MEASURE=PMUN,LOG"))
    assert insee.asked[-1]["GEO"] == ["COM-01004", "COM-01007", "COM-01014"]
    assert insee.asked[-1]["POPREF_MEASURE"] == ["PMUN", "LOG"]
    assert len(rows(asking)) == 6


def test_failures_now_and_then_are_waited_out(asking, insee):
    insee.failures = 3
    assert asking.fetch(of("communes=GEO")) is not None
    assert len(asking.waited) == 3


def test_a_dataset_that_was_not_modified_costs_one_small_request(asking, insee):
    tag = asking.fetch(of()).tag
    insee.asked.clear()
    assert asking.fetch(of(), tag) is None
    assert len(insee.asked) == 1
    insee.modified = "2026-12-29T10:00:00"
    assert asking.fetch(of(), tag).tag != tag


def test_another_layout_or_another_column_is_another_file(asking, insee):
    tag = asking.fetch(of("communes=GEO")).tag
    assert asking.fetch(of("communes=GEO"), tag) is None
    assert asking.fetch(of("communes=GEO", format="csv"), tag)
    fewer = of("communes=GEO")
    fewer = fewer.model_copy(update={"columns": fewer.columns[:3]})
    assert asking.fetch(fewer, tag)


@pytest.mark.parametrize("fault", ["repeated", "short"])
def test_pages_lost_or_doubled_are_not_taken(asking, insee, fault):
    insee.misbehaves = fault
    assert refused(asking, of()).code == "TRONQUE"


def test_an_unknown_total_is_no_total(asking, insee, table):
    insee.misbehaves = "uncounted"
    assert asking.fetch(of()).facts == {"observations reçues": table.count()}


def test_no_observation_and_an_unknown_dataset_are_told(asking, insee):
    assert refused(asking, of("GEO=COM-99999")).code == "VIDE"
    assert refused(asking, contract("melodi:DS_AUTRE", "GEO", format="jsonl")).code == "ABSENTE"


def test_a_dry_run_shows_the_first_page(asking, insee):
    told = asking.asks(of("GEO=COM-01004"))
    assert told[1].endswith("?GEO=COM-01004&maxResult=10000&totalCount=TRUE&page=1")
    assert not insee.asked


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("melodi:populations", "DS_POPULATIONS_REFERENCE"),
        ("melodi:DS_RP?geo=COM-01004", "majuscules"),
        ("melodi:DS_RP?GEO=", "vide"),
    ],
)
def test_an_address_that_can_never_be_read_is_told_at_the_load(asking, url, told):
    assert told in asking.fault(url)
    assert asking.fault("melodi:DS_RP_POPULATION_PRINC?GEO=COM-01004&communes=GEO") is None
