"""`ardoise fetch`: receive one source's file and stop there, or say what would be asked."""

from rich.text import Text

from assets.catalogue import Table
from assets.connectors import asks
from assets.partitions.reception import Arrivals, arrive
from assets.platform import Platform
from assets.reception import label, receive, request_of
from checks.partitions import Period
from pipelines.grids import console
from resources.addresses import PORTS, listed, told
from resources.errors import DeclarationError
from resources.french import day, listing, number, plural, quantity, weight
from resources.validators import conditions_of


def show_request(platform: Platform, name: str) -> None:
    """What fetching a source would ask, of whom, how far. Touches no network.

    Raises:
        DeclarationError: no such source.
    """
    table = _source(platform, name)
    period = _last_period(platform, table)
    request, limits = request_of(platform, table, period), None
    last = platform.landing.last(table.landing, period.name if period else None)
    lines = [f"{_called(platform, table)} : voici ce qui serait demandé."]
    distant = False
    for address in asks(request):
        lines.append(f"  GET {told(address)}" if _web(address) else f"  lire {told(address)}")
        distant = distant or _web(address)
        for header, value in conditions_of(
            last.tag_at(request.url) if last else None, address
        ).items():
            lines.append(f"    {header}: {value}")
    if distant:
        outside, limits = platform.settings.outside, request.limits
        lines += [
            f"  limites : {quantity(limits.deadline_s, 's')} en tout, "
            f"{weight(limits.max_bytes)}, {number(limits.max_ratio)} fois une fois déplié, "
            f"{number(limits.attempts)} essais, "
            + ("http accepté par le contrat" if limits.plain_http else "https seulement"),
            *([f"  par le relais {told(outside.relay)}"] if outside.relay else []),
            *(
                [f"  serveurs internes permis : {listed(outside.internal)}"]
                if outside.internal
                else []
            ),
        ]
    lines.append(
        f"  déjà déposé : {weight(last.bytes)}, reçu le {day(last.received_at.date())}, "
        f"sha256 {last.sha256[:12]}…"
        if last
        else "  rien n’est encore déposé : le fichier serait demandé entier"
    )
    output = console()
    for line in lines:
        output.print(Text(line), soft_wrap=True)
    output.print("Rien n’a été demandé.")


def show_fetch(platform: Platform, name: str) -> bool:
    """Receive a source's file and land it; whether the source answered.

    Raises:
        DeclarationError: no such source.
        SourceError: nothing could be received, and nothing was before.
        BusyWarehouse: a run is under way.
    """
    table = _source(platform, name)
    if table.contract.partitions is not None:
        return _fetch_partitions(platform, table)
    before = platform.landing.last(table.landing)
    with platform.warehouse.writing():  # one at a time: a run may be receiving the same file
        received = receive(platform, table)
    landed, output, called = received.landed, console(), _called(platform, table)
    if received.outage:
        shown = f"{called} : {label(landed, received.outage)}. {received.outage.message}."
        output.print(Text(shown, style="yellow"), soft_wrap=True)
        return False
    same = before is not None and before.sha256 == landed.sha256
    if not landed.downloaded:
        change = "inchangé : rien n’a été transféré"
    else:
        change = "inchangé : mêmes octets" if same else "nouveau"
    output.print(
        Text(f"{called} : {weight(landed.bytes)}, sha256 {landed.sha256}, {change}."),
        soft_wrap=True,
    )
    if landed.modified:
        output.print(f"Le serveur le date du {day(landed.modified.date())}.")
    output.print(f"Déposé, ni lu ni publié : « ardoise run {table.landing} » le fera.")
    return True


def _fetch_partitions(platform: Platform, table: Table) -> bool:
    """Receive the periods that are due; whether the source answered."""
    output = console()
    with platform.warehouse.writing():
        arrivals = arrive(platform, table, Arrivals())
    for period, landed in sorted(arrivals.landed.items()):
        change = "nouveau ou corrigé" if landed.downloaded else "inchangé"
        told = f"{table.key}, {period} : {weight(landed.bytes)}, sha256 {landed.sha256}, {change}."
        output.print(Text(told), soft_wrap=True)
    for period, error in sorted(arrivals.errors.items()):
        output.print(Text(f"{table.key}, {period} : {error} [{error.code}]", style="red"))
    if arrivals.outage:
        output.print(Text(f"{table.key} : {arrivals.outage.message}.", style="yellow"))
    output.print(f"Déposé, ni lu ni publié : « ardoise run {table.landing} » le fera.")
    return arrivals.outage is None


def _last_period(platform: Platform, table: Table) -> Period | None:
    """The period under way of a source received by period."""
    if table.contract.partitions is None:
        return None
    return table.contract.partitions.at(platform.day_of(table.contract))


def _source(platform: Platform, name: str) -> Table:
    table = platform.catalogue.chosen(name)[0]  # the tables of a feed share their file
    if table.layer != "sources":
        raise DeclarationError(
            f"« {table.key} » n’est pas une source : elle se calcule à partir de "
            f"{', '.join(sorted(table.upstream))}. Rien n’a été demandé."
        )
    return table


def _called(platform: Platform, table: Table) -> str:
    """A table, or the file that several share."""
    if table.feed is None:
        return f"{table.contract.title} ({table.key})"
    tables = platform.catalogue.chosen(table.feed)
    names = listing([each.name.removeprefix(f"{table.feed}_") for each in tables])
    return f"{table.feed}, un fichier pour {plural(len(tables), 'table')} ({names})"


def _web(address: str) -> bool:
    return address.partition(":")[0] in PORTS
