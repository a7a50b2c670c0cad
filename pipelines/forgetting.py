"""The retention of Dagster's own history, which has none: runs past their time are forgotten.

Its event log grows for ever (dagster #33785: 110 GB a year for thirty assets every five minutes).
The run that holds the last materialization of an asset stays, whatever its age: without it the
asset would seem never made. Energy and verdicts live on in the warehouse.
"""

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import dagster as dg

from resources.settings import Home

BATCH = 500
FINISHED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]


def forget_old_runs(
    instance: dg.DagsterInstance, home: Home, now: dt.datetime, *, days: int, dry_run: bool = False
) -> int:
    """Delete the finished runs older than `days`, and give their bytes back; how many went.

    `now` is UTC with its time zone.
    """
    limit = now - dt.timedelta(days=days)
    old = instance.get_run_records(
        dg.RunsFilter(statuses=FINISHED, created_before=limit), limit=BATCH
    )
    if not old:
        return 0
    kept = _last_materializations(instance)
    gone = 0
    for record in old:
        run_id = record.dagster_run.run_id
        if run_id not in kept:
            gone += 1
            if not dry_run:
                instance.delete_run(run_id)
    if gone and not dry_run:
        _give_bytes_back(home)
    return gone


def forget_runs_that_tell(
    instance: dg.DagsterInstance, home: Home, told_in: Callable[[str], bool]
) -> int:
    """Delete the runs of which an event tells of somebody, whatever their age; how many went.

    An asset that was materialized by one of them only seems never made until its next run.
    """
    runs = runs_that_tell(home, told_in)
    for run_id in runs:
        instance.delete_run(run_id)
    if runs:
        _give_bytes_back(home)
    return len(runs)


def runs_that_tell(home: Home, told_in: Callable[[str], bool]) -> set[str]:
    """The runs of which an event tells of somebody."""
    files = sorted(home.dagster.rglob("*.db"))
    return {run_id for file in files for run_id, event in _events(file) if told_in(event)}


def _events(file: Path) -> Iterator[tuple[str, str]]:
    """The events of a database of Dagster, with their run."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
        known = connection.execute(
            "select 1 from sqlite_master where type = 'table' and name = 'event_logs'"
        ).fetchone()
        if known:
            yield from connection.execute("select run_id, event from event_logs")


def _last_materializations(instance: dg.DagsterInstance) -> set[str]:
    """The runs by which the interface knows that an asset exists."""
    keys = instance.get_asset_keys()
    events = instance.get_latest_materialization_events(keys)
    return {event.run_id for event in events.values() if event is not None}


def _give_bytes_back(home: Home) -> None:
    """SQLite keeps the pages of deleted rows until it is told otherwise."""
    for file in _databases(home.dagster):
        # Locked while Dagster writes in it: next time.
        with (
            closing(sqlite3.connect(file, timeout=5)) as connection,
            suppress(sqlite3.OperationalError),
        ):
            connection.execute("vacuum")


def _databases(folder: Path) -> list[Path]:
    return sorted(folder.rglob("index.db")) + sorted(folder.rglob("runs.db"))
