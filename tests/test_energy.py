"""The meter: facts measured, estimates derived from declared coefficients, nothing guessed.

What the ledger keeps is in `test_table`; what pages say of it in `test_phrases`.
"""

import json
import os
import subprocess
import sys
import threading
import time

import pytest
import yaml

from resources.energy import CPU_TIME_MODEL, NOT_MEASURED, Measure, Meter, coefficients
from resources.energy.tracker import everything
from resources.french import energy, small_energy
from resources.settings import REPOSITORY

FACTORS = yaml.safe_load((REPOSITORY / "resources" / "factors.yaml").read_text(encoding="utf-8"))
POWER = FACTORS["power"][FACTORS["in_use"]["power"]]
CARBON = FACTORS["carbon"][FACTORS["in_use"]["carbon"]]
BOUNDS = ("low", "central", "high")


def burn(seconds: float) -> None:
    """Keep one processor busy for so many CPU-seconds."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))


def spent(seconds: float) -> Measure:
    return Measure("sources.essai", "table", cpu_s=seconds)


@pytest.mark.parametrize("bound", BOUNDS)
def test_one_cpu_second_costs_what_the_factors_say(bound):
    assert spent(1).kwh(bound) == pytest.approx(POWER[bound] / 3.6e6)
    assert spent(1).gco2e(bound) == pytest.approx(POWER[bound] / 3.6e6 * CARBON[bound])


def test_the_central_estimate_is_between_its_bounds():
    measure = spent(7)
    assert measure.kwh("low") < measure.kwh() < measure.kwh("high")
    assert measure.gco2e("low") < measure.gco2e() < measure.gco2e("high")


@pytest.mark.parametrize(("kind", "known"), [("power", POWER), ("carbon", CARBON)])
def test_each_coefficient_says_where_it_comes_from(kind, known):
    chosen = getattr(coefficients(), kind)
    assert chosen.identity == FACTORS["in_use"][kind]
    assert chosen.source == known["source"]
    assert chosen.year >= 2024
    assert known["url"].startswith("https://")


def test_the_carbon_of_electricity_is_that_of_france():
    assert CARBON["country"] == "FRA"
    assert CARBON["central"] < 100


def test_what_was_not_measured_is_said_so_and_never_zero():
    measure = Measure("sources.essai", "table")
    assert measure.method == NOT_MEASURED
    assert [measure.kwh(bound) for bound in BOUNDS] == [None] * 3
    assert [measure.gco2e(bound) for bound in BOUNDS] == [None] * 3
    assert energy(measure.kwh()) == small_energy(measure.kwh()) == "non mesuré"


def test_a_measured_zero_is_a_zero():
    assert spent(0).kwh() == 0
    assert spent(0).method == CPU_TIME_MODEL
    assert energy(0.0) != "non mesuré"


def test_measured_plus_not_measured_is_not_measured():
    measure = spent(1)
    measure.add(Measure("sources.essai", "table"))
    assert measure.cpu_s is None


@pytest.mark.slow
def test_a_stretch_counts_the_work_inside_and_not_the_waiting():
    with Meter().stretch("sources.essai", "table") as measure:
        before = time.process_time()
        burn(0.05)
        time.sleep(0.2)
        worked = time.process_time() - before
    assert measure.cpu_s == pytest.approx(worked, abs=0.02)
    assert measure.wall_s >= 0.24


@pytest.mark.slow
def test_a_meter_that_is_done_leaves_no_thread_behind():
    """Else each run of a process is billed the readings of all those before it."""
    before = threading.active_count()
    meter = Meter()
    meter.start_codecarbon()
    assert meter.codecarbon_watts() is None or meter.codecarbon_watts() > 0
    meter.end()
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)  # its timers, cancelled, take a moment to go
    assert threading.active_count() <= before


def test_a_stretch_that_fails_is_measured_all_the_same():
    meter = Meter()
    with pytest.raises(KeyError), meter.stretch("sources.essai", "table") as measure:
        burn(0.02)
        raise KeyError
    assert measure.cpu_s >= 0.015


def test_a_run_is_what_was_claimed_plus_orchestration_plus_measurement():
    meter = Meter()
    burn(0.03)
    with meter.stretch("sources.essai", "table") as claimed:
        burn(0.05)
    with meter.importing():
        burn(0.02)
    meter.claim(claimed)
    around = {measure.asset: measure.cpu_s for measure in meter.overheads()}
    total = meter.total_cpu_s()
    assert set(around) == {"imports", "orchestration", "mesure"}
    assert claimed.cpu_s + sum(around.values()) == pytest.approx(total, abs=0.02)
    assert around["imports"] >= 0.015
    assert around["mesure"] == 0


def test_a_stretch_nobody_claims_is_orchestration():
    meter = Meter()
    with meter.stretch("sources.essai", "table"):
        burn(0.03)
    orchestration = next(m for m in meter.overheads() if m.asset == "orchestration")
    assert orchestration.cpu_s >= 0.025


def test_codecarbon_says_nothing_of_a_run_where_it_was_not_started():
    assert Meter().codecarbon_watts() is None


@pytest.mark.slow
def test_the_work_of_child_processes_is_counted():
    with Meter().stretch("sources.essai", "table") as measure:
        subprocess.run([sys.executable, "-c", "sum(range(20_000_000))"], check=True)
    assert measure.cpu_s > 0.1


METERED = """
import json, socket, sys, time
opened = []

def guarded(self, *arguments, **words):
    opened.append(str(arguments))
    raise OSError("no network")

def resolved(*arguments, **words):
    opened.append(str(arguments))
    raise OSError("no network")

socket.socket.connect = socket.socket.connect_ex = guarded
socket.getaddrinfo = socket.create_connection = resolved

from resources.energy import Meter

meter = Meter()
meter.start_codecarbon()
meter.codecarbon_watts()  # waits for its start, which otherwise overlaps the work
with meter.stretch("sources.essai", "table") as measure:
    end = time.thread_time() + float(sys.argv[1])
    while time.thread_time() < end:
        sum(range(1000))
meter.claim(measure)
watts = meter.codecarbon_watts()
around = [m.cpu_s for m in meter.overheads()]
print(json.dumps({
    "watts": watts,
    "sum": measure.cpu_s + sum(around),
    "total": meter.total_cpu_s(),
    "measurement": around[2],
    "opened": opened,
}))
"""
POISON = {
    "emissions_endpoint": "http://127.0.0.1:9/",
    "api_key": "poison",
    "country_iso_code": "POL",
    "force_cpu_power": "100000",
    "force_carbon_intensity_g_co2e_kwh": "9000",
    "pue": "50",
    "save_to_file": "true",
    "output_dir": "./emissions",
    "output_methods": "csv",
    "log_level": "debug",
    "tracking_mode": "machine",
    "electricitymaps_api_token": "poison",
}


def metered(folder, seconds: float, **environment: str) -> tuple[dict, str]:
    done = subprocess.run(
        [sys.executable, "-c", METERED, str(seconds)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1]), done.stdout + done.stderr


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    """A run from a folder, a home and an environment that all lie to CodeCarbon."""
    folder = tmp_path_factory.mktemp("poison")
    words = "\n".join(f"{name} = {value}" for name, value in POISON.items())
    (folder / ".codecarbon.config").write_text(f"[codecarbon]\n{words}\n", encoding="utf-8")
    before = set(folder.rglob("*"))
    environment = {f"CODECARBON_{name.upper()}": value for name, value in POISON.items()}
    found, told = metered(folder, 2, **environment)
    return found, told, {path.name for path in set(folder.rglob("*")) - before}


@pytest.mark.slow
def test_codecarbon_stays_within_the_declared_range(tmp_path):
    """It bills the wall time before its first sample too: on a loaded machine, a third more."""
    found, _ = metered(tmp_path, 2)
    assert POWER["low"] <= found["watts"] <= POWER["high"]


@pytest.mark.slow
def test_no_file_and_no_variable_changes_what_codecarbon_measures(poisoned):
    found, *_ = poisoned
    assert POWER["low"] <= found["watts"] <= POWER["high"]


@pytest.mark.slow
def test_codecarbon_opens_no_socket_writes_no_file_and_says_nothing(poisoned):
    found, told, written = poisoned
    assert found["opened"] == []
    assert written == set()
    assert "codecarbon" not in told.lower()


@pytest.mark.slow
def test_measuring_is_counted_apart_and_the_run_still_adds_up(poisoned):
    found, *_ = poisoned
    assert found["measurement"] > 0.1
    assert found["sum"] == pytest.approx(found["total"], rel=0.03)


def test_no_argument_of_codecarbon_is_left_to_a_file_or_a_variable():
    """Fails the day a new version has one more: decide it, or it will be read from anywhere."""
    import inspect

    from codecarbon import OfflineEmissionsTracker
    from codecarbon.emissions_tracker import BaseEmissionsTracker

    known = set(inspect.signature(OfflineEmissionsTracker.__init__).parameters)
    known |= set(inspect.signature(BaseEmissionsTracker.__init__).parameters)
    # Decided by `output_methods`, and deprecated.
    known -= {name for name in known if name.startswith("save_to_")}
    known.discard("co2_signal_api_token")  # deprecated, of no use offline
    assert set(everything("FRA")) == known - {"self", "args", "kwargs"}
