"""What tests share: small territories made once, and nothing left running behind a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.run import run
from resources.energy import end_all
from tests.durability import copied, published_once
from tests.scenario import Scenario


@pytest.fixture(autouse=True)
def no_meter_left_running() -> Iterator[None]:
    """A meter left to itself multiplies its timers, and slows whatever comes next."""
    yield
    end_all()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A small territory published once, for the tests that damage a copy of it."""
    return published_once(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The small territory as its first run leaves it, made once: tests take a copy."""
    scenario = Scenario(tmp_path_factory.mktemp("first"))
    assert run(scenario.platform()).complete
    return scenario


@pytest.fixture
def after_first_run(first_run: Scenario, tmp_path: Path) -> Scenario:
    """The small territory after its first run, to do anything to."""
    return copied(first_run, tmp_path)
