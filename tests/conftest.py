"""What every test leaves behind it: nothing that still runs."""

from collections.abc import Iterator

import pytest

from resources.energy import end_all
from tests.durability import published_once
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
