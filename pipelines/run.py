"""A run from the command line: plan without Dagster, execute with it, publish, add up.

The plan asks each source whether it changed. When nothing did, the run ends there: Dagster, Great
Expectations and CodeCarbon are not even imported.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.catalogue import Table
from assets.outcome import Outcome, Published
from assets.platform import Platform
from assets.publication import is_due
from assets.reception import Asking
from assets.site import SitePublication
from assets.situation import Situation
from assets.table import Builder
from assets.versions import published_version
from pipelines.announcing import announce
from pipelines.session import Session, Watcher, nobody
from resources.errors import ArdoiseError, BusyWarehouse, DeclarationError
from resources.outage import Outage
from resources.sql import literal

INTERRUPTION = "DagsterExecutionInterruptedError"


@dataclass(frozen=True)
class Plan:
    """What a run would do: the tables to build, those that are already what they would be, those
    whose version was already refused, those that wait for a table never published.
    """

    stale: list[Table] = field(default_factory=list)
    current: list[Table] = field(default_factory=list)
    refused: list[Table] = field(default_factory=list)
    waiting: list[Table] = field(default_factory=list)


@dataclass
class Report:
    """What a run did: `totals` of the ledger, `last_full` cost of the former run that built.

    `outages`: the sources that gave nothing, by key; their last version stands.
    """

    run_id: str
    plan: Plan
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: dict[str, Published | None] = field(default_factory=dict)
    page: SitePublication | None = None
    crashes: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False
    totals: dict[str, Any] = field(default_factory=dict)
    last_full: tuple[float, float] | None = None
    shares: dict[str, float] = field(default_factory=dict)
    outages: dict[str, Outage] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether everything that was asked is published."""
        refused = not all(outcome.complete for outcome in self.outcomes)
        page_missing = self.page is not None and not self.page.written
        unfinished = self.skipped or self.crashes or self.interrupted
        return not (refused or page_missing or unfinished)


def run(
    platform: Platform,
    names: Sequence[str] = (),
    *,
    watcher: Watcher = nobody,
    force: bool = False,
    ask: Asking = "all",
    curated_only: bool = False,
    partitions: Sequence[str] = (),
) -> Report:
    """Bring tables up to date (all of them, or those named and whatever reads them), and publish.

    `ask` says which sources are asked anything: of the others, the last file is read again.
    `curated_only` leaves sources as they stand: what is kept is crossed and published again.
    `partitions` are the only ones to make of the sources named, due or not.

    Raises:
        DeclarationError: some declaration, or a name, cannot be used.
        BusyWarehouse: another run is under way.
    """
    _ = platform.catalogue  # a broken declaration is told before anything is written
    run_id = str(uuid.uuid4())
    confirm_partitions(platform, names, partitions)
    session = Session(
        platform,
        run_id=run_id,
        watcher=watcher,
        force=force,
        ask=ask,
        partitions=partitions or None,
    )
    builder = session.builder(run_id)
    for name in names:
        platform.catalogue.chosen(name)  # a wrong name is told before anything is opened
    with platform.warehouse.writing() as connection:
        watcher("plan", None, None)
        asked = _asked(platform, names, connection)
        if curated_only:
            asked = [table for table in asked if table.layer == "curated"]
        plan = plan_of(builder, asked)
        session.left_alone = {table.key for table in plan.current}
        report = Report(run_id, plan)
        if plan.stale or _unpublished(platform, connection):
            _execute(session, report)
        report.outcomes += [builder.build(table) for table in plan.refused]
        report.skipped |= dict.fromkeys((table.key for table in plan.waiting), None)
        report.totals = dict(session.end())
        report.shares = _shares(platform, run_id)
        report.last_full = _last_full(platform, run_id)
        report.outages = builder.asked.outages
    announce(platform)
    return report


def confirm_partitions(platform: Platform, names: Sequence[str], partitions: Sequence[str]) -> None:
    """The partitions named are those of the sources named.

    Raises:
        DeclarationError: none is named, one is not received by period, or has no such period.
    """
    if not partitions:
        return
    if not names:
        raise DeclarationError(
            "« --partition » demande la table : « ardoise run table --partition 2026-10-31 ». "
            "Rien n’a été exécuté."
        )
    for table in (table for name in names for table in platform.catalogue.chosen(name)):
        cut = table.contract.partitions
        if cut is None:
            raise DeclarationError(
                f"« {table.key} » n’est pas reçue par période : retirez « --partition ». "
                "Rien n’a été exécuté."
            )
        for name in partitions:
            try:
                cut.period(name)
            except ValueError as error:
                raise DeclarationError(f"{table.key} : {error}. Rien n’a été exécuté.") from None


def plan_of(builder: Builder, asked: Sequence[Table]) -> Plan:
    """Which of the tables asked for have something to do, upstream first."""
    plan = Plan()
    moved: set[str] = set()
    with builder.platform.warehouse.writing() as connection:
        for table in asked:
            found = builder.situation(connection, table)
            kind = "stale" if table.upstream & moved else _kind(found)
            getattr(plan, kind).append(table)
            if kind == "stale":
                moved.add(table.key)
    return plan


def _kind(found: Situation) -> str:
    """The list of the plan a table belongs to."""
    if found.error is not None and found.error.code == "AMONT":
        return "waiting"
    if found.refused is not None:
        return "refused"
    return "current" if found.current else "stale"


def _unpublished(platform: Platform, connection: Any) -> bool:
    """Whether the publications are not those of the published tables."""
    if _unfinished(platform).is_file() or not (platform.home.site / "index.html").is_file():
        return True
    waiting, _ = platform.journal.waiting()
    return waiting is not None or is_due(connection, platform)


def _unfinished(platform: Platform) -> Path:
    """There while Dagster runs: when it is found, a process died and Dagster was not told."""
    return platform.home.dagster / "ardoise-run.unfinished"


def _asked(platform: Platform, names: Sequence[str], connection: Any) -> list[Table]:
    """The tables named, whatever reads them, and what they read that was never published."""
    catalogue = platform.catalogue
    if not names:
        return list(catalogue)
    chosen = [table.key for name in names for table in catalogue.chosen(name)]
    wanted = catalogue.downstream(chosen)
    for table in reversed(list(catalogue)):
        if table.key in wanted:
            wanted |= {key for key in table.upstream if published_version(connection, key) is None}
    return [table for table in catalogue if table.key in wanted]


def _execute(session: Session, report: Report) -> None:
    """Run the stale tables, then the publications, as Dagster runs kept in its history."""
    with session.builder(report.run_id).run.meter.importing():
        import pipelines.assembly  # noqa: F401  Dagster, and all of ours that needs it
        from pipelines.instance import readable_history

    unfinished = _unfinished(session.platform)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    with readable_history(session.platform.home):
        _execute_in_dagster(session, report)
    unfinished.unlink()


def _execute_in_dagster(session: Session, report: Report) -> None:
    import dagster as dg

    from pipelines.assembly import definitions_of
    from pipelines.forgetting import forget_old_runs
    from pipelines.instance import COMMAND, bury_the_dead, prepare
    from pipelines.publications import PUBLICATIONS
    from pipelines.wording import late_observation

    platform = session.platform
    home = prepare(platform.home)
    job = definitions_of(platform, session).resolve_implicit_global_asset_job_def()
    options: dict[str, Any] = {
        "raise_on_error": False,
        "tags": COMMAND,
        # The progress view tells the run; every event is in Dagster's history all the same.
        "run_config": {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    }
    with dg.DagsterInstance.from_config(str(home)) as instance:
        bury_the_dead(instance)  # we hold the warehouse: no other is alive
        outages = session.builder(report.run_id).asked.outages
        for table in report.plan.current:
            if outage := outages.get(table.key):
                instance.report_runless_asset_event(late_observation(table, outage))
        keys = [dg.AssetKey([table.layer, table.name]) for table in report.plan.stale]
        if keys:
            tables = job.execute_in_process(
                instance=instance,
                asset_selection=keys,
                run_id=report.run_id,
                **options,
            )
            report.crashes.update(_crashes(tables))
        report.outcomes = list(session.outcomes)
        built = {outcome.table.key for outcome in report.outcomes}
        if INTERRUPTION in report.crashes.values():
            report.interrupted = True
            report.crashes.clear()
            return
        with platform.warehouse.writing() as connection:
            report.skipped = {
                table.key: published_version(connection, table.key)
                for table in report.plan.stale
                if table.key not in built and _step(table) not in report.crashes
            }
        session.watcher("publish", None, None)
        publications = job.execute_in_process(
            instance=instance, asset_selection=list(PUBLICATIONS), **options
        )
        report.crashes.update(_crashes(publications))
        now = dt.datetime.now(dt.UTC)
        forget_old_runs(instance, platform.home, now, days=platform.settings.history_days)
    report.page = session.page


def _crashes(result: Any) -> dict[str, str]:
    """Steps that failed otherwise than by a refusal, by name, and why: told, or a class."""
    found = {}
    for event in result.all_events:
        if event.is_step_failure:
            data = event.event_specific_data
            refusal = data.user_failure_data
            error = data.error
            if refusal is None and error is not None:
                cause = error.cause or error
                name = str(cause.cls_name)
                told_in_french = name in (ArdoiseError.__name__, BusyWarehouse.__name__)
                text = cause.message.partition(": ")[2].strip() if told_in_french else name
                found[str(event.step_key)] = text
    return found


def _step(table: Table) -> str:
    """The name of the table's step in Dagster."""
    return f"{table.layer}__{table.name}"


def _shares(platform: Platform, run_id: str) -> dict[str, float]:
    with platform.warehouse.writing() as connection:
        rows = connection.execute(
            "select if(asset = 'imports', asset, activity) as line, sum(cpu_s) "
            f"from sobriety.ledger where run_id = {literal(run_id)} group by line"
        ).fetchall()
    return {activity: cpu_s for activity, cpu_s in rows if cpu_s is not None}


def _last_full(platform: Platform, run_id: str) -> tuple[float, float] | None:
    """CPU-seconds and kWh of the last other run that built a table."""
    with platform.warehouse.writing() as connection:
        row = connection.execute(
            f"""
            select
                sum(cpu_s),
                sum(kwh)
            from sobriety.ledger
            where run_id = (
                select arg_max(run_id, started_at)
                from sobriety.ledger
                where run_id <> {literal(run_id)} and activity = 'table'
            )
            """
        ).fetchone()
    return (float(row[0]), float(row[1])) if row and row[0] is not None else None
