"""Numbers, dates and units as a French reader expects them.

Narrow no-break space for thousands, comma, no-break space before a unit, true minus sign. Checked
equal to Babel 2.18 on 20 000 random numbers (2026-11); Babel itself weighs 33 MB for this.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
NBSP, THIN, MINUS = "\u00a0", "\u202f", "\u2212"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
NOT_MEASURED = "non mesuré"
ENERGY_UNITS = ((1.0, "kWh"), (1e3, "Wh"), (1e6, "mWh"))


def number(value: float, decimals: int = 0) -> str:
    """`12345.6` → « 12 346 », rounded half to even."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    if rounded == 0:
        rounded = abs(rounded)
    text = f"{rounded:,.{decimals}f}"
    return text.replace(",", THIN).replace(".", ",").replace("-", MINUS)


def significant(value: float, digits: int = 2) -> str:
    """A number kept to its significant digits: `0.0123` → « 0,012 », `1234` → « 1 200 »."""
    if value == 0:
        return "0"
    rounded = Decimal(f"{value:.{digits - 1}e}")  # 9.99 becomes 10 before its digits are counted
    return number(float(rounded), max(digits - 1 - rounded.adjusted(), 0))


def signed(value: float, decimals: int = 0) -> str:
    """A change: always with its sign."""
    return ("+" if round(value, decimals) > 0 else "") + number(value, decimals)


def percent(share: float, decimals: int = 0) -> str:
    """`0.07` → « 7 % »."""
    return number(100 * share, decimals) + NBSP + "%"


def quantity(value: float, unit: str, decimals: int = 0) -> str:
    """A number and its unit, which never part at the end of a line."""
    return number(value, decimals) + NBSP + unit


def energy_unit(kwh: float) -> tuple[float, str]:
    """The factor from kilowatt-hours and the unit that make a number between 1 and 999."""
    for factor, unit in ENERGY_UNITS:
        # 999,7 Wh would be written « 1 000 Wh »: two digits decide, not the raw number.
        if kwh * factor >= 0.995:
            return factor, unit
    return ENERGY_UNITS[-1]


def energy(kwh: float | None) -> str:
    """Energy in the unit that gives a number between 1 and 999; `None` is « non mesuré »."""
    if kwh is None:
        return NOT_MEASURED
    factor, unit = energy_unit(kwh)
    if kwh * factor < 0.995:
        return "moins de 1" + NBSP + unit
    return significant(kwh * factor) + NBSP + unit


def small_energy(kwh: float | None) -> str:
    """Energy for an engineer: two digits, in milliwatt-hours when it is less than one watt-hour."""
    if kwh is None or kwh * 1e6 >= 0.995 or kwh == 0:
        return energy(kwh)
    return significant(kwh * 1e6) + NBSP + "mWh"


def spelled_energy(kwh: float | None) -> str:
    """Energy for a sentence: « mWh » is spelt out, lest it be read as a billion times more."""
    text = energy(kwh)
    word = "milliwattheure" if text.startswith(("moins", "1" + NBSP)) else "milliwattheures"
    return text.replace("mWh", word)


def carbon(grams: float | None) -> str:
    """Grams of CO2 equivalent in the unit that reads best: « 3,8 kgCO2e », « 12 mgCO2e »."""
    if grams is None:
        return NOT_MEASURED
    for factor, unit in ((1e-3, "kgCO2e"), (1.0, "gCO2e"), (1e3, "mgCO2e")):
        if grams * factor >= 0.995:
            return significant(grams * factor) + NBSP + unit
    return "0" + NBSP + "gCO2e" if grams == 0 else "moins de 1" + NBSP + "mgCO2e"


def weight(octets: float | None) -> str:
    """Bytes in French units (1 ko = 1 000 octets); `None` is « non mesuré »."""
    if octets is None:
        return NOT_MEASURED
    for factor, unit in ((1e9, "Go"), (1e6, "Mo"), (1e3, "ko")):
        if octets >= factor:
            return number(octets / factor, 1 if octets < 100 * factor else 0) + NBSP + unit
    return quantity(octets, "octet" if octets < 2 else "octets")


def plural(count: int, singular: str, several: str | None = None) -> str:
    """« 1 ligne », « 2 lignes », « 0 ligne »: French takes the plural from two."""
    word = singular if abs(count) < 2 else several or singular + "s"
    return number(count) + NBSP + word


def listing(words: Sequence[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " et " + words[-1]


def span(seconds: float) -> str:
    """A length of time in its largest whole unit: « 14 secondes », « 3 heures »."""
    for length, word in ((86_400, "jour"), (3_600, "heure"), (60, "minute")):
        if seconds >= length:
            return plural(round(seconds / length), word)
    return plural(round(seconds), "seconde")


def lowered(title: str) -> str:
    """A title inside a sentence: « Cantines » → « cantines », but « IRIS » stays."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def day(date: dt.date) -> str:
    """« 1er octobre 2026 »."""
    return f"{'1er' if date.day == 1 else date.day} {MONTHS[date.month - 1]} {date.year}"


def month(date: dt.date) -> str:
    """« octobre 2026 »."""
    return f"{MONTHS[date.month - 1]} {date.year}"


def short_month(date: dt.date) -> str:
    """« oct. »."""
    return SHORT_MONTHS[date.month - 1]


def local(instant: dt.datetime) -> dt.datetime:
    """A moment kept in UTC, as a clock on a wall in France shows it."""
    return instant.replace(tzinfo=dt.UTC).astimezone(PARIS)


def moment(instant: dt.datetime) -> str:
    """« 1er octobre 2026 à 14 h 05 »."""
    return f"{day(instant.date())} à {instant.hour}{NBSP}h{NBSP}{instant.minute:02d}"
