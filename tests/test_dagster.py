"""What a data engineer finds in Dagster: assets, checks, history, schedules, sensors."""

import datetime as dt

import dagster as dg
import pytest

from pipelines.assembly import definitions_of
from pipelines.instance import prepare
from pipelines.schedules import CRONS, cron
from pipelines.session import Session
from tests.scenario import GOOD, Scenario

# Each builds tables for real, from a file to a published version.
pytestmark = pytest.mark.slow

TREES = dg.AssetKey(["sources", "arbres"])
PER_KIND = dg.AssetKey(["curated", "arbres_par_essence"])


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    return Scenario(tmp_path)


@pytest.fixture
def instance(scenario, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(scenario.home.dagster))
    with dg.DagsterInstance.from_config(str(prepare(scenario.home))) as instance:
        yield instance


def execute(scenario: Scenario, instance: dg.DagsterInstance, *keys: dg.AssetKey):
    definitions = definitions_of(scenario.platform(), Session(scenario.platform()))
    job = definitions.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        instance=instance, asset_selection=list(keys), raise_on_error=False
    )


def test_every_table_is_an_asset_with_its_description_owner_kinds_tags_and_columns(scenario):
    graph = definitions_of(scenario.platform()).resolve_asset_graph()
    node = graph.get(TREES)
    assert "Arbres d’alignement" in node.description
    assert node.tags["cadence"] == "mensuelle"
    assert {"duckdb", "csv"} <= set(node.kinds)
    columns = node.metadata["dagster/column_schema"].columns
    assert [column.name for column in columns][:2] == ["id_arbre", "essence"]
    assert graph.get(PER_KIND).parent_keys == {TREES}


def test_an_address_is_shown_without_its_secrets(scenario):
    scenario.edit("sources/arbres.yaml", "file:../arbres.csv", "https://x.example.org/?apikey=S7")
    node = definitions_of(scenario.platform()).resolve_asset_graph().get(TREES)
    assert node.metadata["adresse"] == "https://x.example.org/?apikey=…"


def test_each_dimension_of_quality_is_one_check_that_lists_its_rules(scenario):
    graph = definitions_of(scenario.platform()).resolve_asset_graph()
    names = {key.name for key in graph.asset_check_keys if key.asset_key == TREES}
    assert names == {"completude", "unicite", "validite", "volume", "sobriete", "protection"}
    check = dg.AssetCheckKey(TREES, "unicite")
    assert "Une seule ligne par « Identifiant »" in graph.get(check).description
    assert graph.get(check).blocking


def test_a_materialization_carries_numbers_the_interface_can_plot(scenario, instance):
    assert execute(scenario, instance, TREES).success
    metadata = instance.get_latest_materialization_event(TREES).asset_materialization.metadata
    for name in ("cpu_s", "energie_kwh", "gco2e", "octets_recus", "lignes_recues"):
        assert isinstance(metadata[name].value, int | float), name
    assert metadata["dagster/row_count"].value == 3
    assert metadata["methode"].value == "cpu_time_model"


def test_a_refused_version_fails_the_step_records_its_checks_and_stops_what_reads_it(
    scenario, instance
):
    assert execute(scenario, instance, TREES, PER_KIND).success
    scenario.edit("sources/arbres.yaml", "max_pct: 60", "max_pct: 5")
    scenario.write("arbres.csv", GOOD.replace("A-002", "X"))
    result = execute(scenario, instance, TREES, PER_KIND)
    assert not result.success
    evaluations = {
        one.check_name: one for one in result.get_asset_check_evaluations() if not one.passed
    }
    assert list(evaluations) == ["validite"]
    assert evaluations["validite"].severity is dg.AssetCheckSeverity.ERROR
    assert evaluations["validite"].description.startswith("Refus : Au plus 5")
    materialized = [event.asset_key for event in result.get_asset_materialization_events()]
    assert materialized == []
    history = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(TREES, "validite"), limit=10
    )
    assert [record.status.value for record in history] == ["FAILED", "SUCCEEDED"]


def test_an_unchanged_table_is_told_and_not_rewritten(scenario, instance):
    execute(scenario, instance, TREES)
    assert execute(scenario, instance, TREES).success
    metadata = instance.get_latest_materialization_event(TREES).asset_materialization.metadata
    assert metadata["etat"].value.startswith("inchangée")
    assert scenario.query("select max(version) from quality.versions") == [(1,)]


def test_a_check_asked_alone_judges_the_published_version_again(scenario, instance):
    execute(scenario, instance, TREES)
    definitions = definitions_of(scenario.platform(), Session(scenario.platform()))
    check = dg.AssetCheckKey(TREES, "unicite")
    job = dg.define_asset_job("controle", selection=dg.AssetSelection.checks(check)).resolve(
        asset_graph=definitions.resolve_asset_graph()
    )
    result = job.execute_in_process(instance=instance)
    assert [one.check_name for one in result.get_asset_check_evaluations()] == ["unicite"]
    assert scenario.query("select count(*) from quality.versions") == [(1,)]


def test_every_schedule_stays_out_of_the_evening_peak(scenario):
    definitions = definitions_of(scenario.platform())
    schedules = {one.name: one for one in definitions.schedules}
    assert "cadence_mensuelle" in schedules
    for cadence in CRONS:
        hours: set[int] = set()
        for part in cron(cadence).split()[1].split(","):
            low, _, high = part.partition("-")
            hours |= set(range(int(low), int(high or low) + 1))
        assert not hours & {19, 20, 21, 22}, cadence


def test_a_job_of_a_cadence_takes_its_sources_what_reads_them_and_the_publications(scenario):
    definitions = definitions_of(scenario.platform())
    job = definitions.resolve_job_def("mensuelle")
    keys = {"/".join(key.path) for key in job.asset_layer.selected_asset_keys}
    assert keys == {
        "sources/arbres",
        "curated/arbres_par_essence",
        "sobriety/ledger",
        "publication/analyse",
        "publication/elus",
    }


def sensor_tick(scenario: Scenario, instance: dg.DagsterInstance, name: str, cursor=None):
    sensors = {one.name: one for one in definitions_of(scenario.platform()).sensors}
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        return sensors[name].evaluate_tick(context)


def test_a_sensor_announces_a_refusal_once(scenario, instance, caplog):
    scenario.write("arbres.csv", "")
    execute(scenario, instance, TREES)
    first = sensor_tick(scenario, instance, "annonce_des_refus")
    assert "sources.arbres" in first.skip_message
    assert "nouvelle version refusée" in caplog.text
    assert sensor_tick(scenario, instance, "annonce_des_refus").skip_message == (
        "Aucun nouveau refus."
    )


def test_a_table_built_alone_asks_for_a_publication(scenario, instance):
    execute(scenario, instance, TREES)
    tick = sensor_tick(scenario, instance, "publication_apres_les_tables")
    assert len(tick.run_requests) == 1
    publication = [dg.AssetKey(["publication", name]) for name in ("analyse", "elus")]
    assert execute(scenario, instance, *publication).success
    again = sensor_tick(scenario, instance, "publication_apres_les_tables", tick.cursor)
    assert not again.run_requests


def test_history_is_in_the_data_folder_and_telemetry_is_off(scenario, instance):
    assert not instance.telemetry_enabled
    assert instance.get_settings("concurrency")["runs"]["max_concurrent_runs"] == 1
    execute(scenario, instance, TREES)
    assert list(scenario.home.dagster.rglob("*.db"))


def test_the_date_of_a_version_is_the_day_its_file_came(scenario, instance):
    execute(scenario, instance, TREES)
    ((date,),) = scenario.query("select data_date from quality.versions")
    assert abs(dt.datetime.now(dt.UTC).replace(tzinfo=None) - date) < dt.timedelta(minutes=10)
