"""The command line, as it is typed: words, exit codes, and what it does not import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.command import app
from tests.scenario import Scenario

# Each builds tables for real, from a file to a published version.
pytestmark = pytest.mark.slow

COMMANDS = (
    "run", "fetch", "accept", "status", "sources", "query", "check", "sobriety", "verify", "dev",
    "site", "schema", "quarantine", "replay", "contract", "purge",
)  # fmt: skip


@pytest.fixture
def scenario(tmp_path, monkeypatch) -> Scenario:
    scenario = Scenario(tmp_path)
    monkeypatch.setenv("ARDOISE_HOME", str(scenario.home.path))
    monkeypatch.setenv("ARDOISE_TERRITORY", str(scenario.folder))
    monkeypatch.setenv("DAGSTER_HOME", str(scenario.home.dagster))
    return scenario


def ardoise(*words: str):
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_help_names_every_command():
    told = ardoise("--help")
    assert told.exit_code == 0
    assert all(f"  {command} " in told.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_help(command):
    assert ardoise(command, "--help").exit_code == 0


@pytest.mark.slow
def test_the_installed_command_answers_help_without_anything_heavy():
    heavy = ("dagster", "great_expectations", "codecarbon", "duckdb", "polars", "pydantic")
    code = (
        "import json, sys\nfrom pipelines.command import app\nsys.argv = ['ardoise', '--help']\n"
        "try:\n    app()\nexcept SystemExit:\n    pass\n"
        f"print(json.dumps([m for m in {heavy!r} if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []
    script = Path(sys.executable).with_name("ardoise")
    assert subprocess.run([script, "--help"], capture_output=True, check=True).stdout


def test_a_run_tells_tables_cost_and_where_to_look(scenario):
    told = ardoise("run")
    assert told.exit_code == 0
    for words in (
        "sources.arbres",
        "règles sur",
        "Énergie des traitements",
        "imports",
        "Où regarder",
        "analyse.duckdb",
        "index.html",
    ):
        assert words in told.stdout, words


def test_a_refusal_exits_with_1_and_says_what_stands_and_what_to_do(scenario):
    assert ardoise("run").exit_code == 0
    scenario.write("arbres.csv", "")
    told = ardoise("run")
    assert told.exit_code == 1
    assert "le fichier reçu est vide" in told.stdout
    assert "reste publiée" in told.stdout
    assert "ardoise run sources.arbres" in told.stdout
    assert ardoise("status").exit_code == 1


def test_an_incident_is_told_and_exits_with_1(scenario, monkeypatch):
    """Not a refusal but a defect: here, a data folder that cannot take the analysts' file."""
    scenario.home.path.mkdir(parents=True)
    scenario.home.published.write_text("pas un dossier")
    told = ardoise("run")
    assert told.exit_code == 1
    assert "Incident pendant" in told.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "sources.arbre"], "sources.arbres"),
        (["check", "arbre"], "arbres"),
        (["run", "adresses"], "ARDOISE_PROFILE=angers"),
        (["query", "from sources.arbres", "--format", "xml"], "xml"),
        (["run", "--nimporte"], ""),
        (["danse"], ""),
    ],
)
def test_bad_usage_exits_with_2(scenario, words, told):
    done = ardoise(*words)
    assert done.exit_code == 2
    assert told in done.output


def test_a_broken_contract_exits_with_2_and_writes_nothing(scenario):
    scenario.edit("sources/arbres.yaml", "title: Arbres", "titel: Arbres")
    done = ardoise("run")
    assert done.exit_code == 2
    assert (
        "« titel » n’est pas un mot connu ici ; le mot le plus proche est « title »" in done.output
    )
    assert not scenario.home.path.exists()


def test_a_territory_that_does_not_exist_exits_with_2(scenario, monkeypatch):
    monkeypatch.setenv("ARDOISE_TERRITORY", str(scenario.folder / "absent"))
    done = ardoise("run")
    assert done.exit_code == 2
    assert "ARDOISE_TERRITORY" in done.output


def test_status_before_any_run_says_what_to_do(scenario):
    done = ardoise("status")
    assert done.exit_code == 1
    assert "ardoise run" in done.output


def test_query_reads_published_tables_and_nothing_else(scenario):
    ardoise("run")
    asked = ardoise("query", "from curated.arbres_par_essence order by all", "--format", "csv")
    assert asked.stdout.splitlines()[0] == "essence,arbres,hauteur_moyenne_m"
    rows = [
        json.loads(line)
        for line in ardoise(
            "query", "select count(*) as n from sources.arbres", "--format", "json"
        ).stdout.splitlines()
    ]
    assert rows == [{"n": 3}]
    for forbidden in (
        "create table sources.x as select 1",
        "delete from sources.arbres",
        "select * from read_text('/etc/passwd')",
        "attach '/tmp/x.duckdb'",
        "copy sources.arbres to '/tmp/x.csv'",
    ):
        assert ardoise("query", forbidden).exit_code == 2, forbidden


def test_a_query_of_nothing_says_what_to_ask(scenario):
    ardoise("run")
    for nothing in ("", "  ", "/* rien */"):
        done = ardoise("query", nothing)
        assert done.exit_code == 2
        assert "catalogue.tables" in done.output


def test_json_rows_are_json_whatever_the_numbers(scenario):
    ardoise("run")
    sql = "select 'nan'::double as a, 1.5::decimal(3, 1) as b, date '2026-01-31' as c"
    (line,) = ardoise("query", sql, "--format", "json").stdout.splitlines()
    assert json.loads(line) == {"a": None, "b": 1.5, "c": "2026-01-31"}


def test_a_data_folder_that_cannot_be_written_is_told_in_french(scenario, monkeypatch, tmp_path):
    (tmp_path / "fichier").write_text("")
    monkeypatch.setenv("ARDOISE_HOME", str(tmp_path / "fichier"))
    done = ardoise("run")
    assert done.exit_code == 1
    assert "Vérifiez ARDOISE_HOME" in done.output


def test_a_refusal_is_told_once_and_kept_in_the_log_file(scenario):
    scenario.write("arbres.csv", "")
    done = ardoise("run")
    assert done.output.count("nouvelle version refusée") == 1
    assert "n’a encore aucune version publiée" in done.output
    log = (scenario.home.logs / "ardoise.log").read_text(encoding="utf-8")
    assert log.count("nouvelle version refusée") == 1


def test_check_judges_the_published_version_again(scenario):
    ardoise("run")
    done = ardoise("check", "arbres")
    assert done.exit_code == 0
    assert "Une seule ligne par « Identifiant »" in done.stdout


def test_sources_lists_every_table_with_its_cadence_and_origin(scenario):
    done = ardoise("sources")
    assert "sources.arbres" in done.stdout
    assert "mensuelle" in done.stdout
    assert "file:../arbres.csv" in done.stdout
