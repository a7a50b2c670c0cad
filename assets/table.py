"""The builder: the one way a table comes into being. Stage, gate, publish; measured throughout.

Sources and curated tables alike. No reader ever sees a row that has not passed the gate: it stands
inside the asset, because a Dagster check runs after the write, when the bad table is already there.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import duckdb

from assets.acceptance import accepted
from assets.asked import Asked
from assets.catalogue import Table
from assets.conclusion import account, record
from assets.decoding.stage import Staged
from assets.gate import judged, reception, still_refused, verdicts_on
from assets.outcome import Decision, Outcome, Published
from assets.partitions.situation import partitioned_situation
from assets.partitions.table import build_partitions
from assets.platform import Platform
from assets.querying import stage_curated
from assets.reception import Asking
from assets.register.minimisation import Offered, offered
from assets.register.verdicts import protection_verdicts, unassessed
from assets.situation import Situation, blame_the_disk, failed, hashed, read_by
from assets.sobriety.habits import habit_verdicts
from assets.staging import stage_file
from assets.versions import last_decision, next_version, publish, published_version, refuse
from checks.disclosure.control import prepare as prepare_control
from checks.promises import rules_of
from checks.quality import prepare
from checks.rules import Verdict
from resources.answers import UNREACHABLE
from resources.content import content_of
from resources.energy import Measure, Meter
from resources.errors import ArdoiseError, SourceError
from resources.landing import Landed
from resources.pseudonyms import told as told_of_key
from resources.sql import quoted


@dataclass(frozen=True)
class Run:
    """One run: its identity, and the meter that measures it."""

    identity: str
    meter: Meter


class Builder:
    """Builds the tables of one run."""

    def __init__(
        self,
        platform: Platform,
        run: Run,
        *,
        force: bool = False,
        ask: Asking = "all",
        partitions: Collection[str] | None = None,
    ) -> None:
        """`force` builds again what is already what it would be; `ask` says which sources
        are asked anything; of the others the last file is read again. `partitions` are the only
        ones to make of the sources received by period, whatever is due.
        """
        self.platform = platform
        self.run = run
        self.force = force
        self.asked = Asked(platform, ask)
        self._partitions = partitions
        self._asking: dict[str, Measure] = {}

    def build(self, table: Table, partitions: Collection[str] | None = None) -> Outcome:
        """Bring a table up to date, or only the partitions that are named.

        Returns its outcome: published, unchanged (nothing was written) or refused (the previous
        version is untouched).

        Raises:
            ArdoiseError: DuckDB failed where it should not; no value is in the message.
        """
        with self.platform.warehouse.writing() as connection:
            try:
                return self._build(connection, table, partitions)
            except duckdb.Error as error:
                # Its message may quote a value of the table, and Dagster keeps it for ever.
                raise ArdoiseError(
                    f"{table.contract.title} ({table.key}) : l’entrepôt n’a pas pu être lu ou "
                    f"écrit ({self.platform.warehouse.why(error)}). La version publiée reste en "
                    "place. "
                    "Relancez ; si l’incident se répète, c’est un défaut de la plateforme."
                ) from None

    def judge(self, table: Table) -> list[Verdict]:
        """Hold the published version to its rules again; nothing is written.

        Raises:
            ArdoiseError: the table has no published version.
        """
        with self.platform.warehouse.writing() as connection:
            if published_version(connection, table.key) is None:
                raise ArdoiseError(
                    f"La table « {table.key} » n’a aucune version publiée. "
                    f"Lancez « ardoise run {table.key} »."
                )
            with self.run.meter.importing():
                prepare(rules_of(table.contract))
            name = f"{table.layer}.{quoted(table.name)}"
            return verdicts_on(connection, name, table.contract, self.platform.today)

    def situation(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        partitions: Collection[str] | None = None,
    ) -> Situation:
        """What building now would find. Asks the source whether its file changed; reads no row."""
        partitions = self._partitions if partitions is None else partitions
        if table.contract.partitions is not None:
            with self.run.meter.stretch(table.key, "table") as asking:
                found = partitioned_situation(
                    connection,
                    self.platform,
                    table,
                    lambda: self.asked.arrivals(table, partitions),
                    names=partitions,
                    keys=self._conditions(table),
                    force=self.force,
                )
            self._asking.setdefault(table.key, asking)
            return found
        error: SourceError | None = None
        landed: Landed | None = None
        with self.run.meter.stretch(table.key, "table") as asking:
            try:
                landed = self.asked.landed(table)
                fingerprint = self._fingerprint(connection, table, landed)
            except SourceError as found:
                blame_the_disk(found)
                error = found
                fingerprint = failed(table, error, lasting=error.code not in UNREACHABLE)
        self._asking.setdefault(table.key, asking)
        standing = published_version(connection, table.key)
        last = last_decision(connection, table.key)
        seen = last is not None and last.fingerprint == fingerprint and not self.force
        return Situation(
            fingerprint,
            landed,
            error,
            standing,
            # A version refused in between is a decision too: the table is then made anew.
            current=seen and last is not None and last.outcome == "published",
            refused=self._again(table, last) if seen and last is not None else None,
        )

    def _again(self, table: Table, last: Decision) -> str | None:
        """Why a version would be refused again; None when it was not, or is accepted since."""
        standing = last.outcome != "refused"
        if standing or accepted(self.platform.journal, table.key, last.fingerprint):
            return None
        return last.reason or ""

    def _accepted(self, outcome: Outcome) -> bool:
        return accepted(self.platform.journal, outcome.table.key, outcome.fingerprint)

    def _build(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        partitions: Collection[str] | None = None,
    ) -> Outcome:
        found = self.situation(connection, table, partitions)
        standing = found.standing
        outcome = Outcome(
            table,
            "refused",
            standing=standing,
            fingerprint=found.fingerprint,
            outage=self.asked.outages.get(table.key),
        )
        if found.current and standing is not None:
            return replace(
                outcome,
                state="unchanged",
                version=standing.version,
                rows=standing.rows,
                data_date=standing.data_date,
            )
        if found.refused is not None:
            again = reception(found.error) if found.error else still_refused(found.refused)
            return replace(outcome, verdicts=[again])
        outcome = replace(outcome, version=next_version(connection, table.key))
        self.run.meter.start_codecarbon()
        if table.contract.partitions is not None and found.error is None:
            asking = self._asking.pop(table.key, None)
            outcome = build_partitions(self, connection, outcome, found, asking)
            if outcome.state == "unchanged":
                account(connection, self.run.identity, self.run.meter, outcome)
                return replace(outcome, version=standing.version if standing else None)
            return self._conclude(connection, outcome)
        staged: Staged | None = None
        with self.run.meter.stretch(table.key, "table") as making:
            try:
                if found.error is not None:
                    raise found.error
                outcome = replace(outcome, **_received(connection, table, found.landed))
                staged = self._stage(connection, table, found.landed)
            except SourceError as error:
                blame_the_disk(error)
                if error.code == "DEPOT_ALTERE" and self.asked.ask_again(table):
                    return self._build(connection, table)
                outcome = replace(outcome, verdicts=[reception(error)])
        if table.key in self._asking:
            making.add(self._asking.pop(table.key))
        outcome = replace(outcome, making=making)
        if staged is not None:
            with self.run.meter.importing():
                prepare(rules_of(table.contract))  # once: not the first table's cost
                prepare_control(table.contract)
            with self.run.meter.stretch(table.key, "control") as judging:
                outcome = judged(
                    connection,
                    outcome,
                    staged,
                    keys=self.platform.keys,
                    today=self.platform.today,
                    accepted=lambda: self._accepted(outcome),
                )
                outcome = self._with_habits(connection, outcome, staged)
                if any(verdict.error for verdict in outcome.refusals):
                    content_of(connection, staged.table)  # or the disk is at fault, not the table
            outcome = replace(outcome, judging=judging)
        return self._decide(connection, outcome, staged)

    def _with_habits(
        self, connection: duckdb.DuckDBPyConnection, outcome: Outcome, staged: Staged
    ) -> Outcome:
        """The outcome with what its habits say of its sobriety, and the register of its use."""
        habits = habit_verdicts(
            connection,
            outcome.table,
            staged.table,
            cpu_s=outcome.making.cpu_s if outcome.making else None,
            today=self.platform.day_of(outcome.table.contract),
        )
        protection = protection_verdicts(self.platform, outcome.table, outcome.extra, self.offered)
        return replace(outcome, verdicts=[*outcome.verdicts, *habits, *protection])

    @cached_property
    def offered(self) -> dict[str, Offered]:
        """What each source was last known to offer that is not kept."""
        return offered(self.platform.journal)

    def _decide(
        self, connection: duckdb.DuckDBPyConnection, outcome: Outcome, staged: Staged | None
    ) -> Outcome:
        """Publish or refuse, then write down what it cost and what was decided."""
        with self.run.meter.stretch(outcome.table.key, "publication") as deciding:
            if staged is not None and outcome.verdicts and not outcome.refusals:
                content = content_of(connection, staged.table)
                outcome = replace(outcome, state="published", content=content)
                publish(connection, self.run.identity, outcome, staged)
            else:
                refuse(connection, self.run.identity, outcome, staged)
        return self._conclude(connection, replace(outcome, deciding=deciding))

    def _conclude(self, connection: duckdb.DuckDBPyConnection, outcome: Outcome) -> Outcome:
        """Write what a decided version cost, and the decision itself in the journal."""
        account(connection, self.run.identity, self.run.meter, outcome)
        record(self.platform.journal, self.run.identity, outcome, self.offered)
        return outcome

    def _fingerprint(
        self, connection: duckdb.DuckDBPyConnection, table: Table, landed: Landed | None
    ) -> str:
        """What a version depends on: declaration, file, versions of the tables it reads."""
        given = landed.given if landed else None
        made = [table.fingerprint, given, read_by(connection, table)]
        return hashed([*made, more] if (more := self._conditions(table)) else made)

    def _conditions(self, table: Table) -> list[str]:
        """What else makes it again: a new key of its pseudonyms, an assessment to be made."""
        domains = {column.pseudonym for column in table.contract.columns if column.pseudonym}
        keys = [told_of_key(self.platform.pseudonyms.current(domain)) for domain in sorted(domains)]
        return [*keys, *unassessed(table, list(self.platform.catalogue), self.platform.register)]

    def _stage(
        self, connection: duckdb.DuckDBPyConnection, table: Table, landed: Landed | None
    ) -> Staged:
        if landed is None:
            return stage_curated(connection, table)
        today = self.platform.day_of(table.contract)
        return stage_file(connection, self.platform, table, landed.sha256, today)


def _received(
    connection: duckdb.DuckDBPyConnection, table: Table, landed: Landed | None
) -> dict[str, Any]:
    """Where the version comes from: the file, or the tables read."""
    if landed is not None:
        return {
            "bytes_in": landed.bytes,
            "data_date": landed.received_at,
            "facts": landed.facts,
            "received_sha256": landed.sha256,
        }
    read = [published_version(connection, key) for key in table.upstream]
    versions = [version for version in read if isinstance(version, Published)]
    dates = [version.data_date for version in versions if version.data_date]
    return {
        "received": sum(version.rows for version in versions),
        "data_date": max(dates) if dates else None,
    }
