"""How old the data of a source is, against the cadence its contract declares.

What counts is when the last new file came, not when the source was last asked: a producer who
promises a file each month and sends none is late, however often we look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from checks.contract import Cadence
from resources.french import day, plural, span
from resources.landing import Landed
from resources.outage import Outage

# The longest that may pass between two files of each cadence; None where none is promised.
EVERY: Mapping[Cadence, timedelta | None] = {
    "ponctuelle": None,
    "annuelle": timedelta(days=366),
    "semestrielle": timedelta(days=184),
    "trimestrielle": timedelta(days=92),
    "mensuelle": timedelta(days=31),
    "hebdomadaire": timedelta(days=7),
    "quotidienne": timedelta(days=1),
    "horaire": timedelta(hours=1),
}
# A file that comes a little after its day is on time: holidays, week-ends, a slow night.
TOLERANCE = 1.25

# An hourly timer starts a few minutes early or late: a source is due a little before its hour.
EARLY = timedelta(minutes=10)

State = Literal["fresh", "late", "never", "outage"]


@dataclass(frozen=True)
class Freshness:
    """The state of a source, in one word for the code and in French for people."""

    state: State
    sentence: str


def freshness(
    cadence: Cadence | None, landed: Landed | None, outage: Outage | None, now: datetime
) -> Freshness:
    """How fresh a source is at a moment (UTC, without zone)."""
    if outage is not None:
        return Freshness("outage", f"indisponible depuis le {day(outage.since.date())}")
    if landed is None:
        return Freshness("never", "jamais reçue")
    every = EVERY[cadence] if cadence else None
    expected = expected_before(cadence, landed)
    if every is None or expected is None or now <= expected:
        return Freshness("fresh", "à jour")
    return Freshness("late", f"en retard de {_length(now - landed.received_at - every)}")


def expected_before(cadence: Cadence | None, landed: Landed | None) -> datetime | None:
    """The moment (UTC, without zone) from which a source is late; None where it cannot be."""
    every = EVERY[cadence] if cadence else None
    return landed.received_at + every * TOLERANCE if landed and every else None


def due(cadence: Cadence | None, asked_at: datetime | None, now: datetime) -> bool:
    """Whether the cadence of a source says to ask it at a moment (UTC, without zone).

    `asked_at` is when it last said what its file is; None when it never did. A source of no
    cadence, or asked once for all, is due only then.
    """
    every = EVERY[cadence] if cadence else None
    return asked_at is None or (every is not None and now - asked_at >= every - EARLY)


def _length(late: timedelta) -> str:
    """In days beyond one, so that delays are compared at a glance."""
    return plural(late.days, "jour") if late.days else span(late.total_seconds())
