"""Where the series of months breaks, and which change between two months means something.

Pure functions. A change of method or of coefficient is a break, never a progress; a change smaller
than the noise of the control workload is « non significative » (`assets.sobriety.control`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assets.dashboards.facts import Energy
from resources import french

UNMEASURED = "non_mesure"
SHOWN = 2


@dataclass(frozen=True)
class Break:
    """The first month counted otherwise. `energy`: its energy too, not its carbon alone."""

    month: dt.date
    what: str
    energy: bool


def breaks(months: Mapping[dt.date, Energy]) -> Sequence[Break]:
    """The months that bring a method, a coefficient or a factor their predecessor did not have."""
    measured = [(month, energy) for month, energy in months.items() if energy.kwh is not None]
    found = []
    for (_, before), (month, now) in pairwise(measured):
        changed = [
            word
            for word, old, new in (
                ("la méthode de mesure", before.methods, now.methods),
                ("le coefficient d’énergie", before.coefficients, now.coefficients),
                ("le facteur d’émission", before.factors, now.factors),
            )
            if set(new) - set(old) - {UNMEASURED}
        ]
        if changed:
            told = french.listing(changed)
            found.append(Break(month, told, energy=changed != ["le facteur d’émission"]))
    return found


def energy_breaks(months: Mapping[dt.date, Energy]) -> set[dt.date]:
    """The months whose energy does not compare with that of the months before."""
    return {one.month for one in breaks(months) if one.energy}


def breaks_note(months: Mapping[dt.date, Energy]) -> str:
    """The breaks in words, the last ones; empty when there is none."""
    told = []
    for one in list(breaks(months))[-SHOWN:]:
        what = "l’électricité" if one.energy else "le carbone"
        change = "changent" if " et " in one.what else "change"
        told.append(
            f"Rupture en {french.month(one.month)} : {one.what} {change}, {what} d’avant et "
            "d’après ne se compare pas."
        )
    return " ".join(told)


def change_note(months: Mapping[dt.date, Energy], today: dt.date, noise: float | None) -> str:
    """The last whole month against the one before; empty when they do not compare."""
    current = today.replace(day=1)
    whole = [month for month in months if month < current][-2:]
    if len(whole) < 2 or whole[1] in energy_breaks(months):
        return ""
    before, now = (months[month].kwh for month in whole)
    if before is None or now is None or before <= 0:
        return ""
    told = f"De {french.month(whole[0])} à {french.month(whole[1])}"
    change = now / before - 1
    if noise is not None and abs(change) < noise:
        return f"{told} : variation non significative (moins de {french.percent(noise)})."
    size = french.percent(abs(change)) if abs(change) >= 0.01 else f"moins de 1{french.NBSP}%"
    said = f"{told} : {size} de {'plus' if change > 0 else 'moins'}"
    return f"{said}." if noise is not None else f"{said}, sans savoir encore si c’est significatif."
