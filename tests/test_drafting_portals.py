"""A dataset's address gives its licence, its publisher, its cadence and its columns' own words.

Portals answer through a relay of this machine, in the terms of their documented interfaces:
Explore v2.1 (Opendatasoft), API v1 and v2 (data.gouv.fr), API v1 (Data Fair).
"""

import json

import pytest
from typer.testing import CliRunner

from assets.drafting.portal import cadence_of, is_address, license_of, plain
from assets.drafting.portals import datafair, datagouv, opendatasoft
from checks.loading import read_contract
from pipelines.command import app
from resources.settings import REPOSITORY
from tests.scenario import Scenario
from tests.server import Server, status, whole

SHARED = REPOSITORY.parent / "shared" / "data"
MENUS = (SHARED / "cantines/raw/menus_tous.csv").read_bytes()
RESOURCE = "a29c1297-1f92-4e2a-8f6b-8c902ce96c5f"
OTHER = "350182c9-148a-46e0-8389-76c2ec1374a3"

ODS = {
    "dataset_id": "menus",
    "metas": {
        "default": {
            "title": "Menus des cantines",
            "description": "<p>Les plats servis, <b>jour</b> par jour.</p>",
            "publisher": "Angers Loire Métropole",
            "license": "Licence Ouverte v2.0 (Etalab)",
            "records_count": 513,
        },
        "dcat": {
            "accrualperiodicity": "http://publications.europa.eu/resource/authority/frequency/MONTHLY"
        },
    },
    "fields": [
        {"name": "date", "label": "Jour du repas", "type": "text", "description": "Jour servi."},
        {"name": "rang", "label": "Rang", "type": "int", "description": None},
        {"name": "plat", "label": "Plat", "type": "text"},
    ],
}
DATASET = {
    "id": "5f1",
    "title": "Menus des cantines",
    "description": "Les plats **servis**.",
    "page": "https://www.data.gouv.fr/datasets/menus/",
    "license": "lov2",
    "frequency": "quarterly",
    "organization": {"name": "Ville d’Angers"},
    "resources": [
        {
            "id": RESOURCE,
            "title": "menus.csv",
            "format": "csv",
            "type": "main",
            "schema": {"name": "scdl/menus-collectifs", "version": "0.1.0"},
        },
        {"id": OTHER, "title": "notice.pdf", "format": "pdf", "type": "documentation"},
    ],
}
DATAFAIR = {
    "title": "Diagnostics",
    "description": "Les diagnostics.",
    "license": {"title": "Licence Ouverte / Open Licence version 2.0"},
    "frequency": "weekly",
    "owner": {"name": "ADEME"},
    "schema": [
        {"key": "numero_dpe", "x-originalName": "N°DPE", "description": "Numéro du diagnostic."},
        {"key": "surface", "x-originalName": "Surface (m²)"},
        {"key": "_i", "x-calculated": True},
    ],
}
LINES = {
    "total": 25_000,
    "results": [{"numero_dpe": f"24{n:05}E", "surface": 50 + n / 2, "_i": n} for n in range(40)],
}


@pytest.fixture
def server(tmp_path, monkeypatch):
    scenario = Scenario(tmp_path)
    monkeypatch.setenv("ARDOISE_HOME", str(scenario.home.path))
    monkeypatch.setenv("ARDOISE_TERRITORY", str(scenario.folder))
    with Server() as server:
        monkeypatch.setenv("ARDOISE_RELAY", server.url)
        yield server


def document(content: object):
    return whole(json.dumps(content).encode(), {"content-type": "application/json"})


def draft(where: str, folder):
    output = folder / "menus.yaml"
    done = CliRunner().invoke(app, ["contract", "draft", where, "--output", str(output)])
    assert done.exit_code == 0, done.output
    return read_contract(output, "sources", {})[0], output.read_text(encoding="utf-8")


@pytest.mark.slow
class TestPortals:
    @pytest.mark.parametrize(
        "where",
        [
            "https://data.angers.fr/explore/dataset/menus/information/",
            "https://data.angers.fr/api/explore/v2.1/catalog/datasets/menus/records?limit=20",
            "opendatasoft:data.angers.fr/menus",
        ],
    )
    def test_opendatasoft(self, server, tmp_path, where):
        base = "/data.angers.fr/api/explore/v2.1/catalog/datasets/menus"
        server.on(base, document(ODS))
        server.on(f"{base}/exports/csv", whole(MENUS))
        contract, text = draft(where, tmp_path)
        assert contract.url == "opendatasoft:data.angers.fr/menus"
        assert contract.title == "Menus des cantines"
        assert contract.description == "Les plats servis, jour par jour."
        assert (contract.license, contract.publisher, contract.cadence) == (
            "etalab-2.0",
            "Angers Loire Métropole",
            "mensuelle",
        )
        assert contract.homepage == "https://data.angers.fr/explore/dataset/menus/"
        assert contract.columns[0].title == "Jour du repas"
        assert contract.columns[0].description == "Jour servi."
        assert contract.access == "open"
        assert "license: etalab-2.0\n" in text

    @pytest.mark.parametrize(
        "where",
        [
            "https://www.data.gouv.fr/fr/datasets/menus/",
            "https://www.data.gouv.fr/datasets/menus",
            f"https://www.data.gouv.fr/api/1/datasets/r/{RESOURCE}",
            f"datagouv:{RESOURCE}",
        ],
    )
    def test_datagouv(self, server, tmp_path, where):
        api = "/www.data.gouv.fr/api"
        server.on(f"{api}/1/datasets/menus/", document(DATASET))
        server.on(f"{api}/1/datasets/5f1/", document(DATASET))
        server.on(f"{api}/2/datasets/resources/{RESOURCE}/", document({"dataset_id": "5f1"}))
        server.on(f"{api}/1/datasets/r/{RESOURCE}", whole(MENUS))
        contract, text = draft(where, tmp_path)
        assert contract.url == f"datagouv:{RESOURCE}"
        assert (contract.license, contract.publisher, contract.cadence) == (
            "etalab-2.0",
            "Ville d’Angers",
            "trimestrielle",
        )
        assert "scdl/menus-collectifs@0.1.0" in text

    def test_a_datagouv_dataset_of_several_tables_asks_which(self, server, tmp_path):
        tables = [{**DATASET["resources"][0], "id": one} for one in (RESOURCE, OTHER)]
        server.on(
            "/www.data.gouv.fr/api/1/datasets/menus/", document({**DATASET, "resources": tables})
        )
        done = CliRunner().invoke(
            app, ["contract", "draft", "https://www.data.gouv.fr/datasets/menus/"]
        )
        assert done.exit_code == 1
        assert f"datagouv:{OTHER}" in done.output
        assert done.stdout == ""

    def test_datafair_looks_at_a_page_and_budgets_for_the_whole(self, server, tmp_path):
        base = "/data.ademe.fr/data-fair/api/v1/datasets/dpe03existant"
        server.on(base, document(DATAFAIR))
        server.on(f"{base}/lines", document(LINES))
        contract, text = draft("https://data.ademe.fr/datasets/dpe03existant", tmp_path)
        assert contract.url == "datafair:data.ademe.fr/dpe03existant"
        assert (contract.format, contract.cadence) == ("jsonl", "hebdomadaire")
        assert [column.name for column in contract.columns] == ["numero_dpe", "surface"]
        assert contract.columns[0].description == "Numéro du diagnostic."
        assert "compte 2,5 fois les lignes regardées" in text

    def test_any_other_address_is_a_file(self, server, tmp_path):
        server.on("/exemple.fr/depot/menus.csv", whole(MENUS))
        contract, _ = draft("https://exemple.fr/depot/menus.csv", tmp_path)
        assert contract.url == "https://exemple.fr/depot/menus.csv"
        assert len(contract.columns) == 3

    def test_a_portal_that_answers_otherwise_is_told_and_nothing_is_written(self, server):
        base = "/data.angers.fr/api/explore/v2.1/catalog/datasets/menus"
        for handler, told in (
            (status(404), "404"),
            (document({"autre": 1}), "dans les termes de son interface"),
            (whole(b"<html>"), "document JSON"),
        ):
            server.on(base, handler)
            done = CliRunner().invoke(
                app, ["contract", "draft", "opendatasoft:data.angers.fr/menus"]
            )
            assert done.exit_code == 1
            assert told in done.output
            assert done.stdout == ""


@pytest.mark.parametrize(
    ("portal", "address", "found"),
    [
        (opendatasoft, "https://data.angers.fr/explore/dataset/x/table/?q=1", "data.angers.fr/x"),
        (opendatasoft, "https://data.angers.fr/x.csv", None),
        (datagouv, "https://www.data.gouv.fr/fr/datasets/x/#/resources/" + OTHER, f"x/{OTHER}"),
        (datagouv, "https://data.angers.fr/datasets/x", None),
        (datafair, "https://data.ademe.fr/datasets/x/full", "data.ademe.fr/x"),
        (datafair, "https://www.data.gouv.fr/datasets/x", None),
    ],
)
def test_each_portal_knows_its_addresses(portal, address, found):
    assert portal.location(address) == found


def test_a_path_is_no_address():
    assert not is_address("depot/communes.csv")
    assert is_address("https://exemple.fr/communes.csv")


@pytest.mark.parametrize(
    ("word", "cadence"),
    [
        ("annual", "annuelle"),
        ("http://publications.europa.eu/resource/authority/frequency/DAILY", "quotidienne"),
        ("Mensuelle", "mensuelle"),
        ("irregular", ""),
        (None, ""),
    ],
)
def test_frequencies_become_cadences(word, cadence):
    assert cadence_of(word) == cadence


@pytest.mark.parametrize(
    ("word", "license"),
    [
        ("lov2", "etalab-2.0"),
        ("fr-lo", "etalab-1.0"),
        ("Licence Ouverte v2.0 (Etalab)", "etalab-2.0"),
        ("Open Database License (ODbL)", "odbl-1.0"),
        ("odc-odbl", "odbl-1.0"),
        ("Conditions particulières", "Conditions particulières"),
    ],
)
def test_licences_have_one_name(word, license):
    assert license_of(word) == license


def test_a_description_loses_its_markup_and_keeps_whole_sentences():
    assert plain("<p>Un &amp; deux.</p>\n<ul><li>**Trois** {epci}") == "Un & deux. Trois (epci)"
    assert plain("Une phrase. " * 60).endswith("phrase.")
