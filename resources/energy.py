"""Energy: CPU-seconds measured, kWh and gCO2e estimated with declared coefficients.

The only module that knows CodeCarbon. Facts come from `getrusage` (children included, 88 µs a
reading), because CodeCarbon inside a short task reads zero; CodeCarbon measures the whole run, with
every coefficient explicit, no file and no network. What could not be measured is None, which is
written « non mesuré », never 0. Where rows are kept is in `assets.ledger`.
"""

import logging
import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Activity = Literal["table", "control", "publication", "page", "orchestration", "measurement"]
JOULES_PER_KWH = 3.6e6
METHOD = "cpu_time_model"
NOT_MEASURED = "non_mesure"
_running: "set[_CodeCarbon]" = set()


@dataclass(frozen=True)
class Range:
    """A low, central and high value, with the identity of what it comes from."""

    identity: str
    low: float
    central: float
    high: float
    source: str
    year: int


@dataclass(frozen=True)
class Coefficients:
    """Watts per busy CPU-second, and grams of CO2 equivalent per kWh."""

    power: Range
    carbon: Range


@cache
def coefficients() -> Coefficients:
    """The coefficients in use, from `resources/factors.yaml`."""
    known = yaml.safe_load(Path(__file__).with_name("factors.yaml").read_text(encoding="utf-8"))

    def chosen(kind: str) -> Range:
        identity = known["in_use"][kind]
        words = known[kind][identity]
        return Range(
            identity=identity,
            low=float(words["low"]),
            central=float(words["central"]),
            high=float(words["high"]),
            source=words["source"],
            year=int(words["year"]),
        )

    return Coefficients(chosen("power"), chosen("carbon"))


@dataclass
class Measure:
    """One stretch of work: facts first, estimates derived from them.

    `cpu_s` is None when it could not be measured.
    """

    asset: str
    activity: Activity
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None))
    cpu_s: float | None = None
    wall_s: float | None = None

    def add(self, other: "Measure") -> None:
        """Count another stretch of the same work; not measured plus anything is not measured."""
        for name in ("cpu_s", "wall_s"):
            mine, more = getattr(self, name), getattr(other, name)
            setattr(self, name, None if mine is None or more is None else mine + more)

    @property
    def method(self) -> str:
        """How the energy was obtained."""
        return NOT_MEASURED if self.cpu_s is None else METHOD

    def kwh(self, bound: Literal["low", "central", "high"] = "central") -> float | None:
        """CPU-seconds × watts: the energy on top of the idle machine, in kWh."""
        if self.cpu_s is None:
            return None
        return self.cpu_s * float(getattr(coefficients().power, bound)) / JOULES_PER_KWH

    def gco2e(self, bound: Literal["low", "central", "high"] = "central") -> float | None:
        """Energy × carbon intensity of French electricity, in grams."""
        energy = self.kwh(bound)
        if energy is None:
            return None
        return energy * float(getattr(coefficients().carbon, bound))


class Meter:
    """The meter of one run: each stretch of work, the orchestration around, the measuring itself.

    run = Σ claimed stretches + orchestration + measurement, by construction: orchestration is what
    the process spent outside them.
    """

    def __init__(self, *, country: str = "FRA", whole_process: bool = False) -> None:
        """Begin. `whole_process` counts from the start of the process, imports included."""
        self._begin = (0.0, 0.0) if whole_process else (_cpu(resource.RUSAGE_SELF), _children())
        self._own_s = 0.0
        self._claimed_s = 0.0
        # What a fresh process spent before this line is the interpreter and our own modules.
        self._imports_s = self.total_cpu_s() if whole_process else 0.0
        self._codecarbon = _CodeCarbon(country)

    def start_codecarbon(self) -> None:
        """Start CodeCarbon once; a run that finds nothing to do never pays its cold start."""
        self._codecarbon.begin()

    @contextmanager
    def stretch(self, asset: str, activity: Activity) -> Iterator[Measure]:
        """Measure what happens inside; the figures are there when the block ends."""
        measure = Measure(asset, activity)
        cpu, wall = self._work_s(), time.monotonic()
        try:
            yield measure
        finally:
            measure.cpu_s = max(0.0, self._work_s() - cpu)
            measure.wall_s = time.monotonic() - wall

    def claim(self, *measures: Measure) -> None:
        """Count stretches as written down on their own line; the rest is orchestration."""
        self._claimed_s += sum(measure.cpu_s or 0.0 for measure in measures)

    @contextmanager
    def importing(self) -> Iterator[None]:
        """Bill what happens inside to the imports of the run, not to the table that needs them."""
        before = self._work_s()
        try:
            yield
        finally:
            self._imports_s += max(0.0, self._work_s() - before)

    def overheads(self) -> list[Measure]:
        """The imports, the orchestration and the measurement, up to now."""
        around_s = max(0.0, self._work_s() - self._claimed_s)
        imports_s = min(self._imports_s, around_s)
        return [
            Measure("imports", "orchestration", cpu_s=imports_s),
            Measure("orchestration", "orchestration", cpu_s=around_s - imports_s),
            Measure("mesure", "measurement", cpu_s=self._codecarbon.own_cpu_s()),
        ]

    def total_cpu_s(self) -> float:
        """CPU-seconds of the run up to now, everything included."""
        return _cpu(resource.RUSAGE_SELF) - self._begin[0] + _children() - self._begin[1]

    def codecarbon_watts(self) -> float | None:
        """Watts per busy CPU-second as CodeCarbon measured this run.

        None when it was not started, failed, or saw less than half a CPU-second (its clock ticks
        at 10 ms: ±1 % from 0.5 s on).
        """
        kwh = self._codecarbon.kwh()
        seen_s = self.total_cpu_s() - (self._codecarbon.since_s(self._begin) or 0.0)
        if kwh is None or seen_s < 0.5:
            return None
        return kwh * JOULES_PER_KWH / seen_s

    def end(self) -> None:
        """Stop CodeCarbon; its last reading stays."""
        self._codecarbon.end()

    def _work_s(self) -> float:
        return self.total_cpu_s() - self._codecarbon.own_cpu_s()


def end_all() -> None:
    """Stop every CodeCarbon of this process: its timers multiply when it is left to itself."""
    for running in list(_running):
        running.end()


class _CodeCarbon:
    """One offline tracker, started in a thread so that its cold start (2 s) overlaps the work."""

    def __init__(self, country: str) -> None:
        self.country = country
        self._tracker: Any = None
        self._thread: threading.Thread | None = None
        self._clock: int | None = None
        self._started_s: float | None = None
        self._children = 0.0
        self._later_s = 0.0
        self._from_s: float | None = None
        self._last_kwh: float | None = None

    def begin(self) -> None:
        """Start once; every call after the first does nothing."""
        if self._thread is not None:
            return
        self._children = -_children()
        _running.add(self)
        self._thread = threading.Thread(target=self._start, name="codecarbon", daemon=True)
        self._thread.start()

    def own_cpu_s(self) -> float:
        """CPU-seconds spent on measuring: the starting thread, its children, the readings."""
        if self._thread is None:
            return 0.0
        if self._started_s is not None:
            return self._started_s + self._later_s
        try:
            running = time.clock_gettime(self._clock) if self._clock is not None else 0.0
        except OSError:  # the thread has just ended
            return self._started_s or 0.0
        # Children reaped meanwhile are CodeCarbon's (lscpu, a processor probe: 0.6 CPU-s).
        return running + self._children + _children()

    def since_s(self, begin: tuple[float, float]) -> float | None:
        """CPU-seconds of the run at the moment the tracker began to measure."""
        return None if self._from_s is None else self._from_s - sum(begin)

    def kwh(self) -> float | None:
        """Read the tracker: emissions divided by the intensity it was given."""
        if self._thread is None:
            return None
        self._thread.join()
        if self._tracker is None:
            return self._last_kwh
        before = time.thread_time()
        try:
            kilograms = self._tracker.flush()
        except Exception:  # measured or « non mesuré », never an incident
            kilograms = None
        finally:
            self._later_s += time.thread_time() - before
        self._last_kwh = (
            None if kilograms is None else float(kilograms) * 1000 / coefficients().carbon.central
        )
        return self._last_kwh

    def end(self) -> None:
        """Stop its threads, which would be billed to whatever runs next in this process."""
        if self._thread is None:
            return
        self.kwh()
        tracker, self._tracker = self._tracker, None
        _running.discard(self)
        with suppress(Exception):
            tracker.stop()

    def _start(self) -> None:
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        try:
            self._tracker = _tracker(self.country)
            self._from_s = _cpu(resource.RUSAGE_SELF) + _children()
        finally:
            self._children += _children()
            self._started_s = time.thread_time() + self._children


def _everything(country: str) -> dict[str, Any]:
    """Every argument CodeCarbon has: one left out would be read from `.codecarbon.config`, in the
    home or the current folder, or from `CODECARBON_*`, without a word.
    """
    return {
        "project_name": "ardoise",
        "experiment_name": "base",
        "experiment_id": "",
        "country_iso_code": country,
        "country_2letter_iso_code": None,
        "region": None,
        "cloud_provider": None,
        "cloud_region": None,
        "electricitymaps_api_token": None,
        "emissions_endpoint": None,
        "api_endpoint": "",
        "api_key": "",
        "api_call_interval": -1,
        "tracking_mode": "process",
        "allow_multiple_runs": True,
        "measure_power_secs": 15,
        "force_cpu_power": coefficients().power.central * (os.cpu_count() or 1),
        "force_ram_power": 0.0,  # memory is powered whether or not a run takes place
        "force_carbon_intensity_g_co2e_kwh": coefficients().carbon.central,
        "force_mode_cpu_load": False,
        "rapl_include_dram": False,
        "rapl_prefer_psys": False,
        "gpu_ids": [],
        "pue": 1.0,
        "wue": 0.0,
        "output_methods": [],
        "output_handlers": [],
        "output_dir": ".",
        "output_file": "emissions.csv",
        "on_csv_write": "append",
        "prometheus_url": "",
        "metadata": None,
        "log_level": "critical",
        "logging_logger": None,
        "logger_preamble": "",
    }


def _tracker(country: str) -> Any:
    """CodeCarbon with nothing left to a guess, a file, an environment variable or the network.

    Offline: behind a firewall the online tracker silently takes the carbon factor of Quebec.
    """
    try:
        from codecarbon import OfflineEmissionsTracker

        # After the import, which sets its own level; the argument below alone leaves three lines.
        logging.getLogger("codecarbon").setLevel(logging.CRITICAL)
        tracker = OfflineEmissionsTracker(**_everything(country))
        tracker.start()
    except Exception:  # measured or « non mesuré »: a meter never stops the work
        return None
    return tracker


def _cpu(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _children() -> float:
    return _cpu(resource.RUSAGE_CHILDREN)
