"""Family D of the faults: a run killed at any moment leaves one whole version, and the next ends it.

Real processes, killed for real. What must hold afterwards is said once, in `tests.durability`.
"""

import random
from pathlib import Path

import pytest

from pipelines.run import run
from tests.durability import (
    assert_finished,
    assert_whole,
    copied,
    decisions,
    generation,
    published_once,
)
from tests.dying import KILLED, dies_in, run_and_kill, run_apart
from tests.scenario import Scenario

pytestmark = pytest.mark.slow

# Each step of a run, and the function at whose entry the process dies.
STEPS = {
    "receive": ("assets.connectors.file:copy", 1),
    "land, written": ("resources.landing:settle", 1),
    "land, named": ("resources.landing:Landing._remember", 1),
    "decode": ("assets.decoding.reading:read_texts", 1),
    "stage": ("assets.decoding.stage:_set_aside", 1),
    "gate": ("checks.quality.gate:evaluate", 1),
    "publish": ("assets.versions:publish", 1),
    "swap, not committed": ("assets.versions:_remember", 1),
    "checkpoint": ("assets.versions:checkpoint", 1),
    "ledger": ("assets.ledger:ledger_row", 1),
    "journal": ("resources.journal:Journal.write", 1),
    "second table": ("assets.querying:stage_curated", 1),
    "ledger, closed": ("assets.ledger:close_ledger", 1),
    "export, begun": ("assets.publication:_describe", 1),
    "export, written": ("assets.publication:settle", 1),
    "export, named": ("assets.publication:_write_parquet", 1),
    "export, manifest": ("assets.publication:write_whole", 1),
    "export, not journaled": ("pipelines.session:Session._account", 1),
    "page": ("assets.dashboards.pages:render_elected_page", 1),
    "page, written": ("assets.site:write_whole", 1),
    "end": ("pipelines.session:Session.end", 1),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Scenario:
    return published_once(tmp_path_factory.mktemp("durability"))


@pytest.fixture
def scenario(template, tmp_path) -> Scenario:
    """Generation 0 published, generation 1 received."""
    scenario = copied(template, tmp_path)
    scenario.write("arbres.csv", generation(1))
    return scenario


@pytest.mark.parametrize("step", STEPS)
def test_d2_a_run_killed_at_a_step_is_finished_by_the_next(scenario, tmp_path, step):
    code = run_apart(tmp_path, dies_in, *STEPS[step])
    assert code == KILLED, (tmp_path / "run.log").read_text()
    assert_whole(scenario, 0, 1)
    assert_finished(scenario, 1, run(scenario.platform()))
    assert [line["version"] for line in decisions(scenario)] == [1, 1, 2, 2]
