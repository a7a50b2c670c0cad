"""What the machine itself counts: its energy, when it has a counter, and its busy processor time.

A counter gives the energy of the whole machine. The share of a task is its CPU time over the
machine's busy time between two readings, above what the idle machine draws (Scaphandre's and
Kepler's formula, which conserves energy and says so of two tasks at once).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from resources.energy.measure import RAPL_SHARE, WATTMETER_FILE

RAPL = Path("/sys/class/powercap")
PROCESSOR_TIMES = Path("/proc/stat")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class EnergyCounter(Protocol):
    """Joules since some moment, never going back."""

    method: str

    def joules(self) -> float:
        """The counter now.

        Raises:
            OSError: it can no longer be read.
            ValueError: what it holds is no number.
        """
        ...


@dataclass
class Rapl:
    """The packages' counters of Intel and AMD processors. They wrap; each wrap is added back."""

    packages: Sequence[Path]
    method: str = RAPL_SHARE

    def __post_init__(self) -> None:
        self._last = [_number(each / "energy_uj") for each in self.packages]
        self._ranges = [_number(each / "max_energy_range_uj") for each in self.packages]
        self._wrapped = 0.0

    def joules(self) -> float:
        """The sum of the packages."""
        now = [_number(each / "energy_uj") for each in self.packages]
        for before, after, whole in zip(self._last, now, self._ranges, strict=True):
            if after < before:
                self._wrapped += whole
        self._last = now
        return (sum(now) + self._wrapped) / 1e6


@dataclass
class Wattmeter:
    """A plug or a rack's meter that writes its index, in watt-hours, in a file."""

    file: Path
    method: str = WATTMETER_FILE

    def joules(self) -> float:
        """The last number of the file."""
        return float(self.file.read_text(encoding="utf-8").split()[-1].replace(",", ".")) * 3600


def energy_counter(wattmeter: str | None = None, rapl: Path = RAPL) -> EnergyCounter | None:
    """The surest counter that can be read here: the declared wattmeter, else RAPL, else none."""
    candidates: list[EnergyCounter] = []
    if wattmeter:
        candidates.append(Wattmeter(Path(wattmeter)))
    packages = [each.parent for each in sorted(rapl.glob("*/name")) if _is_package(each)]
    try:
        if packages:
            candidates.append(Rapl(packages))
    except (OSError, ValueError):
        pass  # readable by root alone on most machines
    for counter in candidates:
        try:
            counter.joules()
        except (OSError, ValueError, IndexError):
            continue
        return counter
    return None


def busy_s(file: Path = PROCESSOR_TIMES) -> float | None:
    """Processor-seconds of work of the whole machine since its start; None where unknown.

    Waiting for a disk and time stolen by the host are not work.
    """
    try:
        first = file.read_text(encoding="ascii").split("\n", 1)[0].split()
        user, nice, system, _idle, _wait, irq, softirq = (int(each) for each in first[1:8])
    except (OSError, ValueError):
        return None
    return (user + nice + system + irq + softirq) / TICKS_PER_SECOND


def _is_package(name: Path) -> bool:
    try:
        return name.read_text(encoding="ascii").startswith("package")
    except OSError:
        return False


def _number(file: Path) -> float:
    return float(file.read_text(encoding="ascii"))
