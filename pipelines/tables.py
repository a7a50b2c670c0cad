"""Each table of the catalogue as a Dagster asset, its gate's verdicts as asset checks."""

from collections.abc import Iterator

import dagster as dg

from assets.catalogue import Table
from assets.outcome import Outcome
from checks.promises import dimensions_of
from checks.rules import Dimension
from pipelines.partitions import (
    QUALITY,
    asked_partitions,
    partitioned_check_specs,
    partitions_definition,
    silent_output,
    tell_partitions,
)
from pipelines.session import Session
from pipelines.wording import check_result, check_results, check_specs, materialization, table_spec

Event = dg.MaterializeResult[None] | dg.AssetCheckResult


def table_asset(table: Table, session: Session) -> dg.AssetsDefinition:
    """One asset, built by the one builder.

    `can_subset` makes its outputs optional: a refused version yields its checks and no
    materialization, an unchanged one yields no check.
    """
    spec = table_spec(table)
    dimensions = dimensions_of(table.contract)
    cut = partitions_definition(session.platform, table)

    @dg.multi_asset(
        name=f"{table.layer}__{table.name}",
        specs=[spec],
        check_specs=list(partitioned_check_specs(table, cut) if cut else check_specs(table)),
        partitions_def=cut,
        # Many partitions, one run: one process, one publication (docs/performance.md).
        backfill_policy=dg.BackfillPolicy.single_run() if cut else None,
        can_subset=True,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Event]:
        if spec.key not in context.selected_asset_keys:
            # « Execute » on a check alone: the published version is judged again, as it is.
            verdicts = session.builder(context.run.run_id).judge(table)
            asked = {key.name for key in context.selected_asset_check_keys}
            if QUALITY in asked:
                yield check_result(spec.key, QUALITY, verdicts)
            yield from check_results(
                spec.key, verdicts, [one for one in dimensions if str(one) in asked]
            )
            return
        named = asked_partitions(context) if cut else None
        outcome = session.build(context.run.run_id, table, named)
        if cut:
            tell_partitions(context, spec.key, outcome, named)
        judged = [Dimension.SOBRIETY] if cut else dimensions
        yield from check_results(spec.key, outcome.verdicts, judged)
        if outcome.state == "refused" or (named and not outcome.complete):
            raise dg.Failure(_refusal(outcome), allow_retries=False)
        if cut:
            yield silent_output(spec.key)  # each partition has its own materialization
            return
        yield dg.MaterializeResult(
            asset_key=spec.key,
            metadata=materialization(outcome),
            data_version=dg.DataVersion(outcome.fingerprint[:16]),
        )

    return build


def _refusal(outcome: Outcome) -> str:
    """What is refused: the version, or those of the partitions that were asked for by name."""
    if outcome.state == "refused":
        return outcome.message
    return "\n\n".join(one.message for one in outcome.refused_partitions)
