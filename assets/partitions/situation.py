"""What is known of a source received by period before it is built: partition by partition."""

from collections.abc import Callable, Collection, Iterator, Sequence

import duckdb

from assets.acceptance import accepted
from assets.catalogue import Table
from assets.partitions.parts import Kept, Part, State, decided, standing
from assets.partitions.reception import Arrivals, periods_of
from assets.platform import Platform
from assets.situation import Situation, blame_the_disk, failed, hashed, read_by
from assets.versions import published_version
from resources.errors import SourceError


def partitioned_situation(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    table: Table,
    arrive: Callable[[], Arrivals],
    *,
    names: Collection[str] | None,
    keys: Sequence[str],
    force: bool,
) -> Situation:
    """What building would find; of the partitions named alone, when some are.

    `arrive` asks the source, once in a run; `keys` are those of its pseudonyms.
    """
    published = published_version(connection, table.key)
    try:
        arrivals = arrive()
        read = hashed([read_by(connection, table), *keys])
    except SourceError as error:
        blame_the_disk(error)
        return Situation(
            failed(table, error, lasting=False), None, error, published, current=False, refused=None
        )
    parts = tuple(
        part
        for part in _parts(connection, platform, table, arrivals, read, force=force)
        if names is None or part.period.name in names
    )
    stale = any(part.state == "stale" for part in parts)
    refused = [part for part in parts if part.state == "refused"]
    fingerprint = hashed([table.fingerprint, read, [part.fingerprint for part in parts]])
    return Situation(
        fingerprint,
        None,
        _nothing(parts, published is not None),
        published,
        current=not stale and not refused and published is not None,
        refused=" ; ".join(f"{one.period.name} : {one.reason}" for one in refused)
        if refused and not stale
        else None,
        parts=parts,
        named=names is not None,
    )


def _parts(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    table: Table,
    arrivals: Arrivals,
    read: str,
    *,
    force: bool,
) -> Iterator[Part]:
    """Every partition of which something was received, now or before."""
    known = decided(connection, table.key)
    stands = standing(connection, table.key)
    received = platform.landing.partitions(table.landing)
    whole = published_version(connection, table.key) is not None
    for name, period in periods_of(table.contract, platform.day_of(table.contract)).items():
        error, landed = arrivals.errors.get(name), arrivals.landed.get(name)
        last = known.get(name) if whole else None
        if error is not None:
            blame_the_disk(error)
            fingerprint = failed(table, error, lasting=True)
        else:
            # What was decided tells the file: the landing is not read for what was not asked.
            sha256 = landed.sha256 if landed else last.received_sha256 if last else None
            if sha256 is None and name in received:
                landed = platform.landing.last(table.landing, name)
                sha256 = landed.sha256 if landed else None
            if sha256 is None:
                continue
            fingerprint = hashed([table.fingerprint, name, sha256, read])
        state, reason = _state(platform, table, last, stands.get(name), fingerprint, force=force)
        yield Part(
            period,
            fingerprint,
            state,
            None if error else sha256,
            landed,
            landed.received_at if landed else last.data_date if last else None,
            error,
            reason,
        )


def _state(
    platform: Platform,
    table: Table,
    last: Kept | None,
    stands: Kept | None,
    fingerprint: str,
    *,
    force: bool,
) -> tuple[State, str]:
    if force or last is None:
        return "stale", ""
    if stands is not None and stands.fingerprint == fingerprint:
        return "current", ""
    if last.outcome == "empty" and last.fingerprint == fingerprint:
        return "current", ""
    again = last.outcome == "refused" and last.fingerprint == fingerprint
    if again and not accepted(platform.journal, table.key, fingerprint):
        return "refused", last.reason or ""
    return "stale", ""


def _nothing(parts: Collection[Part], published: bool) -> SourceError | None:
    """The error of a source that never gave anything."""
    if parts or published:
        return None
    return SourceError("ABSENT", "aucune période de cette source n’a encore de fichier")
