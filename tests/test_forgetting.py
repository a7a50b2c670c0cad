"""Dagster's own history under retention: old runs go, what says that an asset exists stays."""

import datetime as dt

import dagster as dg
import pytest

from pipelines.forgetting import forget_old_runs
from pipelines.instance import prepare
from tests.scenario import Scenario
from tests.test_dagster import PER_KIND, TREES, execute

pytestmark = pytest.mark.slow

LATER = dt.timedelta(days=181)


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    return Scenario(tmp_path)


@pytest.fixture
def instance(scenario, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(scenario.home.dagster))
    with dg.DagsterInstance.from_config(str(prepare(scenario.home))) as instance:
        yield instance


def test_runs_past_their_time_go_and_the_last_word_on_each_asset_stays(scenario, instance):
    first = execute(scenario, instance, TREES)
    last = execute(scenario, instance, TREES, PER_KIND)
    assert first.success and last.success
    now = dt.datetime.now(dt.UTC)
    assert forget_old_runs(instance, scenario.home, now, days=180) == 0
    assert forget_old_runs(instance, scenario.home, now + LATER, days=180) == 1
    assert instance.get_run_by_id(first.run_id) is None
    assert instance.get_run_by_id(last.run_id) is not None
    assert instance.get_latest_materialization_event(TREES) is not None
    assert not list(scenario.home.dagster.rglob(f"{first.run_id}*"))


def test_an_interrupted_history_can_be_written_to_after_it_forgot(scenario, instance):
    execute(scenario, instance, TREES)
    execute(scenario, instance, TREES)
    now = dt.datetime.now(dt.UTC) + LATER
    assert forget_old_runs(instance, scenario.home, now, days=180) == 1
    assert execute(scenario, instance, TREES, PER_KIND).success
