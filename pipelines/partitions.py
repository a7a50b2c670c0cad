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
from checks.promises import dimensions_of
from checks.rules import Dimension
from pipelines.wording import check_results, check_specs, materialization

CRONS = {"day": "0 0 * * *", "month": "0 0 1 * *", "year": "0 0 1 1 *"}
TIMEZONE = "Europe/Paris"


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
    table: Table, definition: dg.PartitionsDefinition[str] | None
) -> Iterator[dg.AssetCheckSpec]:
    """The checks of a table; each is by partition, but that of what the whole weighs and costs."""
    for spec in check_specs(table):
        if definition is None or spec.name == str(Dimension.SOBRIETY):
            yield spec
            continue
        with warnings.catch_warnings():
            # In preview in 1.13: a check by partition is what tells one day from another.
            warnings.simplefilter("ignore", dg.PreviewWarning)
            yield spec._replace(partitions_def=definition, blocking=False)


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
    dimensions = dimensions_of(outcome.table.contract)
    for one in outcome.partitions:
        for result in check_results(key, one.verdicts, dimensions):
            context.log_event(
                AssetCheckEvaluation(
                    asset_key=key,
                    check_name=str(result.check_name),
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
