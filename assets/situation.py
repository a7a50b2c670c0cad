"""What is known of a table before it is built, and how that is written in one word."""

import hashlib
import json
from dataclasses import dataclass

import duckdb

from assets.catalogue import Table
from assets.outcome import Published
from assets.partitions.parts import Part
from assets.versions import published_version
from resources.errors import SourceError
from resources.landing import Landed
from resources.recovery import of_the_disk


@dataclass(frozen=True)
class Situation:
    """What is known of a table before it is built.

    `current`: the published version is what building would give. `refused`: building would give
    again the version that was refused last, for this reason. `parts` are the partitions of a source
    received by period, `named` says that they were asked for by name.
    """

    fingerprint: str
    landed: Landed | None
    error: SourceError | None
    standing: Published | None
    current: bool
    refused: str | None
    parts: tuple[Part, ...] = ()
    named: bool = False


def read_by(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, list[str | None]]:
    """The versions of the tables that a table reads.

    Raises:
        SourceError: `AMONT`, one of them was never published.
    """
    read: dict[str, list[str | None]] = {}
    for key in sorted(table.upstream):
        version = published_version(connection, key)
        if version is None:
            raise SourceError(
                "AMONT", f"la table « {key} », qu’elle lit, n’a encore aucune version publiée"
            )
        # A purge changes what a version holds, not what it was made from.
        read[key] = [version.fingerprint, version.content]
    return read


def failed(table: Table, error: SourceError, lasting: bool) -> str:
    """The word of a version that could not be received: how a server fails varies by the hour."""
    return hashed([table.fingerprint, error.code, str(error) if lasting else None])


def hashed(said: object) -> str:
    """Anything in one word."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def blame_the_disk(error: SourceError) -> None:
    """Nobody's version is refused because our disk is full or damaged: that is an incident."""
    if error.__context__ is not None and of_the_disk(error.__context__):
        raise error.__context__ from None
