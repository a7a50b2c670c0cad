"""The machine's own counters: an energy counter shared by CPU time, and its traps."""

from pathlib import Path

import pytest

from resources.energy import CPU_TIME_MODEL, RAPL_SHARE, WATTMETER_FILE, Measure, Meter
from resources.energy.counters import Rapl, Wattmeter, busy_s, energy_counter
from tests.test_energy import burn

MICRO = 1_000_000


def package(folder: Path, number: int, joules: float, wraps_at: float = 1_000) -> Path:
    """A RAPL package as Linux shows it."""
    path = folder / f"intel-rapl:{number}"
    path.mkdir(parents=True, exist_ok=True)
    (path / "name").write_text(f"package-{number}\n")
    (path / "energy_uj").write_text(f"{int(joules * MICRO)}\n")
    (path / "max_energy_range_uj").write_text(f"{int(wraps_at * MICRO)}\n")
    return path


class Ticking:
    """A counter that gains so many joules each time it is read."""

    method = RAPL_SHARE

    def __init__(self, step: float) -> None:
        self.step, self.total = step, 0.0

    def joules(self) -> float:
        self.total += self.step
        return self.total


def test_the_packages_of_a_machine_are_added_and_its_other_domains_are_not(tmp_path):
    package(tmp_path, 0, 10)
    package(tmp_path, 1, 5)
    core = tmp_path / "intel-rapl:0:0"
    core.mkdir()
    (core / "name").write_text("core\n")
    (core / "energy_uj").write_text("99000000\n")
    counter = energy_counter(rapl=tmp_path)
    assert counter is not None
    assert counter.method == RAPL_SHARE
    assert counter.joules() == 15


def test_a_counter_that_wraps_goes_on_rising(tmp_path):
    path = package(tmp_path, 0, 990)
    counter = Rapl([path])
    before = counter.joules()
    package(tmp_path, 0, 20)
    assert counter.joules() - before == pytest.approx(30)


def test_a_declared_wattmeter_is_preferred_to_rapl(tmp_path):
    package(tmp_path / "rapl", 0, 10)
    index = tmp_path / "index.txt"
    index.write_text("2026-11-24T10:00 1,5\n2026-11-24T11:00 2,5\n")
    counter = energy_counter(str(index), rapl=tmp_path / "rapl")
    assert isinstance(counter, Wattmeter)
    assert counter.method == WATTMETER_FILE
    assert counter.joules() == 2.5 * 3600


@pytest.mark.parametrize("content", ["", "en panne"])
def test_a_wattmeter_that_says_nothing_leaves_the_next_counter_or_none(tmp_path, content):
    index = tmp_path / "index.txt"
    index.write_text(content)
    assert energy_counter(str(index), rapl=tmp_path / "none") is None
    package(tmp_path / "rapl", 0, 10)
    counter = energy_counter(str(index), rapl=tmp_path / "rapl")
    assert counter is not None and counter.method == RAPL_SHARE


def test_a_machine_without_counter_uses_the_model():
    with Meter().stretch("sources.essai", "table") as measure:
        burn(0.02)
    assert (measure.joules, measure.method) == (None, CPU_TIME_MODEL)


def test_busy_time_is_work_and_not_waiting(tmp_path):
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 50 30 9999 8888 10 5 7777 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n")
    assert busy_s(stat) == pytest.approx(1.95)


@pytest.mark.parametrize("content", ["", "nonsense\n", "cpu 1 2\n"])
def test_a_kernel_that_does_not_say_leaves_busy_time_unknown(tmp_path, content):
    stat = tmp_path / "stat"
    stat.write_text(content)
    assert busy_s(stat) is None
    assert busy_s(tmp_path / "absent") is None


@pytest.mark.slow
def test_a_task_takes_its_share_of_the_counter_and_never_more_than_all():
    meter = Meter(counter=Ticking(100.0))
    with meter.stretch("sources.essai", "table") as measure:
        burn(0.4)
    assert measure.method == RAPL_SHARE
    assert measure.joules is not None
    assert 0 < measure.joules <= 100
    assert measure.kwh("low") < measure.kwh() < measure.kwh("high")


@pytest.mark.slow
def test_what_the_machine_draws_at_rest_is_taken_off():
    meter = Meter(counter=Ticking(1.0), idle_w=1e6)
    with meter.stretch("sources.essai", "table") as measure:
        burn(0.4)
    assert measure.joules == 0


@pytest.mark.slow
def test_a_counter_that_fails_during_the_work_leaves_the_model():
    class Failing(Ticking):
        def joules(self) -> float:
            if self.total > 2:
                raise OSError("gone")
            return super().joules()

    meter = Meter(counter=Failing(1.0))
    with meter.stretch("sources.essai", "table"):
        pass
    with meter.stretch("sources.essai", "table") as measure:
        burn(0.25)
    assert measure.method == CPU_TIME_MODEL
    assert measure.kwh() is not None


def test_a_stretch_too_short_for_the_kernel_is_left_to_the_model():
    meter = Meter(counter=Ticking(100.0))
    with meter.stretch("sources.essai", "table") as measure:
        pass
    assert measure.method == CPU_TIME_MODEL


def test_counted_joules_and_modelled_ones_are_not_added():
    counted = Measure("a", "table", cpu_s=1, joules=5, counter=RAPL_SHARE)
    counted.add(Measure("a", "table", cpu_s=1))
    assert counted.method == CPU_TIME_MODEL
    assert counted.cpu_s == 2
