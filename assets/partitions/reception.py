"""Which periods of a source are asked, and what came of it.

The last ones, that the producer still completes (`lookback`), and those never received. A period
that has no file yet is no fault: it is asked again while it is among the last ones, or by name.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from assets.catalogue import Table
from assets.connectors import connector
from assets.freshness import due
from assets.platform import Platform
from assets.reception import Asking, lost, recovered, request_of
from assets.rights.landed import door_of
from checks.contract import Contract
from checks.partitions import Partitions, Period
from resources.answers import UNREACHABLE
from resources.errors import SourceError
from resources.files import write_whole
from resources.landing import Landed
from resources.outage import Outage, Outages

NO_FILE = frozenset({"ABSENT", "ABSENTE"})


@dataclass
class Arrivals:
    """What a source gave, period by period, when it was asked."""

    landed: dict[str, Landed] = field(default_factory=dict)
    errors: dict[str, SourceError] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    outage: Outage | None = None


def periods_of(contract: Contract, today: date) -> dict[str, Period]:
    """The periods a source has on a day, those past their time left out."""
    cut = partitions_of(contract)
    since = contract.retention.limit(today) if contract.retention.since == cut.by else None
    return {period.name: period for period in cut.until(today, since)}


def partitions_of(contract: Contract) -> Partitions:
    """How a source is cut, when it is."""
    assert contract.partitions is not None
    return contract.partitions


def arrive(
    platform: Platform,
    table: Table,
    arrivals: Arrivals,
    names: Collection[str] | None = None,
    *,
    ask: Asking = "all",
) -> Arrivals:
    """Ask a source for the periods named, or for those due, unless they were asked already.

    A source that stops answering is not asked for the others.

    Raises:
        SourceError: it gave nothing, now or before.
    """
    periods = periods_of(table.contract, platform.day_of(table.contract))
    if names is None and (ask == "none" or (ask == "due" and not _is_time(platform, table))):
        arrivals.outage = Outages(platform.home).of(table.landing)
        return arrivals
    wanted = [
        name
        for name in (names if names is not None else _due(platform, table, periods))
        if name in periods and name not in arrivals.asked
    ]
    absent, before = _absent(platform, table), _absent(platform, table)
    known, gone = platform.landing.partitions(table.landing), list[SourceError]()
    for name in wanted:
        arrivals.asked.add(name)
        try:
            arrivals.landed[name] = _take(platform, table, periods[name])
            absent.discard(name)
        except SourceError as error:
            if error.code in NO_FILE and name in known:
                gone.append(error)
            elif error.code in NO_FILE:
                absent.add(name)
                if names is not None:
                    arrivals.errors[name] = error
            elif error.code in UNREACHABLE:
                arrivals.outage = _outage(platform, table, error)
                break
            else:
                arrivals.errors[name] = error
    if gone and not arrivals.landed and arrivals.outage is None:
        # One vintage less is the producer's right; all of them, and the address has moved.
        arrivals.outage = _outage(platform, table, gone[0])
    if arrivals.landed and arrivals.outage is None:
        recovered(platform, table)
    if absent != before:
        said = json.dumps(sorted(absent)).encode()
        write_whole(platform.home.landing / table.landing / "absent.json", said)
    return arrivals


def _is_time(platform: Platform, table: Table) -> bool:
    """Whether the cadence says to ask again, or the source gave nothing last time."""
    known, now = platform.landing.checked_at(table.landing), datetime.now(UTC).replace(tzinfo=None)
    failing = Outages(platform.home).of(table.landing) is not None
    return failing or due(table.contract.cadence, known, now)


def _due(platform: Platform, table: Table, periods: Collection[str]) -> list[str]:
    last = list(periods)[-(partitions_of(table.contract).lookback + 1) :]
    known = platform.landing.partitions(table.landing) | _absent(platform, table)
    return [name for name in periods if name in last or name not in known]


def _take(platform: Platform, table: Table, period: Period) -> Landed:
    request = request_of(platform, table, period)
    fetch = connector(request.url).fetch
    return platform.landing.take(
        table.landing,
        lambda destination, tag: fetch(request, destination, tag),
        address=request.url,
        partition=period.name,
        door=door_of(platform, table),
    )


def _outage(platform: Platform, table: Table, error: SourceError) -> Outage:
    """The outage of a source some partitions of which are kept.

    Raises:
        SourceError: none is.
    """
    last = platform.landing.last(table.landing)
    if last is None:
        raise error
    return lost(platform, table, error, last)


def _absent(platform: Platform, table: Table) -> set[str]:
    """The periods the source had no file for when it was asked."""
    try:
        path = platform.home.landing / table.landing / "absent.json"
        return set(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return set()  # never written, or cut short: they are asked again
