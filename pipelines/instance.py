"""Dagster's own home, inside the data folder: history kept from one start to the next."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from resources.errors import ArdoiseError
from resources.files import write_whole
from resources.lock import alone
from resources.settings import REPOSITORY, Home

if TYPE_CHECKING:
    import dagster as dg

COMMAND = {"ardoise/commande": "ardoise run"}
NEEDED = 1_000_000  # bytes: SQLite needs about that much to write anything


def prepare(home: Home) -> Path:
    """Make Dagster's folder with our settings and its files, and point this process to it.

    One process at a time: of two that find the folder empty, one died creating a table that the
    other had just created (1.13.27).
    """
    home.dagster.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    # Any value stops the upload; the setting above also stops the web page's own script.
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    prepared = home.dagster / "ardoise-prepared"
    if not prepared.is_file():
        with alone(home.dagster / "ardoise-prepared.lock", wait_s=60), readable_history(home):
            _create(home)
            prepared.touch()
    return home.dagster


def _create(home: Home) -> None:
    import dagster as dg

    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        write_whole(settings, (REPOSITORY / "deploy" / "dagster.yaml").read_bytes())
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        # Each opens its files, and so makes its tables.
        _ = instance.run_storage, instance.event_log_storage, instance.schedule_storage


def bury_the_dead(instance: "dg.DagsterInstance") -> None:
    """Mark failed the runs of the command line that are said to be under way.

    To be called by who holds the warehouse, when none can be alive. Dagster watches over the runs
    it started itself only: the others would be « started » for ever, and the queue behind them.
    """
    import dagster as dg

    for run in instance.get_runs(dg.RunsFilter(statuses=under_way(), tags=COMMAND)):
        instance.report_run_failed(run, "Le processus de cette exécution est mort avant sa fin.")


def under_way() -> "list[dg.DagsterRunStatus]":
    """The statuses of a run that is not over."""
    import dagster as dg

    status = dg.DagsterRunStatus
    return [status.QUEUED, status.NOT_STARTED, status.STARTING, status.STARTED, status.CANCELING]


@contextmanager
def readable_history(home: Home) -> Iterator[None]:
    """What the history's SQLite files refuse is told in French; the tables are not in them.

    Raises:
        ArdoiseError: they cannot be read or written.
    """
    from sqlalchemy.exc import SQLAlchemyError  # comes with Dagster

    try:
        yield
    except SQLAlchemyError as error:
        full = shutil.disk_usage(home.dagster).free < NEEDED
        why = "le disque est plein" if full else type(error).__name__
        raise ArdoiseError(
            f"L’historique de Dagster, « {home.dagster} », n’a pas pu être lu ou écrit ({why}). "
            "Les tables et ce qui est publié sont saufs. Faites de la place ; si le disque n’est "
            "pas en cause, mettez ce dossier de côté. Puis relancez."
        ) from None
