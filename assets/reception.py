"""How a source's file comes in; and what stands when the source gives nothing.

A source that cannot be reached refuses nothing: the last file received stays its version, and is
labelled everywhere « données du …, source indisponible depuis … » until the source answers again.
A source never received has nothing to stand on: it is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from assets.catalogue import Table
from assets.connectors import Request, connector
from assets.freshness import due
from assets.platform import Platform
from assets.rights.landed import door_of
from checks.partitions import Period
from resources.answers import UNREACHABLE
from resources.errors import SourceError
from resources.french import day
from resources.landing import Landed
from resources.outage import Outage, Outages


@dataclass(frozen=True)
class Reception:
    """A source's file, and the outage during which it is only the last one known."""

    landed: Landed
    outage: Outage | None = None


def request_of(platform: Platform, table: Table, period: Period | None = None) -> Request:
    """What a connector is asked for a source, or for one of its periods."""
    return Request(
        table.contract,
        table.path.parent,
        platform.territory,
        platform.settings,
        open_web=lambda: platform.web,
        period=period,
    )


def receive(platform: Platform, table: Table) -> Reception:
    """Ask a source for its file.

    Raises:
        SourceError: it gave something that cannot be taken, or nothing while none is kept.
    """
    request = request_of(platform, table)
    fetch = connector(request.url).fetch
    try:
        landed = platform.landing.take(
            table.landing,
            lambda destination, tag: fetch(request, destination, tag),
            address=request.url,
            door=door_of(platform, table),
        )
    except SourceError as error:
        last = platform.landing.last(table.landing) if error.code in UNREACHABLE else None
        if last is None:
            raise
        return Reception(last, lost(platform, table, error, last))
    recovered(platform, table)
    return Reception(landed)


def lost(platform: Platform, table: Table, error: SourceError, last: Landed) -> Outage:
    """Remember that a source gives nothing, and say so the first time."""
    outages = Outages(platform.home)
    outage = outages.after(table.landing, error)
    known = outages.of(table.landing)
    if known is None or known.code != outage.code:
        _journal(platform, table, outage, last)
    outages.keep(table.landing, outage)
    return outage


def recovered(platform: Platform, table: Table) -> None:
    """Forget that a source gave nothing, and say that it does again."""
    outages = Outages(platform.home)
    if outages.of(table.landing) is not None:
        # The journal first: cut in between, the next run says it again rather than never.
        platform.journal.write("retablissement", table=table.key)
        outages.end(table.landing)


def received_before(platform: Platform, table: Table) -> Reception:
    """The last file received, and no other asked for.

    Raises:
        SourceError: `ABSENT`, none was ever received.
    """
    last = platform.landing.last(table.landing)
    if last is None:
        raise SourceError("ABSENT", "aucun fichier de cette source n’est au dépôt")
    return Reception(last, Outages(platform.home).of(table.landing))


def receive_when_due(platform: Platform, table: Table) -> Reception:
    """Ask a source when its cadence says so, its address moved or it last gave nothing; else take
    the last file received.

    Raises:
        SourceError: as `receive` does.
    """
    landing, name = platform.landing, table.landing
    last, now = landing.last(name), datetime.now(UTC).replace(tzinfo=None)
    if (
        last is None
        or Outages(platform.home).of(name) is not None
        or not last.comes_from(request_of(platform, table).url)
        or due(table.contract.cadence, landing.checked_at(name), now)
    ):
        return receive(platform, table)
    return Reception(last)


Asking = Literal["all", "due", "none"]
RECEPTIONS: Mapping[Asking, Callable[[Platform, Table], Reception]] = {
    "all": receive,
    "due": receive_when_due,
    "none": received_before,
}
"""Which sources a run asks anything: every one, those whose time has come, none."""


def outages_of(platform: Platform) -> dict[str, Outage]:
    """The tables whose data may be late, by key: a source in an outage, and whatever reads it."""
    known = Outages(platform.home)
    found: dict[str, Outage] = {}
    for table in platform.catalogue:  # upstream first
        own = known.of(table.landing) if table.layer == "sources" else None
        late = [found[key] for key in table.upstream if key in found] + ([own] if own else [])
        if late:
            found[table.key] = min(late, key=lambda outage: outage.since)
    return found


def label(received_on: Landed | None, outage: Outage) -> str:
    """« données du 12 novembre 2026, source indisponible depuis le 20 novembre 2026 »."""
    since = f"source indisponible depuis le {day(outage.since.date())}"
    return f"données du {day(received_on.received_at.date())}, {since}" if received_on else since


def _journal(platform: Platform, table: Table, outage: Outage, last: Landed) -> None:
    contract = table.contract
    catalogue = f" La page du catalogue : {contract.homepage}." if contract.homepage else ""
    todo = (
        f"retrouver la source, corriger « url: » dans {table.path.name} s’il le faut, puis "
        f"relancer « ardoise run {table.key} ».{catalogue}"
        if outage.lasting
        else "rien si cela passe ; prévenir le producteur si cela dure."
    )
    platform.journal.write(
        "indisponibilite",
        table=table.key,
        code=outage.code,
        # Only what no patience mends is announced to people.
        alert=outage.lasting,
        message=(
            f"{contract.title} ({table.key}) : {label(last, outage)}.\n  – {outage.message} "
            f"[{outage.code}]\nLa version publiée reste en place.\nQue faire : {todo}"
        ),
    )
