"""The whole chain, as `ardoise run` drives it, on the small territory."""

import json
import sys
from pathlib import Path

import pytest

from assets.platform import Platform
from pipelines.run import Report, run
from resources.errors import DeclarationError
from resources.warehouse import reading
from tests.scenario import GOOD, TREES, Scenario

BAD_HEIGHT = GOOD.replace("12,5", "douze").replace("taillé", "x").replace(";7;", ";sept;")

# Each runs the whole chain, Dagster's history included.
pytestmark = pytest.mark.slow


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    return Scenario(tmp_path)


def states(report: Report) -> dict[str, str]:
    return {outcome.table.key: outcome.state for outcome in report.outcomes}


def test_a_first_run_publishes_everything_and_a_second_does_nothing(scenario):
    first = run(scenario.platform())
    assert set(states(first).values()) == {"published"}
    assert first.complete
    second = run(scenario.platform())
    assert second.plan.stale == []
    assert second.complete
    assert second.totals["cpu_s"] < first.totals["cpu_s"]


def test_a_changed_source_rebuilds_what_reads_it_and_nothing_else(after_first_run):
    scenario = after_first_run
    scenario.write("arbres.csv", GOOD + "A-004;platane;3,5;01/01/2021;\n")
    report = run(scenario.platform())
    assert states(report) == {
        "sources.arbres": "published",
        "curated.arbres_par_essence": "published",
    }
    assert {table.key for table in report.plan.current} >= {"sources.communes"}


def test_a_broken_source_is_refused_and_its_readers_keep_their_version(after_first_run):
    scenario = after_first_run
    before = scenario.query("from curated.arbres_par_essence order by all")
    scenario.edit("sources/arbres.yaml", "max_pct: 60", "max_pct: 5")
    scenario.write("arbres.csv", BAD_HEIGHT)
    report = run(scenario.platform())
    assert states(report)["sources.arbres"] == "refused"
    assert list(report.skipped) == ["curated.arbres_par_essence"]
    assert not report.complete
    assert scenario.query("from curated.arbres_par_essence order by all") == before
    refusal = next(outcome for outcome in report.outcomes if outcome.state == "refused")
    assert "reste publiée" in refusal.message
    assert "douze" not in refusal.message


def test_one_refused_table_does_not_keep_the_others_from_the_analysts(scenario):
    scenario.write("arbres.csv", "")
    report = run(scenario.platform())
    assert not report.complete
    assert scenario.platform().analyst_file.is_file()
    assert (scenario.home.site / "index.html").is_file()


def test_the_rows_of_the_ledger_add_up_to_the_run(scenario):
    report = run(scenario.platform())
    rows = scenario.query("select run_id, sum(cpu_s), sum(kwh) from sobriety.ledger group by all")
    assert [row[0] for row in rows] == [report.run_id]
    assert sum(report.shares.values()) == pytest.approx(rows[0][1])
    assert {"imports", "table", "control", "publication", "page"} <= set(report.shares)


def test_only_what_was_asked_is_built_with_what_reads_it(scenario):
    report = run(scenario.platform(), ["arbres"])
    assert set(states(report)) == {"sources.arbres", "curated.arbres_par_essence"}


def test_an_unknown_table_is_told_with_the_closest_name(scenario):
    with pytest.raises(DeclarationError, match="arbres_par_essence"):
        run(scenario.platform(), ["arbres_par_esence"])


def test_force_builds_again_what_did_not_change(after_first_run):
    scenario = after_first_run
    report = run(scenario.platform(), ["arbres"], force=True)
    assert states(report)["sources.arbres"] == "published"
    assert scenario.query("select max(version) from quality.versions") == [(2,)]


def test_the_journal_tells_each_decision_and_stays_whole(after_first_run):
    scenario = after_first_run
    journal = Platform(scenario.settings).journal
    events = [line["event"] for _, line in journal.lines()]
    assert events.count("publication") >= 2
    assert events[-1] == "export"
    assert journal.intact()


def test_a_run_cut_before_its_publications_is_finished_by_the_next(after_first_run):
    scenario = after_first_run
    scenario.write("arbres.csv", GOOD + "A-004;platane;3,5;01/01/2021;\n")
    scenario.build("arbres")
    scenario.build("arbres_par_essence")
    report = run(scenario.platform())
    assert report.plan.stale == []
    with reading(scenario.platform().analyst_file) as published:
        assert published.execute("select count(*) from sources.arbres").fetchall() == [(4,)]


@pytest.mark.parametrize("lost", ["published/analyse.duckdb", "site/index.html"])
def test_a_publication_that_was_removed_comes_back(after_first_run, lost):
    scenario = after_first_run
    path = scenario.home.path / lost
    path.unlink()
    run(scenario.platform())
    assert path.is_file()


def test_a_table_named_on_a_fresh_folder_brings_what_it_reads(scenario):
    report = run(scenario.platform(), ["arbres_par_essence"])
    assert states(report) == {
        "sources.arbres": "published",
        "curated.arbres_par_essence": "published",
    }


def test_a_source_that_stays_refused_costs_no_second_judgement(scenario):
    scenario.write("arbres.csv", "")
    run(scenario.platform())
    file = scenario.platform().analyst_file.stat().st_mtime_ns
    again = run(scenario.platform())
    assert not again.complete
    assert states(again) == {"sources.arbres": "refused"}
    assert "déjà refusée" in again.outcomes[0].message
    assert again.plan.stale == []
    assert scenario.platform().analyst_file.stat().st_mtime_ns == file
    counted = "select count(*) from quality.versions where table_name = 'sources.arbres'"
    assert scenario.query(counted) == [(1,)]


def test_a_file_that_comes_back_lifts_the_refusal(after_first_run):
    scenario = after_first_run
    scenario.write("arbres.csv", "")
    assert not run(scenario.platform()).complete
    scenario.write("arbres.csv", GOOD)
    assert run(scenario.platform()).complete
    last = "select max_by(outcome, version) from quality.versions where table_name like '%.arbres'"
    assert scenario.query(last) == [("published",)]


def test_a_contract_that_is_withdrawn_is_no_longer_published(scenario):
    scenario.write("sources/essences.yaml", TREES)
    run(scenario.platform())
    for name in ("sources/arbres.yaml", "curated/arbres_par_essence.sql"):
        (scenario.folder / name).unlink()
    platform = scenario.platform()
    run(platform)
    with reading(platform.analyst_file) as published:
        names = published.execute("select table_name from duckdb_tables()").fetchall()
    assert ("essences",) in names
    assert ("arbres",) not in names
    assert not list(scenario.home.published.rglob("sources.arbres.parquet"))


def test_a_lost_warehouse_is_given_back_as_it_was_with_its_history(scenario):
    first = run(scenario.platform())
    before = scenario.query("from sources.arbres order by all")
    scenario.home.warehouse.unlink()
    second = run(scenario.platform())
    assert second.complete
    assert second.plan.stale == []
    runs = scenario.query("select distinct run_id from sobriety.ledger")
    assert {row[0] for row in runs} == {first.run_id, second.run_id}
    assert scenario.query("select max(version) from quality.versions") == [(1,)]
    assert scenario.query("from sources.arbres order by all") == before


def test_a_run_stopped_by_hand_says_so_and_the_next_one_finishes(tmp_path):
    import os
    import signal
    import subprocess

    scenario = Scenario(tmp_path)
    environment = {
        **os.environ,
        "ARDOISE_HOME": str(scenario.home.path),
        "ARDOISE_TERRITORY": str(scenario.folder),
        "PYTHONUNBUFFERED": "1",
    }
    command = [str(Path(sys.executable).with_name("ardoise")), "run"]
    stopped = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    told = stopped.stdout.readline()
    stopped.send_signal(signal.SIGINT)
    told += stopped.communicate(timeout=60)[0]
    assert stopped.returncode == 130, told
    assert "Incident" not in told
    assert "Traceback" not in told
    finished = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout


def test_a_run_with_nothing_to_do_imports_nothing_heavy(scenario):
    import subprocess

    run(scenario.platform())
    heavy = ("dagster", "great_expectations", "codecarbon", "polars", "pandas", "numpy", "jinja2")
    code = (
        "import json, sys\n"
        "from pipelines.command import app\n"
        "sys.argv = ['ardoise', 'run']\n"
        "try:\n    app()\nexcept SystemExit as end:\n    code = end.code\n"
        f"print(json.dumps([code, [m for m in {heavy!r} if m in sys.modules]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            "ARDOISE_HOME": str(scenario.home.path),
            "ARDOISE_TERRITORY": str(scenario.folder),
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]
    assert "Rien n’a changé" in done.stdout
