"""What the daemon watches: refusals to announce, publications to refresh.

Both read the journal, so that a run started from the command line or from cron is seen too.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress

import dagster as dg

from assets.platform import Platform
from pipelines import announcing
from pipelines.forgetting import forget_old_runs
from pipelines.instance import bury_the_dead
from pipelines.schedules import PUBLISHING
from resources.errors import BusyWarehouse
from resources.french import plural

UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


def sensors(platform: Platform) -> list[dg.SensorDefinition]:
    """The sensors, on as soon as the daemon runs."""
    on = dg.DefaultSensorStatus.RUNNING

    @dg.sensor(
        name="annonce_des_refus",
        description="Annonce chaque version refusée : journal, et courriel ou webhook configurés.",
        minimum_interval_seconds=60,
        default_status=on,
    )
    def announce(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        announced = announcing.announce(platform)
        told = ", ".join(announced)
        return dg.SkipReason(f"Annoncé : {told}." if announced else "Aucun nouveau refus.")

    @dg.sensor(
        name="publication_apres_les_tables",
        description="Publie quand une table a changé sans que sa publication ait suivi.",
        minimum_interval_seconds=60,
        default_status=on,
        job_name=PUBLISHING,
    )
    def republish(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        with suppress(BusyWarehouse), platform.warehouse.idle():
            bury_the_dead(context.instance)
        if context.instance.get_runs_count(dg.RunsFilter(statuses=UNDER_WAY)):
            yield dg.SkipReason("Une exécution est en cours : elle publiera peut-être elle-même.")
            return
        last, position = platform.journal.waiting(int(context.cursor or 0))
        context.update_cursor(str(position))
        if last is not None:
            yield dg.RunRequest(run_key=last)
        else:
            yield dg.SkipReason("Tout ce qui a changé est publié.")

    @dg.sensor(
        name="oubli_de_l_historique",
        description="Oublie, une fois par jour, les exécutions de Dagster qui ont fait leur temps.",
        minimum_interval_seconds=86_400,
        default_status=on,
    )
    def forget(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        gone = forget_old_runs(
            context.instance,
            platform.home,
            dt.datetime.now(dt.UTC),
            days=platform.settings.history_days,
        )
        return dg.SkipReason(f"{plural(gone, 'exécution oubliée', 'exécutions oubliées')}.")

    return [announce, republish, forget]
