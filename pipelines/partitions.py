"""The partitions of a table as Dagster knows them, and what it is told of each.

A run of some partitions makes these; a run without says which ones it made. Either way each has its
own materialization and its own checks, so that their history is read by partition.
"""

import time
import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime
from datetime import time as moment

import dagster as dg
from dagster import AssetCheckEvaluation
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from assets.catalogue import Table
from assets.outcome import Outcome
from assets.platform import Platform
from checks.partitions import LAYOUTS
from checks.promises import rules_of
from checks.rules import Dimension
from pipelines.wording import check_result, check_specs, materialization

CRONS = {"day": "0 0 * * *", "month": "0 0 1 * *", "year": "0 0 1 1 *"}
TIMEZONE = "Europe/Paris"
QUALITY = "qualite"


def partitions_definition(
    platform: Platform, table: Table
) -> dg.TimeWindowPartitionsDefinition | None:
    """The periods of a source, the one under way included; None for a table that is not cut.

    Invented rows, and a day that is set, end where they say.
    """
    cut = table.contract.partitions
    if cut is None:
        return None
    fixed = table.contract.synthetic or platform.settings.today is not None
    end = cut.at(platform.day_of(table.contract)).end if fixed else None
    return dg.TimeWindowPartitionsDefinition(
        cron_schedule=CRONS[cut.each],
        fmt=LAYOUTS[cut.each],
        start=datetime.combine(cut.at(cut.start).start, moment()),
        end=datetime.combine(end, moment()) if end else None,
        timezone=TIMEZONE,
        end_offset=0 if end else 1,
    )


def partitioned_check_specs(
    table: Table, definition: dg.PartitionsDefinition[str]
) -> Iterator[dg.AssetCheckSpec]:
    """One check of quality by partition, one of what the whole table weighs and costs.

    One and not one per dimension: writing a check in Dagster's history costs as much as judging a
    day of readings, and there are as many as there are days.
    """
    told = [f"- {rule.sentence}" for rule in rules_of(table.contract)]
    for spec in check_specs(table):
        if spec.name == str(Dimension.SOBRIETY):
            yield spec
    with warnings.catch_warnings():
        # In preview in 1.13: a check by partition is what tells one day from another.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        yield dg.AssetCheckSpec(
            name=QUALITY,
            asset=dg.AssetKey([table.layer, table.name]),
            description="\n".join(["Ce que promet chaque période :", "", *told]),
            partitions_def=definition,
        )


def asked_partitions(context: dg.AssetExecutionContext) -> list[str] | None:
    """The partitions a run is for; None when it is for whatever is due."""
    if context.has_partition_key or context.has_partition_key_range:
        return list(context.partition_keys)
    return None


def tell_partitions(
    context: dg.AssetExecutionContext,
    key: dg.AssetKey,
    outcome: Outcome,
    asked: Sequence[str] | None,
) -> None:
    """Write what became of each partition in Dagster's history, its checks with it.

    Materializations first: a check that does not aim at the last one of its partition is shown as
    missing.
    """
    made = {str(one.partition): one for one in outcome.partitions}
    same = [name for name in asked or () if name not in made]
    for name, one in made.items():
        if one.state == "published":
            told = materialization(one)
            context.log_event(dg.AssetMaterialization(key, partition=name, metadata=told))
    for name in same:
        if name not in outcome.still:
            told = {"etat": "inchangée : rien n’a été réécrit"}
            context.log_event(dg.AssetMaterialization(key, partition=name, metadata=told))
    targets = context.instance.event_log_storage.get_latest_storage_id_by_partition(
        key, dg.DagsterEventType.ASSET_MATERIALIZATION, {*made, *same}
    )
    for name, one in made.items():
        found = check_result(key, QUALITY, one.verdicts)
        _evaluated(context, key, name, targets.get(name), found)
    for name in same:
        if before := _judged_before(context, key, name):
            _evaluated(context, key, name, targets.get(name), before)


def silent_output(key: dg.AssetKey) -> dg.MaterializeResult[None]:
    """Let what reads a table follow, without a materialization of the whole of it.

    That would make every check of every partition older than its asset. The word is Dagster's own,
    for assets that write their events themselves (1.13.27); a test fails the day it means nothing.
    """
    return dg.MaterializeResult(
        asset_key=key, metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
    )


def _evaluated(
    context: dg.AssetExecutionContext,
    key: dg.AssetKey,
    partition: str,
    target: int | None,
    found: dg.AssetCheckResult | AssetCheckEvaluation,
) -> None:
    aimed = AssetCheckEvaluationTargetMaterializationData(
        storage_id=target or 0, run_id=context.run.run_id, timestamp=time.time()
    )
    context.log_event(
        AssetCheckEvaluation(
            asset_key=key,
            check_name=QUALITY,
            passed=found.passed,
            metadata=found.metadata,
            severity=found.severity,
            description=found.description,
            blocking=False,
            partition=partition,
            target_materialization_data=aimed if target else None,
        )
    )


def _judged_before(
    context: dg.AssetExecutionContext, key: dg.AssetKey, partition: str
) -> AssetCheckEvaluation | None:
    """What was last said of a partition that is not judged again: it still holds."""
    records = context.instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(key, QUALITY),
        limit=1,
        status={
            AssetCheckExecutionRecordStatus.SUCCEEDED,
            AssetCheckExecutionRecordStatus.FAILED,
        },
        partition_filter=PartitionKeyFilter(key=partition),
    )
    event = records[0].event if records else None
    return (
        event.dagster_event.asset_check_evaluation_data if event and event.dagster_event else None
    )
