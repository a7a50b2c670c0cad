"""The yearly review of digital sobriety (loi REEN, art. 35): indicators, last year, means.

Facts and sentences for the page and for the document to paste in the sustainable-development
report (CGCT, art. L. 2311-1-1), presented before the budget debate.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb

from resources import french
from resources.sql import literal

LAW = (
    "Loi n° 2021-1485 du 15 novembre 2021, article 35 ; décret n° 2022-1084 ; CGCT, article "
    "L. 2311-1-1."
)


@dataclass(frozen=True)
class Line:
    """One indicator of the review. Values are written; an empty one was not measured."""

    objective: str
    indicator: str
    value: str
    before: str
    measure: str


@dataclass(frozen=True)
class Year:
    """The facts of one year. `methods` says how each part was counted, coefficients included."""

    kwh: float | None
    kwh_low: float | None
    kwh_high: float | None
    hosting_kwh: float | None
    gco2e: float | None
    cpu_s: float | None
    runs: int
    avoided: int
    methods: tuple[str, ...]


def year_facts(connection: duckdb.DuckDBPyConnection, year: int) -> Year:
    """What was measured in a year, months gathered included; None where nothing was."""
    start = f"{literal(f'{year}-01-01')}::date"
    end = f"{literal(f'{year + 1}-01-01')}::date"
    row = connection.execute(
        f"""
        with spent as (
            select
                run_id,
                1 as runs,
                cpu_s,
                kwh_low,
                kwh,
                kwh_high,
                gco2e,
                concat_ws(' · ', method, coefficients, factor) as method
            from sobriety.ledger
            where started_at >= {start} and started_at < {end}
            union all by name
            select
                month::varchar as run_id,
                runs,
                cpu_s,
                kwh_low,
                kwh,
                kwh_high,
                gco2e,
                concat_ws(' · ', method, coefficients, factor) as method
            from sobriety.months
            where month >= {start} and month < {end}
        ),
        machine as (
            select
                sum(kwh) as kwh,
                sum(gco2e) as gco2e
            from sobriety.hosting
            where month >= {start} and month < {end}
        )
        select
            sum(spent.kwh),
            sum(spent.kwh_low),
            sum(spent.kwh_high),
            any_value(machine.kwh),
            sum(spent.gco2e) + any_value(coalesce(machine.gco2e, 0)),
            sum(spent.cpu_s),
            count(distinct spent.run_id),
            (
                select count(*) from sobriety.avoided
                where avoided_at >= {start} and avoided_at < {end}
            ),
            list_sort(list(distinct spent.method) filter (spent.kwh is not null))
        from spent, machine
        """
    ).fetchone()
    if row is None:
        return Year(None, None, None, None, None, None, 0, 0, ())
    kwh, low, high, hosting, gco2e, cpu_s, runs, avoided, methods = row
    return Year(kwh, low, high, hosting, gco2e, cpu_s, runs, avoided, tuple(methods or ()))


def review_lines(now: Year, before: Year, *, kept: str, retention: str) -> list[Line]:
    """The indicators of the year beside those of the year before."""
    return [
        Line(
            "Intensité des traitements",
            "Électricité des traitements",
            _range(now),
            _range(before),
            "Rien n’est refait quand une source n’a pas changé : "
            f"{french.plural(now.avoided, 'reprise évitée', 'reprises évitées')}",
        ),
        Line(
            "Intensité des traitements",
            "Temps de processeur",
            _hours(now.cpu_s),
            _hours(before.cpu_s),
            "Un seul processus, bibliothèques chargées quand elles servent",
        ),
        Line(
            "Hébergement",
            "Électricité de la machine (veille, mémoire, stockage)",
            french.energy(now.hosting_kwh),
            french.energy(before.hosting_kwh),
            "Machine éteinte entre deux exécutions, quand le territoire le déclare",
        ),
        Line(
            "Carbone",
            "Usage et fabrication",
            french.carbon(now.gco2e),
            french.carbon(before.gco2e),
            "Facteurs de l’ADEME et de Boavizta, avec leur fourchette",
        ),
        Line("Volume collecté", "Données conservées", kept, french.NOT_MEASURED,
             "Seules les colonnes du contrat sont reçues"),
        Line("Durée de conservation", "Tables avec une durée et sa raison", retention,
             french.NOT_MEASURED, "La durée est obligatoire : sans elle, rien n’est chargé"),
    ]  # fmt: skip


def break_sentence(now: Year, before: Year) -> str:
    """A change of method, coefficient or factor is a break of the series, never a progress."""
    if before.runs and now.methods != before.methods:
        return (
            "La méthode de mesure, un coefficient ou un facteur a changé entre les deux années : "
            "les valeurs ne se comparent pas."
        )
    return ""


def sentence(now: Year, year: int) -> str:
    """The year in one sentence."""
    if not now.runs:
        return f"En {year}, **aucun traitement n’a été mesuré**."
    return (
        f"En {year}, les traitements ont utilisé **{french.spelled_energy(now.kwh)}**, et la "
        f"machine qui les porte **{french.energy(now.hosting_kwh)}**."
    )


def as_rows(lines: list[Line]) -> list[list[Any]]:
    """The lines as cells."""
    return [[one.indicator, one.value, one.before, one.measure] for one in lines]


def year_of(today: dt.date) -> int:
    """The year under review: the current one, which the review of January completes."""
    return today.year


def _range(year: Year) -> str:
    if year.kwh is None or year.kwh_low is None or year.kwh_high is None:
        return french.NOT_MEASURED
    return (
        f"{french.energy(year.kwh)} [{french.energy(year.kwh_low)} à "
        f"{french.energy(year.kwh_high)}]"
    )


def _hours(seconds: float | None) -> str:
    if seconds is None:
        return french.NOT_MEASURED
    if seconds < 3_600:
        return french.quantity(seconds / 60, "minutes", 1)
    return french.quantity(seconds / 3_600, "heures", 1)
