"""What would cost less: proposed from measured facts, left unsaid when they are not known."""

import datetime as dt

import duckdb
import pytest

from assets.catalogue import Catalogue
from assets.sobriety.hosting import Machine, write_hosting
from assets.sobriety.levers import SHOWN, Lever, levers, told
from resources.warehouse import append
from tests.platform_tables import add_energy, never_ran
from tests.scenario import Scenario

NOW = dt.datetime(2026, 11, 24, 10)
TREES = "sources.arbres"


@pytest.fixture
def catalogue(tmp_path) -> Catalogue:
    return Scenario(tmp_path).platform().catalogue


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return never_ran()


def volumes(connection: duckdb.DuckDBPyConnection, table: str = TREES, **facts: object) -> None:
    row = {
        "run_id": "essai",
        "measured_at": NOW,
        "table_name": table,
        "stored_bytes": 10_000_000,
        "kept_rows": 100,
        "columns_kept": 5,
        "unused_columns": [],
        "readers": 1,
        **facts,
    }
    append(connection, "sobriety.volumes", [row])


def titles(found: list[Lever]) -> list[str]:
    return [lever.title for lever in found]


@pytest.mark.slow
def test_a_platform_on_its_first_morning_is_proposed_nothing(connection, catalogue):
    assert levers(connection, catalogue, NOW) == []


def test_overdue_rows_come_first_whatever_else_gains(connection, catalogue):
    write_hosting(connection, Machine(8, 64, 500, 10**12), NOW.date().replace(day=1))
    volumes(connection, overdue_rows=10)
    first, *others = levers(connection, catalogue, NOW)
    assert "dépassé sa durée" in first.title
    assert first.stored_bytes == 1_000_000
    assert others


def test_a_machine_left_on_for_little_work_is_told_what_it_would_save(connection, catalogue):
    write_hosting(connection, Machine(2, 8, 240, 0, pue=1), NOW.date().replace(day=1))
    append(
        connection,
        "sobriety.runs",
        [{"run_id": "a", "started_at": NOW, "wall_s": 24 * 3600.0}],
    )
    (found,) = levers(connection, catalogue, NOW)
    kwh = connection.execute("select sum(kwh) from sobriety.hosting where line <> 'stockage'")
    (monthly,) = kwh.fetchall()[0]
    assert found.kwh_year == pytest.approx(monthly * 0.9 * 24 * 365 / 240)
    assert "cron" in found.how


@pytest.mark.parametrize(("hours", "worked"), [(10, 0.1), (100, 60)])
def test_a_machine_seen_for_a_day_or_truly_used_is_left_alone(connection, catalogue, hours, worked):
    write_hosting(connection, Machine(2, 8, hours, 0), NOW.date().replace(day=1))
    row = {"run_id": "a", "started_at": NOW, "wall_s": worked * 3600.0}
    append(connection, "sobriety.runs", [row])
    assert levers(connection, catalogue, NOW) == []


def test_a_table_nobody_read_for_ninety_days_may_be_given_up_and_not_before(connection, catalogue):
    volumes(connection, readers=0)
    add_energy(connection, TREES, "table", NOW.date() - dt.timedelta(days=80), 10.0)
    assert levers(connection, catalogue, NOW) == []
    add_energy(connection, TREES, "table", NOW.date() - dt.timedelta(days=100), 10.0)
    (found,) = levers(connection, catalogue, NOW)
    assert "cesser de la produire" in found.title
    recent = 10.0 * 2.76 / 3.6e6  # what was spent in the ninety days alone
    assert found.kwh_year == pytest.approx(recent * 365 / 90)


@pytest.mark.parametrize(
    "facts",
    [{"readers": 1}, {"readers": 0, "last_read_at": NOW - dt.timedelta(days=3)}],
    ids=["another table reads it", "an analyst read it"],
)
def test_a_table_that_is_read_is_never_proposed_to_go(connection, catalogue, facts):
    volumes(connection, **facts)
    add_energy(connection, TREES, "table", NOW.date() - dt.timedelta(days=100), 10.0)
    assert levers(connection, catalogue, NOW) == []


def test_columns_nothing_reads_are_named_when_they_weigh(connection, catalogue):
    volumes(connection, unused_columns=["hauteur_m", "plante_le", "remarque"])
    (found,) = levers(connection, catalogue, NOW)
    assert "3 colonnes sur 5" in found.title
    assert found.stored_bytes == 6_000_000
    assert "« Hauteur », « Date de plantation » et « Remarque »" in found.lost


@pytest.mark.parametrize(
    "facts",
    [
        {"unused_columns": ["remarque"]},
        {"unused_columns": ["hauteur_m", "plante_le", "remarque"], "stored_bytes": 1000},
    ],
    ids=["few of them", "of no weight"],
)
@pytest.mark.slow
def test_columns_that_cost_nothing_to_keep_are_left_alone(connection, catalogue, facts):
    volumes(connection, **facts)
    assert levers(connection, catalogue, NOW) == []


def a_change_every(connection, days: float, times: int) -> None:
    for number in range(times):
        row = {
            "table_name": TREES,
            "version": number,
            "outcome": "published",
            "decided_at": NOW,
            "data_date": NOW - dt.timedelta(days=days * number),
        }
        append(connection, "quality.versions", [row])


def test_a_source_that_changes_less_often_than_it_is_asked_gets_its_own_rhythm(
    connection, catalogue
):
    a_change_every(connection, 100, 6)
    (found,) = levers(connection, catalogue, NOW)
    assert "cadence: trimestrielle" in found.how
    assert "8 interrogations de moins" in found.gain.replace("\u202f", " ")


@pytest.mark.parametrize(("days", "times"), [(30, 9), (100, 3)], ids=["on time", "too few"])
@pytest.mark.slow
def test_a_rhythm_that_is_right_or_not_known_yet_is_left_alone(connection, catalogue, days, times):
    a_change_every(connection, days, times)
    assert levers(connection, catalogue, NOW) == []


def test_at_most_five_actions_are_told_each_with_gain_means_and_loss():
    found = [Lever(f"Action {n}", "comment", "gain", "perte") for n in range(SHOWN)]
    lines = told(found)
    assert len(lines) == 4 * SHOWN
    assert lines[0] == "1. Action 0"
