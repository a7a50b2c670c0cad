"""A source received by period: the words that say so, and the periods they cut time into.

Pure calendar, no connection. A partition is named as Dagster names it (`2026-10-31`, `2026-10`,
`2026`) and holds the rows whose `by` falls in it, and no other: replacing it touches no neighbour.
What is received, made and kept by partition is in `assets.partitions`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from checks.strict import Strict
from resources.sql import literal, quoted

# The words that stand for a period in an address.
VARIABLES = ("partition", "partition_start", "partition_end")
STRANGER = "HORS_PARTITION"
Each = Literal["day", "month", "year"]
LAYOUTS: Mapping[str, str] = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
FRENCH: Mapping[str, tuple[str, str]] = {
    "day": ("jour", "jours"),
    "month": ("mois", "mois"),
    "year": ("année", "années"),
}


@dataclass(frozen=True)
class Period:
    """One partition: its name, its first day and the day after its last."""

    name: str
    start: date
    end: date

    def over(self, today: date) -> bool:
        """Whether no new row can be of it."""
        return self.end <= today

    def filled(self, address: str) -> str:
        """An address with `{partition}`, `{partition_start}` and `{partition_end}` (excluded)."""
        words = (self.name, self.start.isoformat(), self.end.isoformat())
        for word, value in zip(VARIABLES, words, strict=True):
            address = address.replace(f"{{{word}}}", value)
        return address


class Partitions(Strict):
    """How a source is cut: by which column, in which periods, since when (Dagster's words).

    `lookback` (dbt's word) is how many periods before the last are asked again each time: those
    that the producer still completes or corrects. Older ones are asked only when they are missing,
    or by name.
    """

    by: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    each: Each
    start: date
    lookback: int = Field(default=1, ge=0, le=1000)

    @cached_property
    def words(self) -> tuple[str, str]:
        """« jour » and « jours »."""
        return FRENCH[self.each]

    def period(self, name: str) -> Period:
        """The period of a name.

        Raises:
            ValueError: no period has this name.
        """
        widths = {"day": 10, "month": 7, "year": 4}
        written = re.fullmatch(r"\d{4}(-\d{2}){0,2}", name) and len(name) == widths[self.each]
        try:
            return self.at(date.fromisoformat((name + "-01-01")[:10] if written else ""))
        except ValueError:
            raise ValueError(
                f"« {name} » n’est pas le nom d’une période (exemple : {self.example})"
            ) from None

    def at(self, day: date) -> Period:
        """The period a day is in."""
        match self.each:
            case "day":
                start, end = day, day + timedelta(days=1)
            case "month":
                start = day.replace(day=1)
                end = (start + timedelta(days=31)).replace(day=1)
            case "year":
                start, end = date(day.year, 1, 1), date(day.year + 1, 1, 1)
        return Period(f"{start:{LAYOUTS[self.each]}}", start, end)

    def until(self, today: date, since: date | None = None) -> Iterator[Period]:
        """Every period from the first one, or from a day, to that of today, included."""
        period = self.at(max(self.start, since or self.start))
        while period.start <= today:
            yield period
            period = self.at(period.end)

    @property
    def example(self) -> str:
        """The name of the first period."""
        return self.at(self.start).name


def inside(kind: str, column: str, period: Period) -> str:
    """SQL that is true of the rows of a period; null where there is no date."""
    value = quoted(column)
    match kind:
        case "year":
            return f"({value} >= {period.start.year} and {value} < {period.end.year})"
        case "yearmonth":
            start, end = (f"{day:%Y-%m}" for day in (period.start, period.end))
            return f"({value} >= {literal(start)} and {value} < {literal(end)})"
        case _:
            start, end = (literal(day.isoformat()) for day in (period.start, period.end))
            return f"({value} >= date {start} and {value} < date {end})"


# Which types can be cut by which periods: a year holds no day.
CUT: Mapping[str, tuple[str, ...]] = {
    "day": ("date", "datetime"),
    "month": ("date", "datetime", "yearmonth"),
    "year": ("date", "datetime", "yearmonth", "year"),
}
