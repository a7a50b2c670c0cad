"""Family D of the faults, between processes: writers, readers, and Dagster's own history."""

import multiprocessing
import os
import time
from pathlib import Path

import dagster as dg
import pytest

from pipelines.instance import prepare
from pipelines.run import run
from pipelines.watching import sensors
from resources.errors import BusyWarehouse
from resources.settings import Home
from resources.warehouse import Warehouse, reading
from tests.durability import (
    assert_finished,
    assert_served,
    copied,
    generation,
    trees,
)
from tests.dying import KILLED, context, dies_in, run_apart
from tests.scenario import Scenario

pytestmark = pytest.mark.slow


@pytest.fixture
def scenario(template, tmp_path) -> Scenario:
    """Generation 0 published, generation 1 received."""
    scenario = copied(template, tmp_path)
    scenario.write("arbres.csv", generation(1))
    return scenario


def hold(folder: Path, held: "multiprocessing.synchronize.Event") -> None:
    with Scenario(folder, write=False).platform().warehouse.writing():
        held.set()
        time.sleep(60)


def test_d9_a_second_writer_is_refused_by_name_and_a_dead_one_holds_nothing(scenario, tmp_path):
    held = context().Event()
    holder = context().Process(target=hold, args=(tmp_path, held))
    holder.start()
    try:
        assert held.wait(60)
        with pytest.raises(BusyWarehouse, match=f"processus {holder.pid}.*relancez"):
            Warehouse(scenario.home, wait_s=0.3).writing().__enter__()
        assert_served(scenario, 0)
    finally:
        holder.kill()
        holder.join()
    lock = scenario.home.warehouse.with_suffix(".lock")
    assert lock.read_text() == str(holder.pid)
    assert_finished(scenario, 1, run(scenario.platform()))


def test_d9_two_runs_at_once_follow_each_other(scenario, tmp_path):
    runs = [
        context().Process(target=run_to_the_end, args=(tmp_path,)),
        context().Process(target=run_to_the_end, args=(tmp_path,)),
    ]
    for one in runs:
        one.start()
    for one in runs:
        one.join(120)
    assert [one.exitcode for one in runs] == [0, 0]
    assert_finished(scenario, 1, run(scenario.platform()))


def run_to_the_end(folder: Path) -> None:
    os._exit(0 if run(Scenario(folder, write=False).platform()).complete else 1)


def test_d10_d11_a_reader_keeps_its_version_while_a_new_file_takes_the_name(scenario):
    file = scenario.platform().analyst_file
    count = "select count(*) from sources.arbres"
    with reading(file) as held:
        before = file.stat().st_ino  # of the file the link leads to
        assert run(scenario.platform()).complete
        assert file.stat().st_ino != before  # another file: the open one was not written over
        assert held.execute(count).fetchall() == [(trees(0),)]
        with reading(file) as again:  # in the same process too
            assert again.execute(count).fetchall() == [(trees(1),)]
    assert_served(scenario, 1)


def test_d12_processes_that_find_no_history_at_once_all_open_it(tmp_path):
    home = Home(tmp_path / "data")
    start = context().Barrier(4)
    openers = [context().Process(target=open_history, args=(home, start)) for _ in range(4)]
    for one in openers:
        one.start()
    for one in openers:
        one.join(120)
    assert [one.exitcode for one in openers] == [0] * 4


def open_history(home: Home, start: "multiprocessing.synchronize.Barrier") -> None:
    import dagster as dg

    start.wait(60)
    with dg.DagsterInstance.from_config(str(prepare(home))) as instance:
        instance.get_runs_count()
        instance.all_instigator_state()


def under_way(scenario: Scenario) -> list[str]:
    with dg.DagsterInstance.from_config(str(prepare(scenario.home))) as instance:
        wanted = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
        return [found.run_id for found in instance.get_runs(wanted)]


@pytest.mark.parametrize(
    "step", ["checks.quality.gate:evaluate", "pipelines.publications:check_results"]
)
def test_d13_a_killed_run_is_marked_failed_by_the_next(scenario, tmp_path, step):
    """Even when all was published, and only Dagster was not told."""
    assert run_apart(tmp_path, dies_in, step) == KILLED
    assert len(under_way(scenario)) == 1
    assert_finished(scenario, 1, run(scenario.platform()))
    assert under_way(scenario) == []


def test_d13_a_killed_run_does_not_stop_the_daemon_from_publishing(scenario, tmp_path):
    assert run_apart(tmp_path, dies_in, "assets.publication.databases:write_dictionary") == KILLED
    (sensor,) = [one for one in sensors(scenario.platform()) if one.name.startswith("publication")]
    with dg.DagsterInstance.from_config(str(prepare(scenario.home))) as instance:
        found = sensor(dg.build_sensor_context(instance=instance))
        assert [type(one) for one in found] == [dg.RunRequest]
    assert under_way(scenario) == []
