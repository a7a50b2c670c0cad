"""A run that asks only the sources whose time has come."""

import datetime as dt
import os
from pathlib import Path

import pytest

from assets.freshness import due
from pipelines.run import run
from tests.scenario import GOOD, Scenario

NOW = dt.datetime(2026, 11, 24, 8, 0)
MORE = GOOD + "A-004;tilleul;3;01/02/2024;\n"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    made = Scenario(tmp_path)
    assert run(made.platform()).complete
    made.write("arbres.csv", MORE)
    return made


def rows(scenario: Scenario) -> int:
    return scenario.query("select count(*) from sources.arbres")[0][0]


def asked(scenario: Scenario, days: int) -> None:
    """As if the source had last been asked so many days ago."""
    index = scenario.home.landing / "arbres" / "last.json"
    then = dt.datetime.now().timestamp() - days * 86_400
    os.utime(index, (then, then))


@pytest.mark.slow
def test_a_source_whose_time_has_not_come_is_not_asked(scenario):
    report = run(scenario.platform(), ask="due")
    assert not report.plan.stale
    assert rows(scenario) == 3


@pytest.mark.slow
def test_a_source_whose_time_has_come_is_asked(scenario):
    asked(scenario, days=31)
    assert run(scenario.platform(), ask="due").complete
    assert rows(scenario) == 4


@pytest.mark.slow
def test_a_source_whose_address_moved_is_asked_at_once(scenario):
    scenario.write("ailleurs.csv", MORE)
    scenario.edit("sources/arbres.yaml", "file:../arbres.csv", "file:../ailleurs.csv")
    assert run(scenario.platform(), ask="due").complete
    assert rows(scenario) == 4


@pytest.mark.slow
def test_a_source_never_received_is_asked(tmp_path):
    made = Scenario(tmp_path)
    assert run(made.platform(), ask="due").complete
    assert rows(made) == 3


@pytest.mark.parametrize(
    ("cadence", "hours", "time_has_come"),
    [
        ("horaire", 0.8, False),
        ("horaire", 0.9, True),
        ("quotidienne", 23, False),
        ("quotidienne", 23.9, True),
        ("annuelle", 24 * 300, False),
        ("ponctuelle", 24 * 3000, False),
        (None, 24 * 3000, False),
    ],
)
def test_time_comes_with_the_cadence_a_little_before_its_hour(cadence, hours, time_has_come):
    assert due(cadence, NOW - dt.timedelta(hours=hours), NOW) is time_has_come


def test_a_source_that_never_answered_is_due_whatever_its_cadence():
    assert due("ponctuelle", None, NOW)
