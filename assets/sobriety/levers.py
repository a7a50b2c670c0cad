"""What would cost less, worked out from the books: each action with its gain and what is lost.

Nothing is invented: an action without a measured gain is not proposed, and what is not known yet
(too few weeks, too few changes) is left unsaid. Deciding is for people, in contracts.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from assets.catalogue import Catalogue, Table
from checks.contract import Cadence
from resources import french
from resources.sql import literal

SHOWN = 5
OBSERVED = dt.timedelta(days=90)
LEAST_CHANGES = 4
UNUSED_SHARE = 0.4
WORTH_BYTES = 1_000_000
# Days between two refreshes, the quickest first.
RHYTHM: dict[Cadence, float] = {
    "horaire": 1 / 24,
    "quotidienne": 1,
    "hebdomadaire": 7,
    "mensuelle": 30,
    "trimestrielle": 91,
    "semestrielle": 182,
    "annuelle": 365,
}
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Lever:
    """One action: what to do and how, its yearly gain, what is lost by it.

    `kwh_year` and `stored_bytes` are what it frees; None where it frees none of that kind.
    """

    title: str
    how: str
    gain: str
    lost: str
    kwh_year: float | None = None
    stored_bytes: int | None = None
    pressing: bool = False


def levers(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, now: dt.datetime
) -> list[Lever]:
    """The most useful actions first: overdue rows, then energy, then bytes; five at most."""
    found = [
        *_overdue(connection, catalogue),
        *_switch_off(connection, now),
        *_unread(connection, catalogue, now),
        *_unused_columns(connection, catalogue),
        *_slower(connection, catalogue, now),
    ]
    found.sort(
        key=lambda lever: (
            not lever.pressing,
            -(lever.kwh_year or 0.0),
            -(lever.stored_bytes or 0),
        )
    )
    return found[:SHOWN]


def _overdue(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> Iterator[Lever]:
    for name, rows, stored, kept in connection.execute(
        _last_volumes("table_name, overdue_rows, stored_bytes, kept_rows")
    ).fetchall():
        table = catalogue.tables.get(name)
        if table is None or not rows:
            continue
        freed = int(stored * rows / kept) if stored and kept else None
        yield Lever(
            title=f"{table.contract.title} : supprimer ce qui a dépassé sa durée",
            how="ardoise purge",
            gain=f"{french.plural(rows, 'ligne')} hors délai"
            + (f", environ {french.weight(freed)}" if freed else ""),
            lost=f"Ce qui a plus de {table.contract.retention.french}, que le contrat ne permet "
            "plus de garder",
            stored_bytes=freed,
            pressing=True,
        )


def _switch_off(connection: duckdb.DuckDBPyConnection, now: dt.datetime) -> Iterator[Lever]:
    row = connection.execute(
        f"""
        with machine as (
            select
                sum(kwh) filter (where line in ('veille', 'memoire')) as kwh,
                max(hours) as hours
            from sobriety.hosting
            where month = date_trunc('month', {literal(now)})::date
        ),
        work as (
            select
                sum(wall_s) / 3600 as hours
            from sobriety.runs
            where started_at >= date_trunc('month', {literal(now)})
        )
        select
            machine.kwh,
            machine.hours,
            coalesce(work.hours, 0)
        from machine, work
        """
    ).fetchone()
    kwh, on, working = row if row is not None else (None, None, 0.0)
    # A machine already on demand, or seen for less than a day, has nothing to be told.
    if not kwh or not on or on < 24 or working / on > 0.5:
        return
    yearly = kwh * (1 - working / on) * 24 * DAYS_A_YEAR / on
    yield Lever(
        title="Éteindre la machine entre deux exécutions",
        how="lancer « ardoise run » par cron ou minuterie, sans interface ni démon laissés "
        "allumés (docs/exploitation.md), puis « hosting: {always_on: false} » au territoire",
        gain=f"environ {french.energy(yearly)} par an",
        lost="L’interface de Dagster n’est ouverte que quand quelqu’un la demande (make dev)",
        kwh_year=yearly,
    )


def _unread(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, now: dt.datetime
) -> Iterator[Lever]:
    first = connection.execute("select min(started_at) from sobriety.ledger").fetchone()
    if first is None or first[0] is None or now - first[0] < OBSERVED:
        return  # too early to say that nobody reads a table
    since = literal(now - OBSERVED)
    for name, stored, kwh in connection.execute(
        f"""
        with spent as (
            select
                asset,
                sum(kwh) as kwh
            from sobriety.ledger
            where started_at >= {since}
            group by asset
        )
        select
            table_name,
            stored_bytes,
            spent.kwh
        from ({_last_volumes("table_name, stored_bytes, readers, last_read_at")})
        left join spent on spent.asset = table_name
        where readers = 0 and (last_read_at is null or last_read_at < {since})
        """
    ).fetchall():
        table = catalogue.tables.get(name)
        if table is None or kwh is None:
            continue
        yearly = kwh * DAYS_A_YEAR / OBSERVED.days
        yield Lever(
            title=f"{table.contract.title} : cesser de la produire",
            how=f"retirer {table.path.name}, ou la relier à un usage",
            gain=f"{french.energy(yearly)} par an, {french.weight(stored)}",
            lost=f"Une table que personne n’a lue depuis {OBSERVED.days} jours",
            kwh_year=yearly,
            stored_bytes=stored,
        )


def _unused_columns(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> Iterator[Lever]:
    for name, stored, kept, unused in connection.execute(
        _last_volumes("table_name, stored_bytes, columns_kept, unused_columns")
    ).fetchall():
        table = catalogue.tables.get(name)
        if table is None or not stored or not kept or len(unused) / kept < UNUSED_SHARE:
            continue
        columns = [
            table.contract.by_name[each] for each in unused if each in table.contract.by_name
        ]
        personal = sum(column.personal_data != "none" for column in columns)
        freed = int(stored * len(unused) / kept)
        if freed < WORTH_BYTES and not personal:
            continue
        told = [column.label for column in columns]
        yield Lever(
            title=f"{table.contract.title} : ne plus recevoir {len(unused)} colonnes sur {kept}",
            how=f"retirer du contrat ({table.path.name}) : {', '.join(unused)}",
            gain=f"jusqu’à {french.weight(freed)} à chaque version"
            + (
                f", et {french.plural(personal, 'donnée personnelle', 'données personnelles')}"
                " de moins (RGPD, art. 5.1.c)"
                if personal
                else ""
            ),
            lost=f"{french.listing(told)}, que ni table ni requête n’ont lus",
            stored_bytes=freed,
        )


def _slower(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, now: dt.datetime
) -> Iterator[Lever]:
    """A source that changes less often than it is asked: the rhythm observed is proposed."""
    for table in catalogue:
        cadence = table.contract.cadence
        if table.layer != "sources" or cadence not in RHYTHM:
            continue
        days = observed_days(connection, table)
        if days is None:
            continue
        slower = [word for word, rhythm in RHYTHM.items() if rhythm <= days]
        if not slower or RHYTHM[slower[-1]] < 2 * RHYTHM[cadence]:
            continue
        proposed = slower[-1]
        asked = DAYS_A_YEAR / RHYTHM[cadence] - DAYS_A_YEAR / RHYTHM[proposed]
        yield Lever(
            title=f"{table.contract.title} : l’interroger au rythme où elle change",
            how=f"« cadence: {proposed} » au lieu de « {cadence} » ({table.path.name})",
            gain=f"{french.number(asked)} interrogations de moins par an",
            lost=f"Rien d’observé : elle change tous les {french.number(days)} jours environ",
        )


def observed_days(connection: duckdb.DuckDBPyConnection, table: Table) -> float | None:
    """Median days between two files that differed; None when too few changes were seen."""
    row = connection.execute(
        f"""
        with changes as (
            select
                data_date - lag(data_date) over (order by data_date) as after
            from (
                select distinct data_date
                from quality.versions
                where table_name = {literal(table.key)} and data_date is not null
            )
        )
        select
            count(after),
            median(epoch(after)) / 86400
        from changes
        """
    ).fetchone()
    changes, days = row if row is not None else (0, None)
    return float(days) if changes >= LEAST_CHANGES and days is not None else None


def _last_volumes(columns: str) -> str:
    return (
        f"select {columns} from sobriety.volumes "
        "qualify measured_at = max(measured_at) over (partition by table_name)"
    )


def told(found: Sequence[Lever]) -> list[str]:
    """The actions as lines for a terminal."""
    lines = []
    for rank, lever in enumerate(found, 1):
        lines += [
            f"{rank}. {lever.title}",
            f"   Gain : {lever.gain}",
            f"   Comment : {lever.how}",
            f"   Ce qu’on perd : {lever.lost}",
        ]
    return lines
