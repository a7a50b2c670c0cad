"""The whole profile of real sources, in one run, against a relay of this machine.

Each source is asked at its own address through the relay, by its own connector, then decoded,
gated and published. Thresholds apart, which the few rows of `tests/angers` exceed on purpose.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from assets.platform import Platform
from checks.contract import QuarantineThreshold
from pipelines.assembly import definitions_of
from pipelines.run import run
from resources.settings import Home, Settings
from tests.relay import answer_for
from tests.server import Server
from tests.shared import needs_shared
from tests.test_profile_sources import EXPECTED

FEED = {"agency": 1, "stops": 3, "routes": 1, "trips": 2, "stop_times": 5, "calendar": 1}
NATIONAL = {"communes_france": (37_496, {})}


def forgiving(platform: Platform) -> Platform:
    """The same platform, whose contracts accept any share of rows set aside."""
    tables = {
        key: replace(
            table,
            contract=table.contract.model_copy(
                update={"quarantine": QuarantineThreshold(max_pct=100)}
            ),
        )
        for key, table in platform.catalogue.tables.items()
    }
    platform.catalogue.tables = MappingProxyType(tables)
    return platform


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Mapping[str, tuple[int, dict[str, int]]]:
    """Rows published and set aside by reason, for each table of the run."""
    folder = tmp_path_factory.mktemp("profile")
    with Server() as server:
        settings = Settings(home=Home(folder / "data"), profile="angers", outside=server.relay)
        platform = forgiving(Platform(settings))
        answer_for(platform.catalogue, server, folder)
        report = run(platform)
        assert not report.crashes
        refused = {
            outcome.table.key: outcome.message
            for outcome in report.outcomes
            if "version publiée" not in outcome.message
        }
        assert refused == {}
        assert report.complete
        assert not report.outages
        again = run(forgiving(Platform(settings)))
        assert (again.complete, again.outcomes) == (True, [])
    found = {}
    with platform.warehouse.writing() as connection:
        for table in platform.catalogue:
            if table.layer != "sources":
                continue
            (rows,) = connection.execute(f"select count(*) from {table.key}").fetchone()
            reasons = connection.execute(
                "select coalesce(_colonne || ':', '') || _motif, count(*) "
                f"from quarantine.{table.name} group by 1"
            ).fetchall()
            found[table.name] = (rows, dict(reasons))
    return found


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("name", {**EXPECTED, **NATIONAL})
def test_a_source_asked_through_the_relay_is_published_with_exact_counts(published, name):
    assert published[name] == {**EXPECTED, **NATIONAL}[name]


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize("name", FEED)
def test_the_tables_of_the_feed_come_from_one_archive(published, name):
    assert published[f"irigo_{name}"] == (FEED[name], {})


@pytest.mark.slow
def test_dagster_loads_the_profile_on_its_own(tmp_path):
    """Every table that is not of the demonstration, and no table that waits for one of it."""
    platform = Platform(Settings(home=Home(tmp_path), profile="angers"))
    graph = definitions_of(platform).resolve_asset_graph()
    keys = {"/".join(key.path) for key in graph.get_all_asset_keys()}
    assert {"sources/adresses", "sources/irigo_stops", "curated/logements_par_commune"} <= keys
    assert "sources/electricite" not in keys


@needs_shared
@pytest.mark.slow
def test_no_source_of_the_profile_is_left_untried(published):
    tried = {*EXPECTED, *NATIONAL, "communes", "iris", "contours"}
    assert {name for name in published if not name.startswith("irigo_")} == tried
