"""All connectors together: the door they share, what they cost when unused, and the whole way from
a portal to a published table.
"""

import subprocess
import sys
from importlib import import_module

import pytest

from assets.connectors import schemes
from assets.table import Builder, Run
from resources.energy import Meter
from resources.errors import SourceError
from resources.settings import REPOSITORY
from tests.portals.asking import SHARED, Asking
from tests.portals.opendatasoft import Opendatasoft
from tests.portals.table import Table
from tests.scenario import TREES
from tests.server import Server

HEAVY = {"paramiko", "adbc_driver_manager", "adbc_driver_postgresql", "fsspec", "httpx", "polars"}

QUARTERS = """\
title: Quartiers de l’Insee
description: Les IRIS des communes du territoire.
publisher: Insee
license: etalab-2.0
theme: référentiel
grain: une ligne par IRIS
profiles: [essai]
url: "opendatasoft:data.angers.fr/iris?communes=com&where=com < '02000'"
dialect: {delimiter: ";"}
cadence: annuelle
columns:
  - {name: iris, description: Code., example: "010040101", constraints: {required: true}}
  - {name: code_commune, from: com, description: Commune., example: "01004"}
  - {name: population, from: pop, type: integer, description: Habitants., example: "1200"}
key: [iris]
access: open
retention: {keep: 10 years, reason: essai}
budget: {downloaded_mb: 1, stored_mb: 2, cpu_s: 60}
"""


@pytest.mark.parametrize("scheme", schemes())
def test_every_connector_offers_the_same_door(scheme):
    module = import_module(f"assets.connectors.{scheme}")
    assert callable(module.fault)
    assert callable(module.fetch)
    assert module.__doc__


@pytest.mark.slow
def test_no_connector_costs_its_library_before_it_asks():
    code = (
        "import sys, importlib\n"
        "from assets.connectors import schemes\n"
        "for name in schemes(): importlib.import_module(f'assets.connectors.{name}')\n"
        "print(*sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=REPOSITORY
    )
    assert not HEAVY & set(told.stdout.split())


@pytest.fixture
def portal(tmp_path):
    table = Table(f"from read_parquet('{SHARED / 'iris' / 'iris_2021.parquet'}')")
    portal = Opendatasoft(table, "iris", tmp_path)
    with Server() as server:
        server.on("/data.angers.fr/*", portal)
        portal.asking = Asking(tmp_path, server.relay)
        portal.asking.scenario.write("sources/quartiers.yaml", QUARTERS)
        yield portal


def build(portal: Opendatasoft, run: str):
    platform = type(portal.asking.platform)(portal.asking.platform.settings)
    return Builder(platform, Run(run, Meter())).build(platform.catalogue.named("quartiers"))


@pytest.mark.slow
def test_a_portal_becomes_a_published_table_and_an_unchanged_one_is_left_alone(portal):
    outcome = build(portal, "un")
    expected = portal.table.rows(["iris", "com", "pop"], "com in ('01004', '01007', '01014')")
    assert outcome.state == "published"
    found = portal.asking.scenario.query("from sources.quartiers order by iris")
    assert found == [tuple(row.values()) for row in expected]
    portal.kinds.clear()
    assert build(portal, "deux").state == "unchanged"
    assert portal.kinds == ["dataset"]


@pytest.mark.slow
def test_an_export_cut_short_leaves_the_published_version_in_place(portal):
    build(portal, "un")
    before = portal.asking.scenario.query("from sources.quartiers order by iris")
    portal.processed, portal.misbehaves = "2026-11-25T00:00:00+00:00", "short"
    assert build(portal, "deux").state != "published"
    assert portal.asking.scenario.query("from sources.quartiers order by iris") == before


@pytest.mark.slow
def test_a_database_whose_secret_is_missing_refuses_nothing_else(portal, monkeypatch):
    monkeypatch.delenv("SIGB_PASSWORD", raising=False)
    url = "postgresql://lecteur@sigb.example.org/sigb/public.prets?password_from=SIGB_PASSWORD"
    portal.asking.scenario.write(
        "sources/prets.yaml",
        TREES.replace("url: file:../arbres.csv", f"url: {url}\nformat: parquet"),
    )
    platform = type(portal.asking.platform)(portal.asking.platform.settings)
    prets = platform.catalogue.named("prets")
    with pytest.raises(SourceError, match="SIGB_PASSWORD"):
        portal.asking.fetch(prets.contract)
    assert build(portal, "un").state == "published"


@pytest.mark.parametrize("scheme", schemes())
def test_every_connector_is_told_to_agents(scheme):
    assert f"`{scheme}:" in (REPOSITORY / "docs" / "connecteurs.md").read_text(encoding="utf-8")
