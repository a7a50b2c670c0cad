"""CodeCarbon, which measures a run as a whole: one offline tracker, nothing left to a guess.

The only module that imports it. Who is billed for what is in `resources.energy.meter`.
"""

import logging
import os
import resource
import threading
import time
from contextlib import suppress
from typing import Any

from resources.energy.factors import coefficients

_running: "set[CodeCarbon]" = set()


def cpu_s(who: int = resource.RUSAGE_SELF) -> float:
    """CPU-seconds of this process, or of its children that have ended."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def children_s() -> float:
    """CPU-seconds of the children that have ended."""
    return cpu_s(resource.RUSAGE_CHILDREN)


def end_all() -> None:
    """Stop every CodeCarbon of this process: its timers multiply when it is left to itself."""
    for running in list(_running):
        running.end()


class CodeCarbon:
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
        self._children = -children_s()
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
        return running + self._children + children_s()

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
            self._from_s = cpu_s() + children_s()
        finally:
            self._children += children_s()
            self._started_s = time.thread_time() + self._children


def everything(country: str) -> dict[str, Any]:
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
        tracker = OfflineEmissionsTracker(**everything(country))
        tracker.start()
    except Exception:  # measured or « non mesuré »: a meter never stops the work
        return None
    return tracker
