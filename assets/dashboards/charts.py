"""Where a bar starts and where it ends, in percent of its frame.

Pure functions: the page draws with these, so that text keeps its size at every width. Words are in
`assets.dashboards.phrases`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.dashboards.breaks import energy_breaks
from assets.dashboards.facts import Energy
from resources import french

BASELINE, HEIGHT = 84.0, 74.0  # in percent: room above for the budget, below for the months
FILL = 0.8  # of the width given to one month
FEWEST_SLOTS = 6
TALL_ENOUGH = 16.0  # a column that can hold its own figure
FAR = 3.0  # a budget this many times above the highest column would flatten them all
LEAST_VISIBLE = 0.8


@dataclass(frozen=True)
class Gauge:
    """A bar for what is, a tick for its reference. Widths in percent."""

    width: float
    tick: float | None
    over: bool


@dataclass(frozen=True)
class Column:
    """One month of the chart."""

    left: float
    middle: float
    top: float
    height: float
    excess_top: float
    excess_height: float
    value: str
    label: str
    year: str
    partial: bool
    inside: bool


@dataclass(frozen=True)
class Trend:
    """The chart of months: its columns, the budget line when it is near enough, its breaks."""

    unit: str
    width: float
    baseline: float
    columns: Sequence[Column]
    budget: float | None
    budget_label: str
    breaks: Sequence[float] = ()


def gauge(value: float | None, reference: float | None) -> Gauge | None:
    """The gauge of a value against its budget; None when one of them is missing."""
    if value is None or reference is None or reference <= 0:
        return None
    full = max(reference * 1.15, value * 1.05)
    return Gauge(bar(value, full), 100 * reference / full, value > reference)


def complete(part: int, whole: int) -> Gauge | None:
    """The gauge of a part of a whole: no tick, the end of the frame is the reference."""
    return Gauge(bar(part, whole), None, False) if whole else None


def bar(value: float, full: float) -> float:
    """The width of a bar; what is not zero stays visible."""
    return max(100 * value / full, LEAST_VISIBLE) if value > 0 else 0.0


def in_unit(kwh: float | None, factor: float) -> str:
    """A figure in a column of one unit, its least significant digits left out."""
    if kwh is None:
        return french.NOT_MEASURED
    value = kwh * factor
    if 0 < value < 0.1:
        return "< 0,1"
    return french.number(value, 0 if value >= 10 or value == 0 else 1)


def trend(months: Mapping[dt.date, Energy], budget: float | None, today: dt.date) -> Trend | None:
    """The columns of the months; None with fewer than two of them measured."""
    used = [energy.kwh for energy in months.values() if energy.kwh is not None]
    if len(used) < 2 or max(used) <= 0:
        return None
    near = budget if budget is not None and budget <= FAR * max(used) else None
    highest = max(*used, near or 0)
    factor, unit = french.energy_unit(highest)
    slot = 100 / max(len(months), FEWEST_SLOTS)
    ceiling = highest if near is None else near
    columns = []
    for index, (month, energy) in enumerate(months.items()):
        kwh = energy.kwh or 0.0
        within, excess = min(kwh, ceiling), max(kwh - ceiling, 0.0)
        height = HEIGHT * within / highest
        columns.append(
            Column(
                left=index * slot + slot * (1 - FILL) / 2,
                middle=(index + 0.5) * slot,
                top=BASELINE - height,
                height=height,
                excess_top=BASELINE - HEIGHT * kwh / highest,
                excess_height=HEIGHT * excess / highest,
                value="?" if energy.kwh is None else in_unit(kwh, factor),
                label=french.short_month(month),
                year=str(month.year) if index == 0 or month.month == 1 else "",
                partial=(month.year, month.month) == (today.year, today.month),
                inside=height >= TALL_ENOUGH,
            )
        )
    return Trend(
        unit=unit,
        width=slot * FILL,
        baseline=BASELINE,
        columns=columns,
        budget=None if near is None else BASELINE - HEIGHT * near / highest,
        budget_label="" if near is None else f"Budget : {french.energy(near)}",
        breaks=[
            index * slot for index, month in enumerate(months) if month in energy_breaks(months)
        ],
    )
