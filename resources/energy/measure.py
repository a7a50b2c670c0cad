"""One stretch of work: facts first, estimates derived from them with declared coefficients."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from resources.energy.factors import chosen, coefficients

Activity = Literal["table", "control", "publication", "page", "orchestration", "measurement"]
Bound = Literal["low", "central", "high"]
JOULES_PER_KWH = 3.6e6
# How the energy of a row was obtained, from the surest to none.
WATTMETER_FILE = "wattmeter_file"
RAPL_SHARE = "rapl_share"
CPU_TIME_MODEL = "cpu_time_model"
NOT_MEASURED = "non_mesure"


@dataclass
class Measure:
    """One stretch of work.

    `cpu_s` is None when it could not be measured. `joules` is the part of the machine's energy
    counter that falls to it, read by `counter`; None where the machine has none.
    """

    asset: str
    activity: Activity
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None))
    cpu_s: float | None = None
    wall_s: float | None = None
    joules: float | None = None
    counter: str | None = None

    def add(self, other: "Measure") -> None:
        """Count another stretch of the same work; not measured plus anything is not measured."""
        for name in ("cpu_s", "wall_s", "joules"):
            mine, more = getattr(self, name), getattr(other, name)
            setattr(self, name, None if mine is None or more is None else mine + more)

    @property
    def method(self) -> str:
        """How the energy was obtained."""
        if self.cpu_s is None:
            return NOT_MEASURED
        return self.counter if self.joules is not None and self.counter else CPU_TIME_MODEL

    def kwh(self, bound: Bound = "central") -> float | None:
        """The energy on top of the idle machine, in kWh: counted joules, else CPU-seconds × watts.

        The range is that of the counter's precision, or of the watts.
        """
        if self.cpu_s is None:
            return None
        if self.joules is not None and self.counter:
            spread = float(getattr(chosen("precision", self.counter), bound))
            return self.joules * spread / JOULES_PER_KWH
        return self.cpu_s * float(getattr(coefficients().power, bound)) / JOULES_PER_KWH

    def gco2e(self, bound: Bound = "central") -> float | None:
        """Energy × carbon intensity of French electricity, in grams."""
        energy = self.kwh(bound)
        if energy is None:
            return None
        return energy * float(getattr(coefficients().carbon, bound))
