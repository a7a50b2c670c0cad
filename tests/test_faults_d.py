"""Family D of the faults: a run killed at any moment leaves one whole version.

The next one ends its work, with no hand to lend.
Real processes, killed for real. What must hold afterwards is said once, in `tests.durability`.
"""

import random
import time

import pytest

from pipelines.run import run
from tests.durability import (
    assert_finished,
    assert_whole,
    copied,
    decisions,
    generation,
)
from tests.dying import KILLED, dies_in, run_and_kill, run_apart
from tests.scenario import Scenario

pytestmark = pytest.mark.slow
SEED = 2021
ROUNDS = 6

# Each step of a run, and the function at whose entry the process dies.
STEPS = {
    "receive": "assets.connectors.file:copy",
    "land": "resources.landing:write_whole",
    "decode": "assets.decoding.reading:read_texts",
    "stage": "assets.decoding.aside:Aside.keep",
    "gate": "checks.quality.gate:evaluate",
    "swap, not committed": "assets.versions:remember",
    "checkpoint": "assets.versions:checkpoint",
    "ledger": "assets.sobriety.ledger:ledger_row",
    "journal": "resources.journal:Journal.write",
    "next table": "assets.querying:stage_curated",
    "export": "assets.publication.databases:write_dictionary",
    "export, no manifest": "assets.publication.shelf:write_whole",
    "export, not named": "assets.publication.shelf:Making.settle",
    "export, not given": "assets.publication.shelf:_link",
    "export, former still there": "assets.publication.shelf:Shelf.prune",
    "page": "assets.dashboards.pages:render_draft",
    "Dagster's end": "pipelines.publications:check_results",
}


@pytest.fixture
def scenario(template, tmp_path) -> Scenario:
    """Generation 0 published, generation 1 received."""
    scenario = copied(template, tmp_path)
    scenario.write("arbres.csv", generation(1))
    return scenario


def test_d1_runs_killed_at_random_moments_lose_nothing_acknowledged(scenario, tmp_path):
    chance = random.Random(SEED)
    assert run_apart(tmp_path) == 0  # the server that forks is started, and has imported all
    scenario.write("arbres.csv", generation(2))
    began = time.monotonic()
    assert run_apart(tmp_path) == 0
    usual_s = time.monotonic() - began
    live, codes = 2, []
    for number in range(3, 3 + ROUNDS):
        scenario.write("arbres.csv", generation(number))
        codes.append(run_and_kill(tmp_path, usual_s * chance.uniform(0.05, 1)))
        acknowledged = decisions(scenario)
        live = assert_whole(scenario, live, number, served=range(number))
        assert decisions(scenario)[: len(acknowledged)] == acknowledged
        assert remembered(scenario) >= {(line["table"], line["version"]) for line in acknowledged}
    assert KILLED in codes
    assert_finished(scenario, number, run(scenario.platform()))


def remembered(scenario: Scenario) -> set[tuple]:
    return set(scenario.query("select table_name, version from quality.versions"))


@pytest.mark.parametrize("step", STEPS)
def test_d2_a_run_killed_at_a_step_is_finished_by_the_next(scenario, tmp_path, step):
    code = run_apart(tmp_path, dies_in, STEPS[step])
    assert code == KILLED, (tmp_path / "run.log").read_text()
    assert_whole(scenario, 0, 1)
    assert_finished(scenario, 1, run(scenario.platform()))
    assert [line["version"] for line in decisions(scenario)] == [1, 1, 2, 2]
