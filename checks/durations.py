"""How long, as a contract and the register say it: « 2 years », counted by the calendar."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

Duration = Annotated[str, Field(pattern=r"^[1-9]\d* (days?|months?|years?)$")]
WORDS = {"day": ("jour", "jours"), "month": ("mois", "mois"), "year": ("an", "ans")}


def before(duration: str, day: date) -> date:
    """The day that is so long before another: a year before 29 February is 28.

    Nothing is older than the first year a date can hold.
    """
    count, unit = _parts(duration)
    if unit == "day":
        return day - timedelta(days=min(count, (day - date.min).days))
    months = count * 12 if unit == "year" else count
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_in(duration: str) -> float:
    """Days, to compare two durations: a year counts 365,25, a month a twelfth of it."""
    count, unit = _parts(duration)
    return count * {"day": 1, "month": 365.25 / 12, "year": 365.25}[unit]


def french(duration: str) -> str:
    """« 10 ans »."""
    count, unit = _parts(duration)
    return f"{count} {WORDS[unit][count > 1]}"


def _parts(duration: str) -> tuple[int, str]:
    count, unit = duration.split()
    return int(count), unit.rstrip("s")
