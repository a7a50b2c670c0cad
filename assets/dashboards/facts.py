"""The facts a page is made of.

Plain words, no behaviour beyond what they say of themselves. `views` reads them from the
warehouse; `phrases` puts them into French.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class TableCard:
    """What the contract of a table says, as far as a page needs it.

    `keep` and `keep_reason` are the contract's own `retention` (« 10 years », and what for).
    """

    name: str
    title: str
    theme: str
    layer: str
    access: str = "open"
    synthetic: bool = False
    keep: str | None = None
    keep_reason: str | None = None
    cadence: str | None = None
    owner: str | None = None
    publisher: str | None = None
    license: str | None = None


@dataclass(frozen=True)
class Budget:
    """What the council voted; None where it has not decided."""

    energy_kwh_month: float | None = None
    storage_gb: float | None = None


@dataclass(frozen=True)
class Energy:
    """Energy with its range. None is « not measured », which is never zero.

    `unmeasured` counts the activities the sum leaves out: when it is not 0 the sum is a minimum.
    `codecarbon_kwh` is the second opinion: what CodeCarbon read on the same runs. `methods`,
    `coefficients` and `factors` are the codes of the ledger: what it was counted with.
    """

    kwh: float | None = None
    low: float | None = None
    high: float | None = None
    gco2e: float | None = None
    activities: int = 0
    unmeasured: int = 0
    runs: int = 0
    codecarbon_kwh: float | None = None
    methods: Sequence[str] = ()
    coefficients: Sequence[str] = ()
    factors: Sequence[str] = ()


@dataclass(frozen=True)
class Load:
    """What one table, or one activity of the platform, used in the month."""

    what: str
    kwh: float | None
    runs: int


@dataclass(frozen=True)
class TableState:
    """Where a table stands: its last decided version, and the one that is published."""

    card: TableCard
    outcome: str | None = None
    decided_on: dt.date | None = None
    published_on: dt.date | None = None
    received_rows: int | None = None
    published_rows: int | None = None
    quarantined_rows: int | None = None
    stored_bytes: int | None = None
    rules: int = 0
    rules_passed: int = 0

    @property
    def refused(self) -> bool:
        """Whether the last version was refused."""
        return self.outcome == "refused"

    @property
    def troubled(self) -> bool:
        """Whether an elected official should know something about this table."""
        return self.outcome != "published" or self.rules_passed < self.rules


@dataclass(frozen=True)
class Late:
    """A source that gives nothing at the moment, and the day of its last file."""

    title: str
    data_of: dt.date | None
    since: dt.date


@dataclass(frozen=True)
class Indicator:
    """One figure about the territory."""

    label: str
    theme: str
    value: float | None
    unit: str
    period: str
    synthetic: bool


@dataclass(frozen=True)
class Method:
    """How the month was measured, in the codes of the ledger."""

    methods: Sequence[str] = ()
    coefficients: Sequence[str] = ()
    factors: Sequence[str] = ()


@dataclass(frozen=True)
class Machine:
    """What the machine cost in the month whether or not anything ran. kWh and grams of CO2e."""

    on_kwh: float | None = None
    storage_kwh: float | None = None
    use_g: float | None = None
    made_g: float | None = None
