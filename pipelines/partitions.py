"""The partitions of a table as Dagster knows them, and what it is told of each.

A run of some partitions makes these; a run without says which ones it made. Either way each has its
own materialization and its own checks, so that their history is read by partition.
"""

import warnings
from collections.abc import Iterator, Sequence
from datetime import datetime, time

import dagster as dg
from dagster import AssetCheckEvaluation

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
        start=datetime.combine(cut.at(cut.start).start, time()),
        end=datetime.combine(end, time()) if end else None,
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
    """Write what became of each partition in Dagster's history, its checks with it."""
    for one in outcome.partitions:
        result = check_result(key, QUALITY, one.verdicts)
        context.log_event(
            AssetCheckEvaluation(
                asset_key=key,
                check_name=QUALITY,
                passed=result.passed,
                metadata=result.metadata,
                severity=result.severity,
                description=result.description,
                blocking=False,
                partition=one.partition,
            )
        )
        if one.state == "published":
            told = materialization(one)
            context.log_event(dg.AssetMaterialization(key, partition=one.partition, metadata=told))
    if asked is not None:
        told_of = {one.partition for one in outcome.partitions} | set(outcome.still)
        same = {"etat": "inchangée : rien n’a été réécrit"}
        for name in asked:
            if name not in told_of:
                context.log_event(dg.AssetMaterialization(key, partition=name, metadata=same))
