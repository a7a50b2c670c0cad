"""A source that gives nothing: what each reader is told, and the command that receives one file."""

import os
import socket

import dagster as dg
import pytest
from typer.testing import CliRunner

from pipelines.command import app
from tests.scenario import GOOD, Scenario
from tests.server import Server, redirect, status, validated, whole

# Each runs the whole chain, from the command line.
pytestmark = pytest.mark.slow

FILE = GOOD.encode()
LATE = "source indisponible depuis le"


@pytest.fixture
def server():
    with Server() as server:
        yield server


@pytest.fixture
def scenario(tmp_path, monkeypatch, server) -> Scenario:
    scenario = Scenario(tmp_path)
    monkeypatch.setenv("ARDOISE_HOME", str(scenario.home.path))
    monkeypatch.setenv("ARDOISE_TERRITORY", str(scenario.folder))
    monkeypatch.setenv("DAGSTER_HOME", str(scenario.home.dagster))
    monkeypatch.setenv("ARDOISE_INTERNAL_HOSTS", f"127.0.0.1:{server.port}")
    address = f"url: {server.url}/arbres.csv?apikey=chut7\ntransport: {{plain_http: true}}"
    scenario.edit("sources/arbres.yaml", "url: file:../arbres.csv", address)
    return scenario


def ardoise(*words: str):
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_a_late_source_is_labelled_for_each_reader_then_no_more(scenario, server):
    server.on("/arbres.csv", [validated(FILE), status(404), status(404), validated(FILE)])
    assert ardoise("run").exit_code == 0

    told = ardoise("run")
    assert told.exit_code == 3  # late is neither success nor refusal
    assert "données du" in told.stdout
    assert LATE in told.stdout

    state = ardoise("status")
    assert state.exit_code == 3
    assert LATE in " ".join(state.stdout.split())

    page = (scenario.home.site / "index.html").read_text(encoding="utf-8")
    assert LATE in page.replace("\u00a0", " ")
    assert "Arbres d’alignement" in page

    columns = "nom, source_indisponible_depuis is not null as tard"
    late = ardoise("query", f"select {columns} from catalogue.tables where tard", "--format", "csv")
    assert "sources.arbres" in late.stdout
    assert "curated.arbres_par_essence" in late.stdout  # and whatever reads it

    with dg.DagsterInstance.from_config(str(scenario.home.dagster)) as instance:
        (seen,) = instance.fetch_observations(dg.AssetKey(["sources", "arbres"]), limit=5).records
        assert "source_indisponible_depuis" in seen.asset_observation.metadata
        assert "ABSENTE" in seen.asset_observation.metadata["source_incident"].value

    before = (scenario.home.site / "index.html").stat().st_mtime_ns
    assert ardoise("run").exit_code == 3
    assert (scenario.home.site / "index.html").stat().st_mtime_ns == before  # said once

    assert ardoise("run").exit_code == 0
    assert ardoise("status").exit_code == 0
    page = (scenario.home.site / "index.html").read_text(encoding="utf-8")
    assert LATE not in page.replace("\u00a0", " ")
    assert "chut7" not in page + told.stdout + state.stdout


def test_a_source_never_received_is_refused_and_the_others_are_published(scenario, server):
    server.on("/arbres.csv", status(404))
    told = ardoise("run")
    assert told.exit_code == 1
    assert "Aucune version n’a encore été publiée" in told.stdout
    assert "sources.communes" in told.stdout


def test_a_server_that_is_off_leaves_the_last_version(scenario, server, monkeypatch):
    server.on("/arbres.csv", whole(FILE))
    assert ardoise("run", "arbres").exit_code == 0
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("ARDOISE_INTERNAL_HOSTS", f"127.0.0.1:{port}")
    scenario.edit("sources/arbres.yaml", f":{server.port}/", f":{port}/")
    told = ardoise("run", "arbres")
    assert "le serveur ne répond pas" in told.stdout
    assert scenario.query("select count(*) from sources.arbres") == [(3,)]
    assert told.exit_code == 3


def test_fetch_receives_one_file_and_says_whether_it_changed(scenario, server):
    server.on("/arbres.csv", [whole(FILE), whole(FILE), whole(FILE + b"A-004;tilleul;8;;\n")])
    first = ardoise("fetch", "arbres")
    assert (first.exit_code, "nouveau" in first.stdout) == (0, True)
    assert "inchangé : mêmes octets" in ardoise("fetch", "arbres").stdout
    assert "nouveau" in ardoise("fetch", "arbres").stdout
    assert not scenario.home.published.exists()
    assert "sha256" in first.stdout


def test_fetch_of_a_late_source_exits_with_3(scenario, server):
    server.on("/arbres.csv", [validated(FILE), validated(FILE), status(410)])
    ardoise("fetch", "arbres")
    assert "rien n’a été transféré" in ardoise("fetch", "arbres").stdout
    told = ardoise("fetch", "arbres")
    assert (told.exit_code, LATE in told.stdout) == (3, True)


def test_fetch_of_a_forbidden_address_is_an_error(scenario, server):
    server.on("/arbres.csv", redirect("http://169.254.169.254/"))
    told = ardoise("fetch", "arbres")
    assert told.exit_code == 1
    assert "ARDOISE_INTERNAL_HOSTS" in told.stderr


def test_a_dry_run_says_what_would_be_asked_and_asks_nothing(scenario, server):
    server.on("/arbres.csv", validated(FILE, etag='"v7"'))
    nothing = ardoise("fetch", "arbres", "--dry-run")
    assert nothing.exit_code == 0
    assert "rien n’est encore déposé" in nothing.stdout
    ardoise("fetch", "arbres")
    asked = len(server.asked)
    told = ardoise("fetch", "arbres", "--dry-run")
    assert f"GET {server.url}/arbres.csv?apikey=…" in told.stdout
    assert 'If-None-Match: "v7"' in told.stdout
    assert "600" in told.stdout
    assert "chut7" not in told.stdout
    assert len(server.asked) == asked
    assert "territory:communes" in ardoise("fetch", "communes", "--dry-run").stdout


def test_the_catalogue_shows_addresses_without_their_secrets(scenario, server):
    told = ardoise("sources")
    assert "apikey=…" in "".join(told.stdout.split())
    assert "chut7" not in told.stdout


def test_a_source_that_did_not_change_is_known_to_be_checked(scenario, server):
    server.on("/arbres.csv", validated(FILE))
    ardoise("run")
    landing = scenario.platform().landing
    index = scenario.home.landing / "arbres" / "last.json"
    later = landing.last("arbres").received_at.timestamp() + 3 * 86_400
    os.utime(index, (later, later))
    assert "vérifiée le" in " ".join(ardoise("status").stdout.split())


def test_only_a_source_is_fetched(scenario):
    told = ardoise("fetch", "arbres_par_essence", "--dry-run")
    assert told.exit_code == 2
    assert "n’est pas une source" in told.stderr
