"""The meter of one run: each stretch of work, the orchestration around it, the measuring itself.

Facts only: what a CPU-second or a joule is worth is in `resources.energy.measure`.
"""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from resources.energy.counters import EnergyCounter, busy_s
from resources.energy.measure import JOULES_PER_KWH, Activity, Measure
from resources.energy.tracker import CodeCarbon, children_s, cpu_s

# Under this much busy time, the kernel's 10 ms ticks make the share of a stretch a guess.
LEAST_BUSY_S = 0.2


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run as a whole. Times are UTC; `busy_s` is the machine's, all processes.

    `busy_s` is None where the kernel does not say; `load` is the one-minute average.
    """

    started_at: datetime
    ended_at: datetime
    cpu_s: float
    wall_s: float
    busy_s: float | None
    processors: int
    load: float
    peak_memory_bytes: int


@dataclass(frozen=True)
class _Reading:
    """Work of the run, busy time of the machine and its joules at one moment."""

    work_s: float
    wall_s: float
    busy_s: float | None
    joules: float | None


class Meter:
    """Measures a run.

    run = Σ claimed stretches + orchestration + measurement, by construction: orchestration is what
    the process spent outside them.
    """

    def __init__(
        self,
        *,
        country: str = "FRA",
        whole_process: bool = False,
        counter: EnergyCounter | None = None,
        idle_w: float = 0.0,
    ) -> None:
        """Begin. `whole_process` counts from the start of the process, imports included.

        `counter` is the machine's energy counter, `idle_w` what the machine draws at rest: it is
        taken off, because the hosting line counts it.
        """
        self._begin = (0.0, 0.0) if whole_process else (cpu_s(), children_s())
        self._started_at = datetime.now(UTC).replace(tzinfo=None)
        self._claimed_s = 0.0
        self._claimed_j: float | None = 0.0
        self._counter = counter
        self._idle_w = idle_w
        # What a fresh process spent before this line is the interpreter and our own modules.
        self._imports_s = self.total_cpu_s() if whole_process else 0.0
        self._codecarbon = CodeCarbon(country)
        self._first = self._reading()
        self._before_s = self._first.work_s

    def start_codecarbon(self) -> None:
        """Start CodeCarbon once; a run that finds nothing to do never pays its cold start."""
        self._codecarbon.begin()

    @contextmanager
    def stretch(self, asset: str, activity: Activity) -> Iterator[Measure]:
        """Measure what happens inside; the figures are there when the block ends."""
        measure = Measure(asset, activity)
        before = self._reading()
        try:
            yield measure
        finally:
            after = self._reading()
            measure.cpu_s = max(0.0, after.work_s - before.work_s)
            measure.wall_s = after.wall_s - before.wall_s
            measure.joules = self._share(before, after)
            measure.counter = self._counter.method if self._counter else None

    def claim(self, *measures: Measure) -> None:
        """Count stretches as written down on their own line; the rest is orchestration."""
        for measure in measures:
            self._claimed_s += measure.cpu_s or 0.0
            if self._claimed_j is not None:
                self._claimed_j = (
                    None if measure.joules is None else self._claimed_j + measure.joules
                )

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
        lines = [
            Measure("imports", "orchestration", cpu_s=imports_s),
            Measure("orchestration", "orchestration", cpu_s=around_s - imports_s),
            Measure("mesure", "measurement", cpu_s=self._codecarbon.own_cpu_s()),
        ]
        rest = self._rest_j()
        spent = sum(line.cpu_s or 0.0 for line in lines)
        if rest is not None and self._counter is not None and spent > 0:
            for line in lines:
                line.joules = rest * (line.cpu_s or 0.0) / spent
                line.counter = self._counter.method
        return lines

    def facts(self) -> RunFacts:
        """The run as a whole, up to now."""
        now = self._reading()
        busy = None
        if now.busy_s is not None and self._first.busy_s is not None:
            # The process was busy before its meter began: the machine at least as much.
            busy = now.busy_s - self._first.busy_s + self._before_s
        return RunFacts(
            started_at=self._started_at,
            ended_at=datetime.now(UTC).replace(tzinfo=None),
            cpu_s=self.total_cpu_s(),
            wall_s=now.wall_s - self._first.wall_s,
            busy_s=busy,
            processors=os.cpu_count() or 1,
            load=os.getloadavg()[0],
            peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )

    def total_cpu_s(self) -> float:
        """CPU-seconds of the run up to now, everything included."""
        return cpu_s() - self._begin[0] + children_s() - self._begin[1]

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

    def _reading(self) -> _Reading:
        joules, busy = None, None
        if self._counter is not None:
            try:
                joules = self._counter.joules()
            except (OSError, ValueError, IndexError):
                joules = None  # « non mesuré » by this counter: the model takes over
        busy = busy_s()
        return _Reading(self._work_s(), time.monotonic(), busy, joules)

    def _share(self, before: _Reading, after: _Reading) -> float | None:
        """The joules that fall to the work between two readings; None when they cannot be told."""
        if before.joules is None or after.joules is None:
            return None
        if before.busy_s is None or after.busy_s is None:
            return None
        busy = after.busy_s - before.busy_s
        work = after.work_s - before.work_s
        if busy < LEAST_BUSY_S:
            return None
        machine = after.joules - before.joules - self._idle_w * (after.wall_s - before.wall_s)
        return max(0.0, machine) * min(1.0, max(0.0, work / busy))

    def _rest_j(self) -> float | None:
        """The joules of the run that no claimed stretch took."""
        if self._claimed_j is None:
            return None
        whole = self._share(self._first, self._reading())
        return None if whole is None else max(0.0, whole - self._claimed_j)
