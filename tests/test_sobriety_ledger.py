"""The books of sobriety, held to what they say: sums, hosting, work avoided, months, control."""

import datetime as dt

import duckdb
import pytest

from assets.sobriety.avoided import LEAST_RUNS, write_avoided
from assets.sobriety.books import write_factors
from assets.sobriety.control import (
    EVERY,
    REPEATS,
    is_due,
    run_control,
    significant_change,
    threshold,
)
from assets.sobriety.hosting import Machine, folder_bytes, machine_of, write_hosting
from assets.sobriety.identity import ledger_verdicts
from assets.sobriety.intensity import (
    INHABITANT_YEAR,
    REFRESH,
    THOUSAND_ROWS,
    Footprint,
    intensities,
)
from assets.sobriety.ledger import close_ledger, ledger_row
from assets.sobriety.months import MONTHS_KEPT, gather_old_months, oldest_day
from assets.sobriety.reads import read_by_analysts, remember_read
from assets.sobriety.runs import write_run
from checks.territory import Hosting
from pipelines.run import run as run_platform
from resources.energy import Measure, Meter, coefficients, factors
from resources.lineage import columns_read
from resources.warehouse import append
from tests.platform_tables import add_energy, never_ran
from tests.scenario import Scenario
from tests.test_energy import burn

NOW = dt.datetime(2026, 11, 24, 10)
MONTH = dt.date(2026, 11, 1)


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return never_ran()


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def a_run(connection, identity: str = "essai", spent: float = 0.05) -> Meter:
    """A run of one table, written down as the builder and the session do."""
    meter = Meter()
    with meter.stretch("sources.essai", "table") as measure:
        burn(spent)
    append(connection, "sobriety.ledger", [ledger_row(identity, measure, "published")])
    meter.claim(measure)
    close_ledger(connection, identity, meter, "published")
    write_run(connection, identity, meter, {"built": 1, "unchanged": 0, "refused": 0})
    return meter


def verdict(connection, name: str, run: str = "essai"):
    found = {one.rule.name: one for one in ledger_verdicts(connection, run)}
    return found.get(f"registre.{name}")


def test_a_run_adds_up_says_how_and_stays_within_the_machine(connection):
    a_run(connection)
    for name in ("additionne", "methode", "machine"):
        assert verdict(connection, name).passed, name


def test_a_line_counted_twice_is_seen(connection):
    a_run(connection)
    connection.execute("insert into sobriety.ledger from sobriety.ledger where asset like '%essai'")
    found = verdict(connection, "additionne")
    assert not found.passed and found.refuses


def test_a_line_that_does_not_say_how_it_was_measured_is_seen(connection):
    a_run(connection)
    connection.execute("update sobriety.ledger set factor = null where asset = 'mesure'")
    assert not verdict(connection, "methode").passed


def test_a_run_never_written_down_does_not_pass(connection):
    found = verdict(connection, "additionne", "inconnue")
    assert not found.passed and found.error


def test_two_runs_at_once_that_claim_more_than_the_machine_worked_are_seen(connection):
    a_run(connection, "une")
    a_run(connection, "autre")
    assert verdict(connection, "machine", "une").passed
    connection.execute(
        "update sobriety.runs set started_at = '2026-11-24', ended_at = '2026-11-24 00:01',"
        " cpu_s = 60, machine_busy_s = 60"
    )
    assert not verdict(connection, "machine", "une").passed


def test_codecarbon_far_from_the_model_only_warns(connection):
    a_run(connection)
    connection.execute("update sobriety.ledger set codecarbon_kwh = 2 * kwh")
    found = verdict(connection, "codecarbon")
    assert not found.passed and not found.refuses
    assert "de plus" in found.observed


def test_writing_a_run_again_replaces_it(connection):
    meter = a_run(connection)
    write_run(connection, "essai", meter, {"built": 2})
    assert one(connection, "select count(*), max(tables_built) from sobriety.runs") == (1, 2)


def test_work_avoided_is_the_median_of_the_last_real_runs(connection):
    for number, cpu_s in enumerate((1.0, 2.0, 3.0, 4.0, 10.0)):
        for activity in ("table", "control"):
            row = ledger_row(
                str(number),
                Measure("sources.essai", activity, cpu_s=cpu_s / 2),  # type: ignore[arg-type]
                "published",
            )
            append(connection, "sobriety.ledger", [row])
    write_avoided(connection, "essai", ["sources.essai"], NOW)
    assert one(connection, "select runs_compared, cpu_s, cpu_s_low, cpu_s_high "
               "from sobriety.avoided") == (5, 3, 2, 4)  # fmt: skip
    spent = one(connection, "select sum(cpu_s) from sobriety.ledger")
    assert spent == (20,)  # never subtracted


@pytest.mark.parametrize("runs", [0, 1, LEAST_RUNS - 1])
def test_too_few_runs_say_nothing_of_what_was_avoided(connection, runs):
    for number in range(runs):
        row = ledger_row(str(number), Measure("sources.essai", "table", cpu_s=1), "published")
        append(connection, "sobriety.ledger", [row])
    write_avoided(connection, "essai", ["sources.essai"], NOW)
    assert one(connection, "select runs_compared, cpu_s from sobriety.avoided") == (runs, None)


def test_refused_and_unchanged_runs_are_no_measure_of_what_was_avoided(connection):
    for outcome in ("refused", "unchanged"):
        for number in range(9):
            row = ledger_row(
                f"{outcome}{number}", Measure("sources.essai", "table", cpu_s=1), outcome
            )
            append(connection, "sobriety.ledger", [row])
    write_avoided(connection, "essai", ["sources.essai"], NOW)
    assert one(connection, "select runs_compared from sobriety.avoided") == (0,)


def test_each_line_of_hosting_is_the_product_of_its_declared_parts(connection):
    machine = Machine(processors=2, memory_gb=8, hours=100, stored_bytes=5 * 10**11, pue=1.5)
    write_hosting(connection, machine, MONTH)
    known = coefficients()
    lines = {
        line: (kwh, gco2e)
        for line, kwh, gco2e in connection.execute(
            "select line, kwh, gco2e from sobriety.hosting"
        ).fetchall()
    }
    expected = {
        "veille": 2 * known.idle.central,
        "memoire": 8 * known.memory.central,
        "stockage": 0.5 * known.storage.central,
    }
    for line, watts in expected.items():
        kwh = watts * 100 / 1000 * 1.5
        assert lines[line] == pytest.approx((kwh, kwh * known.carbon.central)), line
    made = 1000 * 2 * known.embodied.central * 100 / 8760
    assert lines["fabrication"][0] is None
    assert lines["fabrication"][1] == pytest.approx(made)


def test_hosting_keeps_its_range_and_a_month_written_again_replaces_itself(connection):
    machine = Machine(processors=2, memory_gb=8, hours=100, stored_bytes=10**9)
    write_hosting(connection, machine, MONTH)
    write_hosting(connection, machine, MONTH)
    rows = connection.execute(
        "select gco2e_low, gco2e, gco2e_high from sobriety.hosting"
    ).fetchall()
    assert len(rows) == 4
    assert all(low < central < high for low, central, high in rows)


def test_a_machine_always_on_counts_from_the_first_run_and_another_only_its_runs(
    connection, tmp_path
):
    append(
        connection,
        "sobriety.runs",
        [
            {"run_id": "a", "started_at": NOW - dt.timedelta(hours=48), "wall_s": 1800.0},
            {"run_id": "b", "started_at": NOW - dt.timedelta(hours=24), "wall_s": 1800.0},
        ],
    )
    on = machine_of(connection, Hosting(processors=2, memory_gb=8), tmp_path, NOW)
    off = machine_of(connection, Hosting(always_on=False), tmp_path, NOW)
    assert (on.processors, on.memory_gb, on.hours) == (2, 8, 48)
    assert off.hours == 1
    assert off.processors >= 1 and off.memory_gb > 0  # not declared: this machine's


def test_every_copy_counts_in_what_is_stored(tmp_path):
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a").write_bytes(b"x" * 10)
    (tmp_path / "b").write_bytes(b"y" * 5)
    (tmp_path / "link").symlink_to(tmp_path / "b")
    assert folder_bytes(tmp_path) == 15


def test_the_carbon_intensity_is_use_plus_manufacture_over_what_it_is_for():
    found = intensities(
        Footprint(use_g=30, embodied_g=70),
        curated_rows=50_000,
        refreshes=20,
        inhabitants=300_000,
        days=30,
    )
    assert found == {
        THOUSAND_ROWS: 2,
        REFRESH: 5,
        INHABITANT_YEAR: pytest.approx(100 * 365 / 30 / 300_000),
    }


def test_an_intensity_without_anything_to_divide_by_is_not_measured():
    found = intensities(Footprint(1, 1), curated_rows=0, refreshes=0, inhabitants=0, days=0)
    assert set(found.values()) == {None}


def test_months_older_than_thirteen_are_kept_as_one_line_and_no_energy_is_lost(connection):
    today = NOW.date()
    for age in range(20):
        index = today.year * 12 + today.month - 1 - age
        day = dt.date(index // 12, index % 12 + 1, 15)
        for run in range(3):
            add_energy(connection, "sources.essai", "table", day, 1.0, run=f"{age}-{run}")
    before = one(connection, "select sum(kwh) from sobriety.ledger")[0]
    gone = gather_old_months(connection, today)
    assert gone == 3 * (20 - MONTHS_KEPT - 1)
    assert one(connection, "select min(started_at)::date >= ? from sobriety.ledger".replace(
        "?", f"'{oldest_day(today)}'"))[0]  # fmt: skip
    assert one(connection, "select count(*), max(runs) from sobriety.months") == (6, 3)
    after = one(
        connection,
        "select (select sum(kwh) from sobriety.ledger) + (select sum(kwh) from sobriety.months)",
    )[0]
    assert after == pytest.approx(before)
    assert gather_old_months(connection, today) == 0


@pytest.mark.slow
def test_the_control_workload_is_due_once_a_week(connection):
    assert is_due(connection, NOW)
    assert threshold(connection) is None
    run_control(connection, "essai", NOW)
    assert not is_due(connection, NOW + EVERY - dt.timedelta(seconds=1))
    assert is_due(connection, NOW + EVERY)
    assert one(connection, "select count(*), min(cpu_s) > 0 from sobriety.control") == (
        REPEATS,
        True,
    )
    assert threshold(connection) >= 0.05


def test_a_change_is_significant_beyond_twice_the_noise():
    assert significant_change([1.0] * 4) is None
    assert significant_change([1.0] * 5) == 0.05
    assert significant_change([0.9, 1.1, 1.0, 0.9, 1.1]) == pytest.approx(0.2, rel=1e-3)


def test_the_table_of_factors_is_the_file_under_version_control(connection):
    write_factors(connection)
    write_factors(connection)
    assert one(connection, "select count(*) from sobriety.factors") == (len(factors()),)
    assert all(factor.url.startswith("https://") and factor.source for factor in factors())
    assert all(factor.low <= factor.central <= factor.high for factor in factors())


def test_what_a_query_reads_is_what_its_plan_scans():
    with duckdb.connect() as connection:
        connection.execute(
            "create schema sources;"
            "create table sources.a as select range as x, range % 7 as y, 'z' as z, range as k"
            " from range(100);"
            "create table sources.b as select range as k, 'n' as nom, 3 as pop from range(9)"
        )
        columns = {"sources.a": {"x", "y", "z", "k"}, "sources.b": {"k", "nom", "pop"}}
        found = columns_read(
            connection,
            "with w as (select * from sources.a) select w.x, sum(pop) from w "
            "join sources.b using (k) where y > 3 group by all",
            columns,
        )
    assert found == {"sources.a": {"x", "y", "k"}, "sources.b": {"k", "pop"}}


def test_the_log_of_reads_holds_names_and_dates_and_forgets_after_ninety_days(tmp_path):
    remember_read(tmp_path, {"curated.a": {"x"}}, NOW - dt.timedelta(days=91))
    remember_read(tmp_path, {"curated.a": {"y"}, "curated.b": set()}, NOW)
    remember_read(tmp_path, {}, NOW)
    with (tmp_path / "lectures.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"le": "2026-11-2')
    columns, last = read_by_analysts(tmp_path, NOW)
    assert columns == {"curated.a": {"y"}, "curated.b": set()}
    assert last == {"curated.a": NOW, "curated.b": NOW}


@pytest.mark.slow
def test_the_control_workload_keeps_its_line_and_the_run_still_adds_up(tmp_path):
    scenario = Scenario(tmp_path)
    assert run_platform(scenario.platform()).complete
    assert scenario.query("select count(*) from sobriety.ledger where asset = 'temoin'") == [(1,)]
    ((whole, lines),) = scenario.query(
        "select any_value(runs.cpu_s), sum(ledger.cpu_s) from sobriety.runs as runs "
        "join sobriety.ledger as ledger using (run_id)"
    )
    assert lines == pytest.approx(whole, rel=0.01)
