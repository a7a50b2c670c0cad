"""The builder: published, unchanged or refused, and what stands in the warehouse afterwards.

Decoding is in `test_decoding`, the gate's rules in `test_quality`, the whole chain in `test_run`.
"""

import json
import signal
import subprocess
import sys

import pytest

from assets.sobriety.ledger import close_ledger
from assets.table import Builder, Run
from resources.energy import Meter
from resources.errors import ArdoiseError
from resources.settings import REPOSITORY
from tests.scenario import GOOD, TREES, Scenario

MORE = GOOD + "A-004;platane;3,5;01/01/2021;\n"
BROKEN = GOOD.replace("A-00", "B-00")
LEFTOVERS = "select table_name from duckdb_tables() where table_name like '%staging%'"

# Each builds tables for real, from a file to a published version.
pytestmark = pytest.mark.slow


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    return Scenario(tmp_path)


def refuse(scenario: Scenario, run: str = "refus"):
    """Build the trees from a file of which every line is bad."""
    scenario.write("arbres.csv", BROKEN)
    return scenario.build("arbres", run)


def trees(scenario: Scenario) -> list[tuple]:
    return scenario.query("from sources.arbres order by id_arbre")


def journal(scenario: Scenario) -> list[dict]:
    return [line for _, line in scenario.platform().journal.lines()]


def test_a_good_file_is_published_with_its_types(scenario):
    outcome = scenario.build("arbres")
    assert outcome.state == "published"
    assert (outcome.version, outcome.received, outcome.rows, outcome.quarantined) == (1, 3, 3, 0)
    assert [row[2] for row in trees(scenario)] == [12.5, None, 7.0]
    assert scenario.query("select min(plante_le)::varchar from sources.arbres") == [("1950-11-01",)]


def test_each_verdict_and_the_version_are_remembered(scenario):
    outcome = scenario.build("arbres")
    (version,) = scenario.query(
        "select version, outcome, received_rows, published_rows, quarantined_rows, reason, "
        "fingerprint from quality.versions"
    )
    assert version == (1, "published", 3, 3, 0, None, outcome.fingerprint)
    results = scenario.query(
        "select count(*), bool_and(passed), any_value(run_id) from "
        "quality.results where table_name = 'sources.arbres' and version = 1"
    )
    assert results == [(len(outcome.verdicts), True, "essai")]


def test_nothing_is_written_when_nothing_changed(scenario):
    first = scenario.build("arbres")
    before = journal(scenario), scenario.query("select count(*) from quality.results")
    second = scenario.build("arbres", "encore")
    assert (second.state, second.version, second.rows) == ("unchanged", 1, 3)
    assert second.fingerprint == first.fingerprint
    assert (journal(scenario), scenario.query("select count(*) from quality.results")) == before
    assert scenario.query("select count(*) from sobriety.ledger where run_id = 'encore'") == [(0,)]


def test_a_file_touched_without_a_change_is_unchanged(scenario):
    scenario.build("arbres")
    scenario.write("arbres.csv", GOOD)
    assert scenario.build("arbres").state == "unchanged"


def test_rows_set_aside_are_in_the_quarantine_with_line_column_and_reason(scenario):
    scenario.write("arbres.csv", GOOD + "A-004;chêne;2;01/01/2021;\nA-005;érable\n")
    outcome = scenario.build("arbres")
    assert outcome.state == "published"
    assert (outcome.received, outcome.rows, outcome.quarantined) == (5, 3, 2)
    aside = scenario.query(
        "select _ligne, _colonne, _motif, essence from quarantine.arbres order by _ligne"
    )
    assert aside == [(5, "essence", "HORS_LISTE", "chêne"), (6, None, "NB_COLONNES", None)]


def test_a_refused_version_leaves_the_previous_one_and_says_so(scenario):
    scenario.build("arbres")
    before = trees(scenario)
    outcome = refuse(scenario)
    assert outcome.state == "refused"
    assert trees(scenario) == before
    assert "reste publiée" in outcome.message
    assert "arbres.yaml" in outcome.message
    assert "B-00" not in outcome.message


def test_a_refusal_keeps_its_verdicts_its_version_and_its_quarantine(scenario):
    scenario.build("arbres")
    refuse(scenario)
    versions = scenario.query(
        "select version, outcome, published_rows, quarantined_rows, reason is not null "
        "from quality.versions order by version"
    )
    assert versions == [(1, "published", 3, 0, False), (2, "refused", None, 3, True)]
    failed = scenario.query("select rule from quality.results where version = 2 and not passed")
    assert ("quarantaine",) in failed
    assert scenario.query("select count(*) from quarantine.arbres__refusee") == [(3,)]
    assert scenario.query("select count(*) from quarantine.arbres") == [(0,)]


def test_a_refusal_leaves_no_staging_table_and_one_line_in_the_journal(scenario):
    refuse(scenario)
    assert scenario.query(LEFTOVERS) == []
    (line,) = journal(scenario)
    assert line["event"] == "refus"
    assert line["table"] == "sources.arbres"
    assert "B-00" not in json.dumps(line)


def test_a_mended_file_is_published_after_a_refusal_and_the_refused_rows_go(scenario):
    refuse(scenario)
    scenario.write("arbres.csv", MORE)
    assert scenario.build("arbres").version == 2
    names = scenario.query(
        "select table_name from duckdb_tables() where schema_name = 'quarantine'"
    )
    assert names == [("arbres",)]
    decided = [line["event"] for line in journal(scenario)]
    assert decided == ["refus", "publication", "colonnes_non_gardees"]


def test_a_file_that_comes_back_as_it_was_lifts_the_refusal(scenario):
    scenario.build("arbres")
    refuse(scenario)
    scenario.write("arbres.csv", GOOD)
    outcome = scenario.build("arbres")
    assert (outcome.state, outcome.version) == ("published", 3)


def test_a_first_version_that_is_refused_publishes_nothing(scenario):
    outcome = refuse(scenario)
    assert outcome.state == "refused"
    assert "Aucune version n’a encore été publiée" in outcome.message
    assert scenario.query("select 1 from duckdb_tables() where table_name = 'arbres'") == []


def test_a_table_that_reads_an_unpublished_one_is_refused_with_its_name(scenario):
    outcome = scenario.build("arbres_par_essence")
    assert outcome.state == "refused"
    assert "« sources.arbres »" in outcome.message


@pytest.mark.parametrize(
    ("content", "code"), [("", "VIDE"), ("<html></html>", "NON_CSV"), ("a;b\n1;2\n", "SCHEMA")]
)
def test_an_unreadable_file_is_a_refusal_told_with_its_code(scenario, content, code):
    scenario.build("arbres")
    before = trees(scenario)
    scenario.write("arbres.csv", content)
    outcome = scenario.build("arbres")
    assert outcome.state == "refused"
    assert [verdict.rule.name for verdict in outcome.refusals] == ["reception"]
    assert f"[{code}]" in outcome.message
    assert trees(scenario) == before


def test_a_file_that_is_gone_is_a_refusal_and_the_table_stands(scenario):
    scenario.build("arbres")
    (scenario.folder / "arbres.csv").unlink()
    outcome = scenario.build("arbres")
    assert outcome.state == "refused"
    assert "[ABSENT]" in outcome.message
    assert len(trees(scenario)) == 3


def test_a_warning_publishes_and_shows(scenario):
    scenario.edit(
        "sources/arbres.yaml",
        "quarantine:",
        "expectations:\n"
        "  - expect_column_max_to_be_between:\n"
        "      {column: hauteur_m, max_value: 10, severity: warning, sentence: Aucun géant}\n"
        "quarantine:",
    )
    outcome = scenario.build("arbres")
    assert outcome.state == "published"
    assert [verdict.rule.sentence for verdict in outcome.warnings] == ["Aucun géant"]
    assert outcome.warnings[0].observed


def test_the_same_expectation_refuses_when_it_is_critical(scenario):
    scenario.edit(
        "sources/arbres.yaml",
        "quarantine:",
        "expectations:\n"
        "  - expect_column_max_to_be_between: {column: hauteur_m, max_value: 10}\n"
        "quarantine:",
    )
    assert scenario.build("arbres").state == "refused"


def test_a_volume_above_its_budget_warns(scenario):
    """A table this small takes two blocks of 64 kB."""
    stored = scenario.build("arbres").bytes_out / 1e6
    scenario.edit("sources/arbres.yaml", "stored_mb: 2", f"stored_mb: {stored * 0.9:.3f}")
    outcome = scenario.build("arbres")
    assert outcome.state == "published"
    assert [verdict.rule.name for verdict in outcome.warnings] == ["budget.conserve"]


def test_a_volume_beyond_twice_its_budget_refuses(scenario):
    scenario.edit("sources/arbres.yaml", "stored_mb: 2", "stored_mb: 0.001")
    outcome = scenario.build("arbres")
    assert outcome.state == "refused"
    assert [verdict.rule.name for verdict in outcome.refusals] == ["budget.conserve.double"]


@pytest.mark.parametrize(("budget", "state"), [(100, "published"), (40, "refused")])
def test_what_is_received_is_held_to_its_budget_too(scenario, budget, state):
    size = len(GOOD.encode())
    assert 80 < size < 200
    scenario.edit("sources/arbres.yaml", "downloaded_mb: 1", f"downloaded_mb: {budget / 1e6:.6f}")
    assert scenario.build("arbres").state == state


def test_cpu_seconds_above_their_budget_only_warn(scenario):
    scenario.edit("sources/arbres.yaml", "cpu_s: 60", "cpu_s: 0.000001")
    outcome = scenario.build("arbres")
    assert outcome.state == "published"
    assert [verdict.rule.name for verdict in outcome.warnings] == ["budget.calcul"]


@pytest.mark.parametrize(
    "expectation",
    [
        "expect_column_values_to_match_regex: {column: essence, regex: '(?=x)'}",
        "expect_table_row_count_to_be_between: {min_value: 1, row_condition: 'absente > 1'}",
        "expect_column_mean_to_be_between: {column: essence, max_value: 3}",
        "expect_table_row_count_to_equal_other_table: {other_table_name: absente}",
    ],
)
def test_a_gate_that_cannot_judge_never_publishes(scenario, expectation):
    scenario.build("arbres")
    scenario.edit(
        "sources/arbres.yaml", "quarantine:", f"expectations:\n  - {expectation}\nquarantine:"
    )
    scenario.write("arbres.csv", MORE)
    outcome = scenario.build("arbres")
    assert outcome.state == "refused"
    assert any(verdict.error for verdict in outcome.refusals)
    assert len(trees(scenario)) == 3
    assert scenario.query(LEFTOVERS) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("count(*) as arbres", "count(*) as arbre", "« arbres » manque"),
        ("essence,\n    count", "essence, 1 as surplus,\n    count", "« surplus » n’est pas"),
        ("avg(hauteur_m)", "avg(hauteur)", "REQUETE"),
        ("count(*) as arbres", "essence as arbres", "REQUETE"),
        ("count(*) as arbres", "error('x')::bigint as arbres", "REQUETE"),
    ],
)
def test_a_query_that_fails_or_gives_other_columns_is_a_refusal(scenario, old, new, told):
    scenario.build("arbres")
    scenario.build("arbres_par_essence")
    scenario.edit("curated/arbres_par_essence.sql", old, new)
    outcome = scenario.build("arbres_par_essence")
    assert outcome.state == "refused"
    assert told in outcome.message
    assert "tilleul" not in outcome.message
    assert len(scenario.query("from curated.arbres_par_essence")) == 3
    assert scenario.query(LEFTOVERS) == []


def test_the_columns_of_a_curated_table_are_in_the_order_of_its_contract(scenario):
    scenario.build("arbres")
    scenario.edit(
        "curated/arbres_par_essence.sql",
        "    essence,\n    count(*) as arbres,",
        "    count(*) as arbres,\n    essence,",
    )
    scenario.build("arbres_par_essence")
    names = scenario.query("describe curated.arbres_par_essence")
    assert [name for name, *_ in names] == ["essence", "arbres", "hauteur_moyenne_m"]


def fingerprint(scenario: Scenario) -> str:
    for name in ("arbres", "arbres_par_essence"):
        outcome = scenario.build(name)
    return outcome.fingerprint


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("arbres.csv", "12,5", "12,6"),
        ("sources/arbres.yaml", "maximum: 60", "maximum: 61"),
        ("curated/arbres_par_essence.sql", "grain: une ligne", "grain: une seule ligne"),
        ("curated/arbres_par_essence.sql", "order by essence", "order by essence desc"),
    ],
)
def test_the_fingerprint_follows_the_file_the_contract_the_query_and_what_is_read(
    scenario, name, old, new
):
    before = fingerprint(scenario)
    assert fingerprint(scenario) == before
    scenario.edit(name, old, new)
    assert fingerprint(scenario) != before


def test_the_data_date_of_a_curated_table_is_that_of_what_it_reads(scenario):
    source = scenario.build("arbres")
    assert source.data_date is not None
    assert scenario.build("arbres_par_essence").data_date == source.data_date


def test_the_rows_of_a_run_add_up_to_its_meter(scenario):
    platform = scenario.platform()
    meter = Meter()
    builder = Builder(platform, Run("somme", meter))
    with platform.warehouse.writing() as connection:
        for name in ("communes", "arbres", "arbres_par_essence"):
            builder.build(platform.catalogue.named(name))
        spent = meter.total_cpu_s()
        totals = close_ledger(connection, "somme", meter, "published")
    # Closing the ledger costs a little more: it waits for CodeCarbon's start and reads it.
    assert spent <= totals["cpu_s"] <= meter.total_cpu_s()
    rows = scenario.query("select asset, activity, count(*) from sobriety.ledger group by all")
    assert all(count == 1 for *_, count in rows)
    assert {("sources.arbres", activity, 1) for activity in ("table", "control")} <= set(rows)


def test_the_ledger_tells_rows_and_bytes_in_and_out(scenario):
    scenario.build("arbres")
    (facts,) = scenario.query(
        "select rows_in, rows_out, bytes_in, bytes_out > 0, kwh_low < kwh and kwh < kwh_high, "
        "method from sobriety.ledger where activity = 'table'"
    )
    assert facts == (3, 3, len(GOOD.encode()), True, True, "cpu_time_model")


def test_no_value_of_a_personal_column_is_in_a_verdict_or_the_journal(scenario):
    personal = TREES.replace(
        "    example: tilleul\n", "    example: tilleul\n    personal_data: direct\n"
    ).replace(
        "access: open",
        "access: restricted\nprotection: {personal_data: direct, register: arbres}\n"
        "expectations:\n"
        "  - expect_column_distinct_values_to_be_in_set: {column: essence, value_set: [x]}\n"
        "  - expect_column_values_to_be_in_set: {column: essence, value_set: [y]}",
    )
    scenario.write("sources/arbres.yaml", personal)
    scenario.register("arbres")
    scenario.aggregated()
    outcome = scenario.build("arbres")
    assert outcome.state == "refused"
    told = json.dumps(journal(scenario)) + outcome.message
    told += str(scenario.query("select observed, error, sentence from quality.results"))
    assert not any(word in told for word in ("tilleul", "platane", "érable"))


def test_a_failure_of_duckdb_is_told_without_its_message(scenario):
    """Here, a platform table that somebody broke by hand."""
    scenario.build("arbres")
    scenario.query("alter table quality.versions rename column reason to motif")
    scenario.write("arbres.csv", MORE)
    with pytest.raises(ArdoiseError, match="La version publiée reste en place") as failure:
        scenario.build("arbres")
    assert "Arbres d’alignement" in str(failure.value)
    assert "motif" not in str(failure.value)
    assert len(trees(scenario)) == 3
    assert scenario.query(LEFTOVERS) == []


KILLED = """
import os, signal, sys
from pathlib import Path
import assets.table, assets.versions
from assets.platform import Platform
from assets.table import Builder, Run
from resources.energy import Meter
from resources.settings import Home, Settings

folder, moment = sys.argv[1:]
module, name = moment.split(".")
place = {"table": assets.table, "versions": assets.versions, "Builder": Builder}[module]
setattr(place, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
home = Home(Path(folder, "data"))
platform = Platform(Settings(home=home, territory=Path(folder, "territoire")))
Builder(platform, Run("tué", Meter())).build(platform.catalogue.named("arbres"))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "version"),
    [
        ("table.judged", 1),  # staged, not judged
        ("table.publish", 1),  # judged, not published
        ("versions.remember", 1),  # swapped, not committed
        ("table.account", 2),  # committed, its cost not written
    ],
)
def test_a_run_killed_at_any_moment_leaves_one_whole_version(tmp_path, moment, version):
    scenario = Scenario(tmp_path)
    scenario.build("arbres")
    scenario.write("arbres.csv", MORE)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), moment],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert scenario.query(LEFTOVERS) == []
    assert len(trees(scenario)) == version + 2
    assert scenario.query("select max(version) from quality.versions") == [(version,)]
    again = scenario.build("arbres")
    assert again.state == ("published" if version == 1 else "unchanged")
    assert len(trees(scenario)) == 4
    assert list(scenario.home.work.iterdir()) == []
