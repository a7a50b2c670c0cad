"""One run in one process: its platform, its builder, its meter, and who watches it.

Dagster's steps and the command line share it, so that a run costs and records the same however it
was started.
"""

import atexit
import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import duckdb

from assets.catalogue import Table
from assets.ledger import close_ledger, ledger_row
from assets.outcome import Outcome
from assets.platform import Platform
from assets.publication import Publication, publish_for_analysts
from assets.site import PagePublication, publish_elected_page
from assets.table import Builder, Run
from resources.energy import Measure, Meter
from resources.warehouse import append

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
    ) -> None:
        """`run_id` gathers under one identity what Dagster executes as several runs."""
        self.platform = platform
        self.run_id = run_id
        self.watcher = watcher
        self.force = force
        self.outcomes: list[Outcome] = []
        self.page: PagePublication | None = None
        self._builder: Builder | None = None
        self._closed = False

    def builder(self, run_id: str) -> Builder:
        """The builder of a run; the first one of the process is billed its imports."""
        run_id = self.run_id or run_id
        if self._builder is None or self._builder.run.identity != run_id:
            if self._builder is not None:
                self._builder.run.meter.end()
            meter = Meter(
                country=self.platform.territory.territory.energy.country_iso_code,
                whole_process=_first_of_the_process(),
            )
            registered = self._builder is not None
            self._builder = Builder(self.platform, Run(run_id, meter), force=self.force)
            self.outcomes = []
            if not registered:
                # A step process of Dagster ends without telling the assets it ran.
                atexit.register(self._close_quietly)
        return self._builder

    def build(self, run_id: str, table: Table) -> Outcome:
        """Bring one table up to date."""
        self.watcher("start", table, None)
        outcome = self.builder(run_id).build(table)
        self.outcomes.append(outcome)
        self._closed = False
        self.watcher("end", table, outcome)
        return outcome

    def publish_for_analysts(self, run_id: str) -> tuple[Publication, Measure]:
        """Write what analysts read."""
        run = self.builder(run_id).run
        with self.platform.warehouse.writing() as connection:
            self.close()
            with run.meter.stretch("publication.analyse", "publication") as measure:
                publication = publish_for_analysts(connection, self.platform)
            self._account(connection, measure, "published", publication.bytes_out)
            self.platform.journal.write(
                "export",
                run=run.identity,
                files=dict(publication.files),
                sha256=dict(publication.digests),
                tables=publication.tables,
                state=publication.state,
            )
        return publication, measure

    def publish_page(self, run_id: str) -> tuple[PagePublication, Measure]:
        """Write the page of the elected officials, from a ledger that counts this run."""
        run = self.builder(run_id).run
        with self.platform.warehouse.writing() as connection:
            self.close()
            with run.meter.stretch("publication.elus", "page") as measure:
                page = publish_elected_page(connection, self.platform, dt.date.today())
            state = "published" if page.written else "refused"
            self._account(connection, measure, state, page.facts["bytes"])
            if page.written:
                self.platform.journal.write(
                    "page", run=run.identity, files=[page.name], sha256={page.name: page.sha256}
                )
        self.page = page
        return page, measure

    def close(self) -> Mapping[str, Any]:
        """Write what the run spent around its tables; the totals of the run so far."""
        if self._builder is None:
            return {}
        run = self._builder.run
        refused = any(outcome.state == "refused" for outcome in self.outcomes)
        with self.platform.warehouse.writing() as connection:
            totals = close_ledger(
                connection, run.identity, run.meter, "refused" if refused else "published"
            )
        self._closed = True
        return totals

    def end(self) -> Mapping[str, Any]:
        """Close for good; the totals of the run."""
        totals = self.close()
        if self._builder is not None:
            self._builder.run.meter.end()
        return totals

    def _account(
        self, connection: duckdb.DuckDBPyConnection, measure: Measure, outcome: str, size: int
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
