"""The swap of partitions: those accepted replace themselves and nothing else, all or nothing."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb

from assets.outcome import Outcome
from assets.partitions.parts import Kept, remember_parts, standing, told_of
from assets.partitions.reception import partitions_of
from assets.partitions.waiting import Waiting
from assets.versions import remember, replace_table, stored_bytes
from checks.partitions import inside
from checks.rules import Dimension, Rule, Severity, Verdict
from resources.content import Rows, content_of
from resources.sql import literal, quoted
from resources.warehouse import checkpoint, transaction


def accepted(made: Sequence[Outcome]) -> list[Outcome]:
    """The partitions that may be published."""
    return [one for one in made if one.state == "published"]


def whole(stands: Collection[str], made: Sequence[Outcome]) -> bool:
    """Whether what was made is the whole table: nothing that stands is left."""
    return set(stands) <= {str(one.partition) for one in accepted(made)}


def united(waiting: Waiting, stands: Collection[str], made: Sequence[Outcome]) -> Verdict | None:
    """A refusal, where what was made cannot stand beside what is kept; None where it can."""
    if not accepted(made) or whole(stands, made):
        return None
    ours, theirs = waiting.columns(waiting.ready), waiting.columns(waiting.table.name)
    if ours == theirs:
        return None
    kept = sorted(set(stands) - {str(one.partition) for one in accepted(made)})
    return Verdict(
        Rule(
            "partitions.colonnes",
            Dimension.CONSISTENCY,
            Severity.CRITICAL,
            "Les périodes publiées ont toutes les colonnes du contrat",
            "partitions_share_columns",
        ),
        passed=False,
        error=(
            "les colonnes ont changé, et ces périodes n’ont pas pu être relues : "
            f"{', '.join(kept[:5])}{'…' if len(kept) > 5 else ''}"
        ),
    )


def after(stands: Mapping[str, Kept], made: Sequence[Outcome]) -> dict[str, Any]:
    """What the table will count: received, published and set aside, over all its partitions."""
    replaced = {str(one.partition) for one in accepted(made)}
    counts = [
        (one.received or 0, one.rows or 0, one.quarantined or 0)
        for name, one in stands.items()
        if name not in replaced
    ]
    counts += [(one.received or 0, one.rows or 0, one.quarantined) for one in accepted(made)]
    received, rows, quarantined = map(sum, zip((0, 0, 0), *counts, strict=True))
    return {"received": received, "rows": rows, "quarantined": quarantined}


def stored_after(
    connection: duckdb.DuckDBPyConnection,
    waiting: Waiting,
    stands: Mapping[str, Kept],
    made: Sequence[Outcome],
) -> int | None:
    """The bytes the table will stand on; what is kept of it weighs as its rows do."""
    if not accepted(made):
        return None
    checkpoint(connection)
    table = waiting.table
    new = stored_bytes(connection, f"{table.layer}.{quoted(waiting.ready)}") or 0
    if whole(stands, made):
        return new
    replaced = {str(one.partition) for one in accepted(made)}
    rows = sum(one.rows or 0 for one in stands.values())
    kept = sum(one.rows or 0 for name, one in stands.items() if name not in replaced)
    now = stored_bytes(connection, f"{table.layer}.{quoted(table.name)}") or 0
    return new + (now * kept // rows if rows else 0)


def publish_partitions(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    outcome: Outcome,
    waiting: Waiting,
) -> Outcome:
    """Swap the accepted partitions in, and write what was decided; the outcome, with its content.

    With none accepted, or the whole refused, only the decisions are written.
    """
    table, made = outcome.table, outcome.partitions
    stands = standing(connection, table.key)
    with transaction(connection):
        if outcome.state == "published":
            if whole(stands, made):
                _replace_all(connection, waiting)
            else:
                _replace_some(connection, waiting, made)
            outcome = replace(outcome, content=_content(connection, outcome, stands, made))
        _keep_aside(connection, waiting, made)
        reason = " ; ".join(verdict.rule.sentence for verdict in outcome.refusals)
        if outcome.state != "unchanged":
            remember(connection, run_id, outcome, reason if outcome.state == "refused" else None)
        parts = [kept_of(outcome, one) for one in outcome.partitions]
        remember_parts(connection, run_id, table.key, parts)
        waiting.clear()
    checkpoint(connection)
    return outcome


def kept_of(whole_outcome: Outcome, one: Outcome) -> Kept:
    """What is remembered of a partition of a version."""
    published = one.state == "published"
    reasons = [verdict.rule.sentence for verdict in one.refusals or whole_outcome.refusals]
    spent = [measure.cpu_s for measure in one.measures if measure.cpu_s is not None]
    return Kept(
        partition=str(one.partition),
        version=whole_outcome.version or 0,
        outcome="empty" if one.state == "unchanged" else one.state,
        fingerprint=one.fingerprint,
        received=one.received,
        rows=one.rows if published else None,
        quarantined=one.quarantined,
        reason=" ; ".join(reasons) if one.state == "refused" else None,
        decided_at=dt.datetime.now(dt.UTC).replace(tzinfo=None),
        data_date=one.data_date,
        content=one.content if published else None,
        received_sha256=one.received_sha256,
        cpu_s=sum(spent) if spent else None,
    )


def told(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """What the journal keeps of each partition of a version: enough to give it back."""
    return told_of([kept_of(outcome, one) for one in outcome.partitions])


def _replace_all(connection: duckdb.DuckDBPyConnection, waiting: Waiting) -> None:
    table = waiting.table
    for schema in (table.layer, "quarantine"):
        replace_table(connection, schema, table.name, waiting.ready)


def _replace_some(
    connection: duckdb.DuckDBPyConnection, waiting: Waiting, made: Sequence[Outcome]
) -> None:
    table = waiting.table
    cut = partitions_of(table.contract)
    kind = table.contract.by_name[cut.by].type
    name, aside = f"{table.layer}.{quoted(table.name)}", f"quarantine.{quoted(table.name)}"
    for one in accepted(made):
        period = cut.period(str(one.partition))
        connection.execute(f"delete from {name} where {inside(kind, cut.by, period)}")
        connection.execute(f"delete from {aside} where _partition = {literal(period.name)}")
    ready = quoted(waiting.ready)
    connection.execute(f"insert into {name} by name from {table.layer}.{ready}")
    connection.execute(f"insert into {aside} by name from quarantine.{ready}")


def _keep_aside(
    connection: duckdb.DuckDBPyConnection, waiting: Waiting, made: Sequence[Outcome]
) -> None:
    """The rows that refused partitions set aside: those of the last attempt, no others."""
    name = f"{waiting.table.name}__refusee"
    parts = []
    if waiting.there("quarantine", name, "_partition"):
        again = ", ".join(literal(one.partition) for one in made)
        parts.append(f"select * from quarantine.{quoted(name)} where _partition not in ({again})")
    if waiting.there("quarantine", waiting.aside):
        parts.append(f"select * from quarantine.{quoted(waiting.aside)}")
    if not parts:
        return
    staged = f"_staging_{name}"
    connection.execute(
        f"create or replace table quarantine.{quoted(staged)} as "
        + " union all by name ".join(parts)
    )
    (rows,) = connection.execute(f"select count(*) from quarantine.{quoted(staged)}").fetchall()[0]
    if rows:
        replace_table(connection, "quarantine", name, staged)
    else:
        connection.execute(f"drop table quarantine.{quoted(staged)}")
        connection.execute(f"drop table if exists quarantine.{quoted(name)}")


def _content(
    connection: duckdb.DuckDBPyConnection,
    outcome: Outcome,
    stands: Mapping[str, Kept],
    made: Sequence[Outcome],
) -> str:
    """What the table holds: the sum of its partitions, read whole when one cannot be summed."""
    table = outcome.table
    replaced = {str(one.partition) for one in accepted(made)}
    words = [one.content for one in accepted(made)]
    words += [one.content for name, one in stands.items() if name not in replaced]
    known = [rows for word in words if (rows := Rows.read(word)) is not None]
    name = f"{table.layer}.{quoted(table.name)}"
    if len(known) < len(words):
        return content_of(connection, name)
    return content_of(connection, name, sum(known, Rows(0, 0, 0)))
