"""Thirteen months played, time injected: every figure of the pages against SQL written apart.

Budgets met, exceeded, voted again; a month without a measure; a counter that replaces the model;
a carbon factor that changes; older months gathered.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from assets.dashboards.elected import elected_words
from assets.dashboards.facts import Budget
from assets.dashboards.practice_facts import practice_facts
from assets.dashboards.site import Draft, Site, drafts
from assets.dashboards.views import first_of_month
from assets.sobriety.avoided import write_avoided
from assets.sobriety.control import REPEATS, WORKLOAD
from assets.sobriety.hosting import Machine, write_hosting
from assets.sobriety.ledger import ledger_row
from assets.sobriety.months import gather_old_months
from resources import french
from resources.energy import Measure
from resources.warehouse import append
from tests.platform_tables import add_rules, add_version, never_ran
from tests.scenario import Scenario

END = dt.date(2026, 11, 23)
TREES, KINDS = "sources.arbres", "curated.arbres_par_essence"
# CPU-hours of the table in each month, the oldest first; None was not measured.
HOURS = (90, 150, 90, 60, 60, None, 55, 70, 130, 20, 21, 90, 40)
COUNTED_FROM = 9  # the rank of the month from which the machine counts its joules
GREENER_FROM = 11
GREENER = "ademe-2026-essai"


def months_of(end: dt.date) -> list[dt.date]:
    return [first_of_month(end, age) for age in range(len(HOURS) - 1, -1, -1)]


@pytest.fixture(scope="module")
def played() -> duckdb.DuckDBPyConnection:
    connection = never_ran()
    old = first_of_month(END, 15)  # beyond the months kept in detail
    _run(connection, "vieux", old, 10.0, counted=False)
    gather_old_months(connection, END)
    for rank, (month, hours) in enumerate(zip(months_of(END), HOURS, strict=True)):
        for day in (3, 17):
            moment = month.replace(day=day)
            run = f"{moment}"
            _run(connection, run, moment, hours and hours / 2, counted=rank >= COUNTED_FROM)
            write_avoided(connection, run, [KINDS], _at(moment))
            add_version(connection, TREES, moment, 1000 + rank, 5e5, rank, version=rank * 2 + day)
            add_rules(connection, TREES, moment, passed=10, failed=int(rank == 12), run=run)
        write_hosting(connection, Machine(2, 8, 24 * 28, 10**10), month)
        _control(connection, month)
    add_version(connection, KINDS, END, 3, 2e5, 0)
    connection.execute(
        f"update sobriety.ledger set gco2e = gco2e / 2, factor = '{GREENER}' where started_at >= ?",
        [months_of(END)[GREENER_FROM]],
    )
    return connection


def _at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(4))


def _run(
    connection: duckdb.DuckDBPyConnection,
    run: str,
    day: dt.date,
    hours: float | None,
    *,
    counted: bool,
) -> None:
    """A run of four lines, written as the builder writes them."""
    shares: tuple[tuple[str, Any, float], ...] = (
        (TREES, "table", 0.7),
        (TREES, "control", 0.1),
        ("orchestration", "orchestration", 0.15),
        ("mesure", "measurement", 0.05),
    )
    rows = []
    for asset, activity, share in shares:
        measure = Measure(asset, activity, cpu_s=None if hours is None else hours * 3600 * share)
        if counted and measure.cpu_s is not None:
            measure.joules, measure.counter = 9 * measure.cpu_s, "rapl_share"
        row = ledger_row(run, measure, "published", rows_out=10 if activity == "table" else None)
        rows.append({**row, "started_at": _at(day), "codecarbon_kwh": row["kwh"]})
    append(connection, "sobriety.ledger", rows)


def _control(connection: duckdb.DuckDBPyConnection, month: dt.date) -> None:
    append(
        connection,
        "sobriety.control",
        [
            {"measured_at": _at(month), "cpu_s": 1.0 + 0.05 * repeat, "workload": WORKLOAD}
            for repeat in range(REPEATS)
        ],
    )


def words(
    played: duckdb.DuckDBPyConnection, today: dt.date, budget: Budget, site: Site
) -> dict[str, Any]:
    return elected_words(played, tables=site.cards, budget=budget, today=today)


@pytest.fixture(scope="module")
def site(played, tmp_path_factory) -> Site:
    platform = Scenario(tmp_path_factory.mktemp("mois")).platform()
    return Site(played, platform.territory.territory, list(platform.catalogue), END, True)


def one(played: duckdb.DuckDBPyConnection, query: str, *given: object) -> Any:
    rows = played.execute(query, list(given)).fetchall()
    return rows[0] if len(rows[0]) > 1 else rows[0][0]


def by_month(played: duckdb.DuckDBPyConnection) -> dict[str, float | None]:
    """The energy of each month, summed from the lines of its runs, by text of the month."""
    return dict(
        played.execute(
            "select strftime(started_at, '%Y-%m') as m, sum(kwh) from sobriety.ledger group by m"
        ).fetchall()
    )


def plain(text: object) -> str:
    return str(text).replace(french.NBSP, " ").replace(french.THIN, " ")


@pytest.mark.parametrize("age", range(12))
def test_every_month_of_the_chart_is_the_sum_of_its_lines(played, site, age):
    today = first_of_month(END, age).replace(day=23)
    told = words(played, today, Budget(0.1, 1), site)["months"]
    known = by_month(played)
    expected = [
        (french.month(month), french.energy(known[f"{month:%Y-%m}"]))
        for month in months_of(END)[: len(HOURS) - age]
    ]
    assert told == expected


@pytest.mark.parametrize("age", range(13))
@pytest.mark.parametrize("budget", [None, 0.02, 0.1, 5.0])
@pytest.mark.slow
def test_the_verdict_and_the_gauge_of_every_month_against_every_budget(played, site, age, budget):
    month = first_of_month(END, age)
    told = words(played, month.replace(day=23), Budget(budget, None), site)
    kwh = by_month(played)[f"{month:%Y-%m}"]
    card = told["cards"][0]
    verdict = plain(told["verdict"])
    if kwh is None:
        assert "pas été mesurée" in verdict and card["gauge"] is None
        return
    assert f"{card['figure']} {card['unit']}" == plain(french.spelled_energy(kwh))
    low, high = one(
        played,
        "select sum(kwh_low), sum(kwh_high) from sobriety.ledger where strftime(started_at, '%Y%m')"
        " = ?",
        f"{month:%Y%m}",
    )
    assert f"entre {french.energy(low)} et {french.energy(high)}" in told["verdict"]
    if budget is None:
        assert "Aucun budget n’est fixé" in verdict and card["gauge"] is None
        return
    assert card["gauge"].over is (kwh > budget)
    share = kwh / budget
    said = (
        f"{plain(french.percent(share - 1))} de plus que le budget du mois"
        if share >= 1.01
        else f"{plain(french.percent(share))} du budget du mois"
        if 0.01 <= share <= 1
        else "moins d"
    )
    assert said in verdict


def test_what_weighs_is_the_sum_of_the_lines_of_each(played, site):
    loads = words(played, END, Budget(), site)["loads"]
    whole, table, rest = one(
        played,
        "select sum(kwh), sum(kwh) filter (asset = ?), sum(kwh) filter (asset = 'orchestration') "
        "from sobriety.ledger where started_at >= '2026-11-01'",
        TREES,
    )
    shares = {load["label"]: load["share"] for load in loads}
    assert shares["Arbres d’alignement"] == french.percent(table / whole)
    assert shares["Démarrage et enchaînement"] == french.percent(rest / whole)


def test_volumes_rules_and_rows_are_those_of_the_last_versions(played, site):
    told = words(played, END, Budget(storage_gb=1), site)
    stored, rows, aside = one(
        played,
        "select sum(stored_bytes), sum(published_rows), sum(quarantined_rows) from ("
        "select * from quality.versions v where (table_name, decided_at) in "
        "(select table_name, max(decided_at) from quality.versions group by 1))",
    )
    card = told["cards"][1]
    assert f"{card['figure']} {card['unit']}" == plain(french.weight(stored))
    assert told["total"]["lines"] == french.number(rows)
    assert plain(told["total"]["detail"]) == f"{aside} lignes de côté"
    rules = told["cards"][2]
    assert (rules["figure"], plain(rules["unit"])) == ("10", "sur 11")


def test_breaks_are_drawn_and_told_and_a_change_within_the_noise_means_nothing(played, site):
    html_words = words(played, END, Budget(0.1, 1), site)
    changes = plain(" ".join(html_words["trend_changes"]))
    counted, greener = (french.month(months_of(END)[rank]) for rank in (COUNTED_FROM, GREENER_FROM))
    assert f"Rupture en {counted} : la méthode de mesure change" in changes
    assert f"Rupture en {greener} : le facteur d’émission change, le carbone" in changes
    assert len(html_words["trend"].breaks) == 1
    # In October, the last whole months are August and September: five percent apart.
    october = first_of_month(END, 1).replace(day=9)
    told = plain(" ".join(words(played, october, Budget(0.1, 1), site)["trend_changes"]))
    assert "variation non significative" in told
    # In November, September and October are far apart: said, with the size recomputed.
    sept, octo = (by_month(played)[month] for month in ("2026-09", "2026-10"))
    assert f"{plain(french.percent(octo / sept - 1))} de plus." in changes


def test_what_the_machine_costs_is_the_sum_of_its_lines(played, site):
    on, use, made = one(
        played,
        "select sum(kwh) filter (line <> 'fabrication' and line <> 'stockage'),"
        " sum(gco2e) filter (line <> 'fabrication'), sum(gco2e) filter (line = 'fabrication')"
        " from sobriety.hosting where month = '2026-11-01'",
    )
    told = words(played, END, Budget(), site)["machine"]
    assert french.energy(on) in told and french.carbon(use + made) in told


def pages(site: Site) -> Iterator[Draft]:
    return drafts(site)


@pytest.mark.slow
def test_the_review_adds_up_the_year_and_says_that_it_broke(played, site):
    (review,) = [draft for draft in pages(site) if draft.path == "bilan.html"]
    table = review.words["sections"][0]["table"]
    values = {row[0]: row[1:3] for row in table["rows"]}
    for place, year in enumerate((2026, 2025)):
        kwh, low, high, cpu_s, gco2e = one(
            played,
            "with lines as ("
            " select started_at::date as d, kwh, kwh_low, kwh_high, cpu_s, gco2e"
            " from sobriety.ledger union all"
            " select month, kwh, kwh_low, kwh_high, cpu_s, gco2e from sobriety.months)"
            "select sum(kwh), sum(kwh_low), sum(kwh_high), sum(cpu_s), sum(gco2e) from lines"
            " where year(d) = ?",
            year,
        )
        machine_kwh, machine_g = one(
            played, "select sum(kwh), sum(gco2e) from sobriety.hosting where year(month) = ?", year
        )
        energy = french.energy
        assert values["Électricité des traitements"][place] == (
            f"{energy(kwh)} [{energy(low)} à {energy(high)}]"
        )
        assert values["Temps de processeur"][place] == french.quantity(cpu_s / 3600, "heures", 1)
        hosting = "Électricité de la machine (veille, mémoire, stockage)"
        assert values[hosting][place] == energy(machine_kwh)
        assert values["Usage et fabrication"][place] == french.carbon(gco2e + machine_g)
    assert "ne se comparent pas" in review.words["sections"][0]["paragraphs"][0]
    avoided = one(played, "select count(*) from sobriety.avoided where year(avoided_at) = 2026")
    assert plain(french.plural(avoided, "reprise évitée", "reprises évitées")) in plain(
        table["rows"][0][3]
    )


def test_the_practices_are_judged_from_the_same_figures(played, site):
    facts = practice_facts(site)
    assert (facts.rules, facts.rules_kept) == (11, 10)
    published = one(played, "select count(distinct table_name) from quality.versions")
    assert (facts.tables, facts.published) == (len(site.tables), published)
    kwh = by_month(played)["2026-11"]
    assert kwh is not None
    assert facts.energy_within_budget is (kwh <= site.budget.energy_kwh_month)
    assert facts.set_aside_explained is True


def test_no_energy_was_lost_when_old_months_were_gathered(played):
    gathered = one(played, "select sum(cpu_s) from sobriety.months")
    assert gathered == pytest.approx(10 * 3600)
    assert not re.search("vieux", str(played.execute("from sobriety.ledger").fetchall()))
