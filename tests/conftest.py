"""What every test leaves behind it: nothing that still runs."""

from collections.abc import Iterator

import pytest

from resources.energy import end_all


@pytest.fixture(autouse=True)
def no_meter_left_running() -> Iterator[None]:
    """A meter left to itself multiplies its timers, and slows whatever comes next."""
    yield
    end_all()
