"""The partitions of a run, made one after the other: each staged and judged alone.

What is accepted waits beside the table, to be swapped in at once; what is refused leaves its
verdicts and its rows set aside. Nothing is published here.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import duckdb

from assets.acceptance import accepted
from assets.catalogue import Table
from assets.decoding.stage import Staged
from assets.gate import judged, reception
from assets.outcome import Outcome, Published
from assets.partitions.parts import Kept, Part, standing
from assets.partitions.reception import partitions_of
from assets.partitions.waiting import Waiting
from assets.platform import Platform
from assets.situation import blame_the_disk
from assets.staging import stage_file
from checks.partitions import Period, inside
from checks.promises import rules_of
from checks.quality import prepare
from resources.content import rows_of
from resources.energy import Measure, Meter
from resources.errors import SourceError
from resources.sql import quoted

EMPTY = "VIDE"


def make(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    meter: Meter,
    table: Table,
    parts: Sequence[Part],
    waiting: Waiting,
    *,
    named: bool,
) -> list[Outcome]:
    """Stage and judge each partition; the accepted ones wait in `waiting`.

    A file without a row is a period that has not begun for its producer: it is left as unchanged,
    unless it is `named`, or had rows.
    """
    stands = standing(connection, table.key)
    made: list[Outcome] = []
    with meter.importing():
        prepare(rules_of(table.contract))  # once: not the first partition's cost
    for part in parts:
        outcome = Outcome(
            table,
            "refused",
            partition=part.period.name,
            fingerprint=part.fingerprint,
            **_whence(part),
        )
        staged: Staged | None = None
        with meter.stretch(table.key, "table") as making:
            try:
                staged = _stage(connection, platform, table, part)
            except SourceError as error:
                blame_the_disk(error)
                outcome = replace(outcome, verdicts=[reception(error)])
                if error.code == EMPTY and not named and part.period.name not in stands:
                    outcome = replace(outcome, state="unchanged", verdicts=[])
        outcome = replace(outcome, making=making)
        if staged is not None:
            with meter.stretch(table.key, "control") as judging:
                outcome = _judge(connection, platform, outcome, staged, part.period, stands)
                if any(verdict.error for verdict in outcome.refusals):
                    rows_of(connection, staged.table)  # or the disk is at fault, not the rows
                if not outcome.refusals and outcome.verdicts:
                    content = rows_of(connection, staged.table).word
                    outcome = replace(outcome, state="published", content=content)
            outcome = replace(outcome, judging=judging)
            waiting.add(staged, part.period.name, kept=outcome.state == "published")
        made.append(outcome)
    return made


def total(measures: Collection[Measure | None]) -> Measure | None:
    """The cost of several partitions."""
    found = [measure for measure in measures if measure is not None]
    if not found:
        return None
    whole = replace(found[0])
    for measure in found[1:]:
        whole.add(measure)
    return whole


def _whence(part: Part) -> dict[str, Any]:
    landed = part.landed
    if landed is None:
        return {"received_sha256": part.sha256, "data_date": part.received_at}
    return {
        "received_sha256": landed.sha256,
        "bytes_in": landed.bytes,
        "data_date": landed.received_at,
        "facts": landed.facts,
    }


def _stage(
    connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table, part: Part
) -> Staged:
    if part.error is not None:
        raise part.error
    assert part.sha256 is not None
    today = platform.day_of(table.contract)
    try:
        return stage_file(connection, platform, table, part.sha256, today, part.period)
    except FileNotFoundError:
        raise SourceError(
            "DEPOT_ABSENT",
            f"le fichier reçu de la période {part.period.name} n’est plus au dépôt : redemandez-la",
        ) from None


def _judge(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    outcome: Outcome,
    staged: Staged,
    period: Period,
    stands: Mapping[str, Kept],
) -> Outcome:
    """The outcome with every verdict on one partition, itself or its neighbour as reference."""
    table = outcome.table
    before = _reference(table, period, stands, platform.day_of(table.contract))
    with _shown(connection, table, before) as against:
        return judged(
            connection,
            replace(outcome, standing=_published(before)),
            staged,
            keys=platform.keys,
            today=platform.today,
            accepted=lambda: accepted(platform.journal, table.key, outcome.fingerprint),
            against=against,
        )


def _reference(
    table: Table, period: Period, stands: Mapping[str, Kept], today: dt.date
) -> Kept | None:
    """The partition a new one is compared with: its own last whole version, or the one before it.

    A period that is not over grows, and compares with nothing.
    """
    if not period.over(today):
        return None
    cut = partitions_of(table.contract)
    whole = [
        kept
        for name, kept in sorted(stands.items())
        if name <= period.name
        and (table.contract.synthetic or _received_whole(kept, cut.period(name)))
    ]
    return whole[-1] if whole else None


def _received_whole(kept: Kept, period: Period) -> bool:
    return kept.data_date is not None and period.over(kept.data_date.date())


def _published(kept: Kept | None) -> Published | None:
    if kept is None:
        return None
    return Published(
        kept.version, kept.fingerprint, kept.rows or 0, kept.decided_at, kept.data_date
    )


@contextmanager
def _shown(
    connection: duckdb.DuckDBPyConnection, table: Table, before: Kept | None
) -> Iterator[str | None]:
    """The published rows of a partition, under a name of their own."""
    if before is None:
        yield None
        return
    cut = partitions_of(table.contract)
    kind = table.contract.by_name[cut.by].type
    name = f"_staging_{table.name}__before"
    view = f"{table.layer}.{quoted(name)}"
    connection.execute(
        f"create or replace view {view} as from {table.layer}.{quoted(table.name)} "
        f"where {inside(kind, cut.by, cut.period(before.partition))}"
    )
    try:
        yield name
    finally:
        connection.execute(f"drop view {view}")
