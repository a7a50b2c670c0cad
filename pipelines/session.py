"""One run in one process: its platform, its builder, its meter, and who watches it.

Dagster's steps and the command line share it, so that a run costs and records the same however it
was started.
"""

import atexit
import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

import duckdb

from assets.catalogue import Table
from assets.outcome import Outcome
from assets.platform import Platform
from assets.publication import Publication, publish_for_analysts
from assets.reception import Asking
from assets.site import SitePublication, publish_site
from assets.sobriety.avoided import write_avoided, write_avoided_partitions
from assets.sobriety.books import keep_books, weigh_the_machine
from assets.sobriety.ledger import close_ledger, ledger_row
from assets.sobriety.runs import counts, write_run
from assets.table import Builder, Run
from checks.rules import Verdict
from resources.energy import Measure, Meter, energy_counter
from resources.warehouse import append

log = logging.getLogger("ardoise")
Watcher = Callable[[str, Table | None, Outcome | None], None]


_billed: list[bool] = []


def _first_of_the_process() -> bool:
    """Whether this is the run to bill the process's start to: the first one, once."""
    _billed.append(True)
    return len(_billed) == 1


def nobody(event: str, table: Table | None, outcome: Outcome | None) -> None:
    """Watch nothing."""


class Session:
    """What a run did so far, and the doors through which it does the rest."""

    def __init__(
        self,
        platform: Platform,
        *,
        run_id: str | None = None,
        watcher: Watcher = nobody,
        force: bool = False,
        ask: Asking = "all",
        partitions: Collection[str] | None = None,
    ) -> None:
        """`run_id` gathers under one identity what Dagster executes as several runs; `ask` says
        which sources are asked; the others are read again from their last file. `partitions` are
        the only ones to make of the sources received by period.
        """
        self.platform = platform
        self.run_id = run_id
        self.watcher = watcher
        self.force = force
        self.ask = ask
        self.partitions = partitions
        self.outcomes: list[Outcome] = []
        # Tables that the plan left alone: the builder never met them.
        self.left_alone: set[str] = set()
        self.page: SitePublication | None = None
        self._builder: Builder | None = None
        self._closed = False

    def builder(self, run_id: str) -> Builder:
        """The builder of a run; the first one of the process is billed its imports."""
        run_id = self.run_id or run_id
        if self._builder is None or self._builder.run.identity != run_id:
            if self._builder is not None:
                self._builder.run.meter.end()
            energy = self.platform.territory.territory.energy
            meter = Meter(
                country=energy.country_iso_code,
                whole_process=_first_of_the_process(),
                counter=energy_counter(energy.wattmeter),
                idle_w=energy.idle_w,
            )
            registered = self._builder is not None
            self._builder = Builder(
                self.platform,
                Run(run_id, meter),
                force=self.force,
                ask=self.ask,
                partitions=self.partitions,
            )
            self.outcomes = []
            if not registered:
                # A step process of Dagster ends without telling the assets it ran.
                atexit.register(self._close_quietly)
        return self._builder

    def build(
        self, run_id: str, table: Table, partitions: Collection[str] | None = None
    ) -> Outcome:
        """Bring one table up to date, or the partitions of it that are named."""
        self.watcher("start", table, None)
        outcome = self.builder(run_id).build(table, partitions)
        self.outcomes.append(outcome)
        self._closed = False
        self.watcher("end", table, outcome)
        return outcome

    def keep_books(self, run_id: str) -> tuple[list[Verdict], Measure]:
        """Write what the run cost and what the platform weighs; the ledger's own verdicts."""
        run = self.builder(run_id).run
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        with self.platform.warehouse.writing() as connection:
            with run.meter.stretch("temoin", "measurement") as control:
                due = weigh_the_machine(connection, run.identity, now)
            if due:
                self._account(connection, control, "published")
            self.close()
            with run.meter.stretch("sobriety.ledger", "publication") as measure:
                verdicts = keep_books(connection, self.platform, run.identity, now)
            self._account(connection, measure, "published")
        return verdicts, measure

    def publish_for_analysts(self, run_id: str) -> tuple[Publication, Measure]:
        """Write what analysts read."""
        run = self.builder(run_id).run
        with self.platform.warehouse.writing() as connection:
            self.close()
            with run.meter.stretch("publication.analyse", "publication") as measure:
                publication = publish_for_analysts(connection, self.platform)
            self._account(connection, measure, "published", publication.written)
            self.platform.journal.write(
                "export",
                run=run.identity,
                version=publication.version,
                files=dict(publication.files),
                sha256=dict(publication.digests),
                tables=publication.tables,
                state=publication.state,
                **({"ends_rollback": True} if publication.ends_rollback else {}),
            )
            if publication.ends_rollback:
                log.warning(
                    "Le retour à une version antérieure prend fin : ce qui est publié a changé."
                )
        return publication, measure

    def publish_page(self, run_id: str) -> tuple[SitePublication, Measure]:
        """Write the site, from a ledger that counts this run."""
        run = self.builder(run_id).run
        with self.platform.warehouse.writing() as connection:
            self.close()
            with run.meter.stretch("publication.elus", "page") as measure:
                page = publish_site(connection, self.platform, dt.date.today())
            state = "published" if page.written else "refused"
            self._account(connection, measure, state, page.facts["bytes"])
            if page.written:
                self.platform.journal.write(
                    "page", run=run.identity, files=page.pages, sha256=dict(page.digests)
                )
        self.page = page
        return page, measure

    def close(self) -> Mapping[str, Any]:
        """Write what the run spent around its tables; the totals of the run so far."""
        if self._builder is None:
            return {}
        run = self._builder.run
        refused = any(outcome.state == "refused" for outcome in self.outcomes)
        unchanged = {one.table.key for one in self.outcomes if one.state == "unchanged"}
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        with self.platform.warehouse.writing() as connection:
            write_avoided(connection, run.identity, self.left_alone | unchanged, now)
            for one in self.outcomes:
                if one.state == "published" and one.left:
                    write_avoided_partitions(connection, run.identity, one, now)
            totals = close_ledger(
                connection, run.identity, run.meter, "refused" if refused else "published"
            )
            counted = counts(self.outcomes)
            counted["unchanged"] += len(self.left_alone)
            write_run(connection, run.identity, run.meter, counted)
        self._closed = True
        return totals

    def end(self) -> Mapping[str, Any]:
        """Close for good; the totals of the run."""
        totals = self.close()
        if self._builder is not None:
            self._builder.run.meter.end()
        return totals

    def _account(
        self,
        connection: duckdb.DuckDBPyConnection,
        measure: Measure,
        outcome: str,
        size: int | None = None,
    ) -> None:
        assert self._builder is not None
        run = self._builder.run
        row = ledger_row(run.identity, measure, outcome, bytes_out=size)
        append(connection, "sobriety.ledger", [row])
        run.meter.claim(measure)
        self._closed = False

    def _close_quietly(self) -> None:
        """At the end of the process, when every line but the last cost is already written."""
        if not self._closed and self._builder is not None:
            with suppress(Exception):
                self.close()
