"""Each table of the catalogue as a Dagster asset, its gate's verdicts as asset checks."""

from collections.abc import Iterator

import dagster as dg

from assets.catalogue import Table
from checks.promises import dimensions_of
from pipelines.session import Session
from pipelines.wording import check_results, check_specs, materialization, table_spec

Event = dg.MaterializeResult[None] | dg.AssetCheckResult


def table_asset(table: Table, session: Session) -> dg.AssetsDefinition:
    """One asset, built by the one builder.

    `can_subset` makes its outputs optional: a refused version yields its checks and no
    materialization, an unchanged one yields no check.
    """
    spec = table_spec(table)
    dimensions = dimensions_of(table.contract)

    @dg.multi_asset(
        name=f"{table.layer}__{table.name}",
        specs=[spec],
        check_specs=list(check_specs(table)),
        can_subset=True,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Event]:
        if spec.key not in context.selected_asset_keys:
            # « Execute » on a check alone: the published version is judged again, as it is.
            verdicts = session.builder(context.run.run_id).judge(table)
            asked = {key.name for key in context.selected_asset_check_keys}
            yield from check_results(
                spec.key, verdicts, [one for one in dimensions if str(one) in asked]
            )
            return
        outcome = session.build(context.run.run_id, table)
        yield from check_results(spec.key, outcome.verdicts, dimensions)
        if outcome.state == "refused":
            raise dg.Failure(outcome.message, allow_retries=False)
        yield dg.MaterializeResult(
            asset_key=spec.key,
            metadata=materialization(outcome),
            data_version=dg.DataVersion(outcome.fingerprint[:16]),
        )

    return build
