"""The sobriety of each table, judged from its contract and its books: facts refuse, habits warn."""

import datetime as dt

import pytest

from assets.sobriety.books import kept_too_long
from assets.sobriety.habits import habit_verdicts
from checks import sobriety
from checks.rules import Severity, Verdict
from resources.french import NBSP
from resources.warehouse import append
from tests.platform_tables import add_energy, never_ran
from tests.scenario import Scenario

NOW = dt.datetime(2026, 11, 24, 10)
TREES = "sources.arbres"
USUAL = [2.0, 2.1, 1.9, 2.0, 2.2]


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    scenario = Scenario(tmp_path)
    scenario.edit("sources/arbres.yaml", "keep: 10 years", "keep: 10 years, since: plante_le")
    return scenario


@pytest.fixture
def contract(scenario):
    return scenario.platform().catalogue.tables[TREES].contract


def plain(verdict: Verdict | None) -> str:
    assert verdict is not None
    return str(verdict.observed).replace(NBSP, " ")


def test_one_row_past_its_time_refuses_the_version(contract):
    verdict = sobriety.overdue_verdict(contract, 1)
    assert verdict is not None and verdict.refuses
    assert plain(verdict) == "1 ligne hors délai"
    assert "10 ans" in verdict.rule.sentence.replace(NBSP, " ")
    kept = sobriety.overdue_verdict(contract, 0)
    assert kept is not None and kept.passed


@pytest.mark.parametrize(
    ("cpu_s", "passed"), [(2.0, True), (2.4, True), (2.6, False), (1.0, True), (None, True)]
)
def test_a_table_that_costs_more_than_it_used_to_only_warns(cpu_s, passed):
    verdict = sobriety.drift_verdict(cpu_s, USUAL)
    assert verdict.passed is passed
    assert verdict.rule.severity is Severity.WARNING


def test_a_drift_is_that_of_the_table_and_not_of_a_noisy_machine():
    noisy = [1.0, 2.0, 3.0, 4.0, 5.0]  # median 3, median deviation 1
    assert sobriety.drift_verdict(6.0, noisy).passed
    assert not sobriety.drift_verdict(6.1, noisy).passed
    assert sobriety.drift_verdict(0.1, [0.01] * 5).passed  # of no consequence


@pytest.mark.parametrize("runs", range(sobriety.LEAST_RUNS))
def test_too_few_runs_say_nothing_of_a_drift(runs):
    assert plain(sobriety.drift_verdict(9.0, USUAL[:runs])).startswith("pas encore connu")


@pytest.mark.parametrize(("used", "passed"), [(3, True), (2, False), (0, False)])
def test_columns_that_nothing_reads_warn_under_sixty_percent(used, passed):
    verdict = sobriety.columns_verdict(used, 5)
    assert verdict.passed is passed
    assert verdict.rule.severity is Severity.WARNING
    assert sobriety.columns_verdict(None, None).passed


@pytest.mark.parametrize(
    ("asked", "changes", "passed"), [(30, 59, True), (30, 60, False), (1 / 24, 1, False)]
)
def test_a_source_asked_twice_as_often_as_it_changes_warns(asked, changes, passed):
    verdict = sobriety.rhythm_verdict(asked, changes)
    assert verdict is not None and verdict.passed is passed
    assert verdict.rule.severity is Severity.WARNING


def test_a_rhythm_that_is_not_known_or_does_not_exist_is_not_judged():
    verdict = sobriety.rhythm_verdict(30, None)
    assert verdict is not None and verdict.passed
    assert sobriety.rhythm_verdict(None, None) is None


@pytest.mark.parametrize(
    ("readers", "unread", "passed"),
    [(1, 400, True), (0, 89, True), (0, 90, False), (None, None, True)],
)
def test_a_table_nobody_reads_for_ninety_days_warns(readers, unread, passed):
    verdict = sobriety.reading_verdict(readers, unread)
    assert verdict.passed is passed
    assert verdict.rule.severity is Severity.WARNING


def test_the_books_are_what_habits_are_judged_from(scenario):
    table = scenario.platform().catalogue.tables[TREES]
    connection = never_ran()
    connection.execute(
        "create table staged as select date '2016-01-01' as plante_le"
        " union all select null union all select date '2020-01-01'"
    )
    for number, cpu_s in enumerate(USUAL):
        add_energy(connection, TREES, "table", NOW.date(), cpu_s, run=str(number))
    facts = {"columns_kept": 5, "columns_used": 2, "readers": 0, "table_name": TREES}
    for days in (100, 0):
        moment = NOW - dt.timedelta(days=days)
        append(connection, "sobriety.volumes", [{"measured_at": moment, **facts}])
    for number in range(6):
        row = {"table_name": TREES, "data_date": NOW - dt.timedelta(days=100 * number)}
        append(connection, "quality.versions", [row])
    found = habit_verdicts(connection, table, "staged", cpu_s=9.0, today=dt.date(2026, 6, 1))
    assert [(one.rule.name, one.passed, one.refuses) for one in found] == [
        ("sobriete.hors_delai", False, True),
        ("sobriete.derive", False, False),
        ("sobriete.colonnes", False, False),
        ("sobriete.rythme", False, False),
        ("sobriete.lecture", False, False),
    ]
    assert plain(found[0]) == "1 ligne hors délai"


@pytest.mark.slow
def test_a_table_on_its_first_morning_is_blamed_for_nothing(scenario):
    outcome = scenario.build("arbres")
    known = {one.rule.name: one for one in outcome.verdicts if "sobriete." in one.rule.name}
    assert set(known) == {
        f"sobriete.{name}" for name in ("hors_delai", "derive", "colonnes", "rythme", "lecture")
    }
    soft = [one for name, one in known.items() if name != "sobriete.hors_delai"]
    assert all(one.passed and "pas encore connu" in str(one.observed) for one in soft)


def test_time_passes_without_a_build_and_the_ledger_says_so():
    connection = never_ran()
    assert kept_too_long(connection).passed
    facts = {"measured_at": NOW, "table_name": TREES, "overdue_rows": 3}
    append(connection, "sobriety.volumes", [facts])
    verdict = kept_too_long(connection)
    assert not verdict.passed and verdict.unexpected == 3
    assert "ardoise purge" in str(verdict.observed)
