"""What Dagster knows of the partitions of a source: which are made, which are judged, and how."""

import warnings

import dagster as dg
import pytest
from dagster._core.storage.asset_check_state import (
    AssetCheckState,
    bulk_update_asset_check_state,
)

from pipelines.assembly import definitions_of
from tests.test_partitions import Days

KEY = dg.AssetKey(["sources", "mesures"])
DOWN = dg.AssetKey(["curated", "mesures_par_jour"])


@pytest.fixture
def days(tmp_path):
    scenario = Days(tmp_path)
    scenario.day(1)
    scenario.day(2)
    return scenario


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def execute(days, instance, *keys, **options):
    job = definitions_of(days.platform()).resolve_implicit_global_asset_job_def()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return job.execute_in_process(
            instance=instance, asset_selection=list(keys or (KEY,)), raise_on_error=False, **options
        )


def judged(result):
    return {
        one.partition: one.passed
        for event in result.all_events
        if event.event_type_value == "ASSET_CHECK_EVALUATION"
        and (one := event.asset_check_evaluation_data).check_name == "qualite"
    }


def statuses(days, instance):
    """The partitions of each state of the check, as the UI shows them."""
    check = dg.AssetCheckKey(KEY, "qualite")
    cut = definitions_of(days.platform()).resolve_asset_graph().get(KEY).partitions_def
    state = bulk_update_asset_check_state(
        instance, [(check, cut)], {check: AssetCheckState.empty()}
    )[check]
    return {
        status.value: set(subset.subset_value.get_partition_keys())
        for status, subset in state.subsets.items()
        if not subset.is_empty
    }


def ranged(first, last):
    return {
        "dagster/asset_partition_range_start": f"2026-11-{first:02}",
        "dagster/asset_partition_range_end": f"2026-11-{last:02}",
    }


def test_the_periods_of_a_source_are_the_partitions_of_its_asset(days):
    graph = definitions_of(days.platform()).resolve_asset_graph()
    found = graph.get(KEY).partitions_def.get_partition_keys()
    assert found == [f"2026-11-{day:02}" for day in range(1, 5)]
    assert graph.get(DOWN).partitions_def is None


@pytest.mark.slow
def test_a_run_without_partition_makes_what_is_due_and_what_reads_it(days, instance):
    result = execute(days, instance, KEY, DOWN)
    assert result.success
    assert instance.get_materialized_partitions(KEY) == {"2026-11-01", "2026-11-02"}
    assert judged(result) == {"2026-11-01": True, "2026-11-02": True}
    assert statuses(days, instance) == {"SUCCEEDED": {"2026-11-01", "2026-11-02"}}
    days.day(3)
    assert execute(days, instance, KEY, DOWN).success
    assert statuses(days, instance)["SUCCEEDED"] == {f"2026-11-{day:02}" for day in (1, 2, 3)}
    assert days.query("select count(*) from curated.mesures_par_jour") == [(3,)]


@pytest.mark.slow
def test_a_backfill_is_one_run_that_makes_the_partitions_it_names(days, instance):
    result = execute(days, instance, tags=ranged(1, 2))
    assert result.success
    assert instance.get_materialized_partitions(KEY) == {"2026-11-01", "2026-11-02"}
    assert execute(days, instance, tags=ranged(1, 2)).success
    assert statuses(days, instance) == {"SUCCEEDED": {"2026-11-01", "2026-11-02"}}
    days.day(2, count=5)
    assert execute(days, instance, partition_key="2026-11-02").success
    assert days.counts() == {"2026-11-01": 3, "2026-11-02": 5}


@pytest.mark.slow
def test_a_backfill_with_a_refused_day_fails_and_publishes_the_others(days, instance):
    days.day(2, "x", "y", "z")
    result = execute(days, instance, tags=ranged(1, 2))
    assert not result.success
    assert instance.get_materialized_partitions(KEY) == {"2026-11-01"}
    assert judged(result) == {"2026-11-01": True, "2026-11-02": False}
    assert days.counts() == {"2026-11-01": 3}
    assert statuses(days, instance) == {"SUCCEEDED": {"2026-11-01"}, "FAILED": {"2026-11-02"}}
    assert not execute(days, instance, tags=ranged(1, 2)).success
    assert statuses(days, instance) == {"SUCCEEDED": {"2026-11-01"}, "FAILED": {"2026-11-02"}}


@pytest.mark.slow
def test_a_day_that_has_no_file_fails_when_it_is_asked_for_by_name(days, instance):
    result = execute(days, instance, partition_key="2026-11-04")
    assert not result.success
    assert instance.get_materialized_partitions(KEY) == set()
