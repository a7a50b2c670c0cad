"""A resource of data.gouv.fr: the file the catalogue describes, or none."""

import datetime as dt

import pytest

from resources.errors import SourceError
from tests.portals.asking import SHARED, Asking, contract
from tests.portals.datagouv import DataGouv
from tests.server import Server

NAME = "a29c1297-1f92-4e2a-8f6b-8c902ce96c5f"
FILE = SHARED / "subventions" / "SCDL.csv"

pytestmark = pytest.mark.slow


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def catalogue(server) -> DataGouv:
    return DataGouv(server, NAME, FILE.read_bytes())


@pytest.fixture
def asking(tmp_path, server) -> Asking:
    return Asking(tmp_path, server.relay)


def of():
    return contract(f"datagouv:{NAME}")


def test_a_hosted_file_comes_with_its_final_address_and_its_date(asking, catalogue):
    answer = asking.fetch(of())
    assert asking.received.read_bytes() == FILE.read_bytes()
    assert answer.final_url == "https://static.data.gouv.fr/resources/jeu/fichier.csv"
    assert answer.modified == dt.datetime(2026, 11, 2, 8, 0)


def test_the_same_checksum_costs_one_small_request_and_no_file(asking, catalogue):
    tag = asking.fetch(of()).tag
    catalogue.cards = catalogue.files = 0
    assert asking.fetch(of(), tag) is None
    assert (catalogue.cards, catalogue.files) == (1, 0)
    catalogue.content += b"x"
    assert asking.fetch(of(), tag).tag != tag


@pytest.mark.parametrize("fault", ["size", "other"])
def test_a_file_that_is_not_the_one_described_is_not_taken(asking, catalogue, fault):
    catalogue.misbehaves = fault
    with pytest.raises(SourceError) as error:
        asking.fetch(of())
    assert error.value.code == "TRONQUE"


def test_a_file_hosted_elsewhere_is_known_by_its_own_server(asking, catalogue):
    catalogue.remote = True
    tag = asking.fetch(of()).tag
    assert asking.fetch(of(), tag) is None
    catalogue.content += b"x"
    assert asking.fetch(of(), tag).tag != tag


def test_a_resource_that_was_removed_is_told(asking, server):
    with pytest.raises(SourceError) as error:
        asking.fetch(of())
    assert error.value.code == "ABSENTE"


def test_a_dry_run_asks_nobody(asking, server):
    told = asking.asks(of())
    assert told[1] == f"https://www.data.gouv.fr/api/1/datasets/r/{NAME}"
    assert not server.asked


@pytest.mark.parametrize("location", ["", "sirene", NAME.upper(), f"{NAME}/", "//www.data.gouv.fr"])
def test_what_is_not_an_identifier_is_told_at_the_load(asking, location):
    assert "identifiant de la ressource" in asking.fault(f"datagouv:{location}")
    assert asking.fault(f"datagouv:{NAME}") is None
