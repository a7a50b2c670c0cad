"""What is remembered of the partitions of a table: rows of `quality.partitions`."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from checks.partitions import Period
from resources.errors import SourceError
from resources.landing import Landed
from resources.sql import literal
from resources.warehouse import append

State = Literal["current", "stale", "refused"]


@dataclass(frozen=True)
class Kept:
    """What was decided of one partition. Times are UTC; `content` sums its rows up."""

    partition: str
    version: int
    outcome: str
    fingerprint: str
    received: int | None
    rows: int | None
    quarantined: int | None
    reason: str | None
    decided_at: dt.datetime
    data_date: dt.datetime | None
    content: str | None
    received_sha256: str | None
    cpu_s: float | None


@dataclass(frozen=True)
class Part:
    """What is known of one partition before it is made."""

    period: Period
    fingerprint: str
    state: State
    sha256: str | None = None
    landed: Landed | None = None
    received_at: dt.datetime | None = None
    error: SourceError | None = None
    reason: str = ""


# A version made from one file, or a purge of everything, ends what stood by partition.
HISTORY = """
select
    partition,
    version,
    outcome,
    fingerprint,
    received_rows,
    published_rows,
    quarantined_rows,
    reason,
    decided_at,
    data_date,
    content,
    received_sha256,
    cpu_s
from quality.partitions
where table_name = {key} and version > (
    select coalesce(max(version), 0)
    from quality.versions
    where table_name = {key} and received_sha256 is not null
) and outcome in ({outcomes})
qualify row_number() over (partition by partition order by version desc) = 1
order by partition
"""


def decided(connection: duckdb.DuckDBPyConnection, key: str) -> dict[str, Kept]:
    """The last decision about each partition: published, refused, purged, or empty (no row yet)."""
    return _known(connection, key, "published", "refused", "purged", "empty")


def standing(connection: duckdb.DuckDBPyConnection, key: str) -> dict[str, Kept]:
    """The partitions that a table is the union of."""
    known = _known(connection, key, "published", "purged")
    return {name: kept for name, kept in known.items() if kept.outcome == "published"}


def refused_partitions(connection: duckdb.DuckDBPyConnection, key: str) -> dict[str, Kept]:
    """The partitions whose last version was refused."""
    return {
        name: kept for name, kept in decided(connection, key).items() if kept.outcome == "refused"
    }


def remember_parts(
    connection: duckdb.DuckDBPyConnection, run_id: str, key: str, parts: Sequence[Kept]
) -> None:
    """Write what was decided of partitions of a table."""
    append(
        connection,
        "quality.partitions",
        [
            {
                "run_id": run_id,
                "decided_at": kept.decided_at,
                "table_name": key,
                "version": kept.version,
                "partition": kept.partition,
                "outcome": kept.outcome,
                "fingerprint": kept.fingerprint,
                "received_rows": kept.received,
                "published_rows": kept.rows,
                "quarantined_rows": kept.quarantined,
                "reason": kept.reason,
                "data_date": kept.data_date,
                "content": kept.content,
                "received_sha256": kept.received_sha256,
                "cpu_s": kept.cpu_s,
            }
            for kept in parts
        ],
    )


def told_of(parts: Sequence[Kept]) -> dict[str, dict[str, Any]]:
    """What the journal keeps of partitions (`resources.recovery` reads it back)."""
    return {
        kept.partition: {
            "outcome": kept.outcome,
            "fingerprint": kept.fingerprint,
            "received": kept.received,
            "rows": kept.rows,
            "quarantined": kept.quarantined,
            "content": kept.content,
            "sha256": kept.received_sha256,
            "data_date": kept.data_date.isoformat() if kept.data_date else None,
            "reason": kept.reason,
        }
        for kept in parts
    }


def _known(connection: duckdb.DuckDBPyConnection, key: str, *outcomes: str) -> dict[str, Kept]:
    listed = ", ".join(literal(outcome) for outcome in outcomes)
    found = connection.execute(HISTORY.format(key=literal(key), outcomes=listed)).fetchall()
    return {row[0]: Kept(*row) for row in found}
