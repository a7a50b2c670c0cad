"""A version of everything that is published, made aside, scanned, then given to readers at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from assets.platform import Platform
from assets.publication.audiences import (
    READERS,
    Audience,
    Readable,
    in_one_word,
    readable_tables,
    shown,
)
from assets.publication.databases import write_encrypted, write_internal, write_open
from assets.publication.dictionary import dictionary
from assets.publication.open_files import take_open_files
from assets.publication.shelf import DATABASES, Making, Shelf, Version

KEY_DOMAIN = "restreint"


@dataclass(frozen=True)
class Publication:
    """What was published: files by name with their size in bytes, and their sha256.

    `written` counts the bytes of the files that are not the former version's; `ends_rollback` says
    that a version somebody had gone back to is followed by this one.
    """

    version: str
    tables: int
    state: str
    bytes_out: int
    written: int
    ends_rollback: bool
    files: Mapping[str, int]
    digests: Mapping[str, str]


def publish_for_analysts(connection: duckdb.DuckDBPyConnection, platform: Platform) -> Publication:
    """Write what each audience reads, from the published tables, and give it at once.

    Raises:
        ArdoiseError: an open file holds what looks like personal data; what was published stays.
    """
    shelf = Shelf(platform.home.published)
    readable = list(readable_tables(connection, platform))
    withdrawn = shelf.withdrawn()
    making = shelf.begin()
    try:
        version = _make(connection, platform, making, readable)
        shelf.point(version)
    finally:
        shelf.clear()
    shelf.prune(platform.settings.kept_versions, withdrawn)
    written = sum(version.files[name].bytes for name in making.written)
    return _told(version, written, ends_rollback=bool(withdrawn))


def _make(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    making: Making,
    readable: Sequence[Readable],
) -> Version:
    state = in_one_word([one.identity for one in readable])
    _take_open(connection, platform, making, readable)
    for one in readable:
        if one.access == "open":
            take_open_files(connection, making, one)
    _take_internal(connection, platform, making, readable)
    key = _take_encrypted(connection, platform, making, readable)
    columns = set[str]().union(*(shown(one.table, one.columns) for one in readable))
    return making.settle(state, len(readable), sorted(columns), key)


def _of(readable: Sequence[Readable], audience: Audience) -> list[Readable]:
    return [one for one in readable if audience in READERS[one.access]]


def _take_open(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    making: Making,
    readable: Sequence[Readable],
) -> None:
    chosen = _of(readable, "open")
    rows = dictionary(connection, platform, chosen)
    making.take(
        DATABASES["open"],
        in_one_word([[one.identity for one in chosen], rows]),
        lambda path: write_open(connection, path, chosen, rows),
    )


def _take_internal(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    making: Making,
    readable: Sequence[Readable],
) -> None:
    """The internal file tells every run and every refusal: it changes with each publication."""
    chosen = _of(readable, "internal")
    rows = dictionary(connection, platform, chosen)
    open_file = making.folder / DATABASES["open"]
    making.take(
        DATABASES["internal"],
        making.name,
        lambda path: write_internal(connection, path, open_file, chosen, rows),
    )


def _take_encrypted(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    making: Making,
    readable: Sequence[Readable],
) -> int | None:
    """The restricted file, where some table is restricted; the version of its key."""
    chosen = _of(readable, "restricted")
    if not chosen:
        return None
    key = platform.keys.current(KEY_DOMAIN)
    rows = dictionary(connection, platform, chosen)
    making.take(
        DATABASES["restricted"],
        in_one_word([key.version, [one.identity for one in chosen], rows]),
        lambda path: write_encrypted(connection, path, key.value, chosen, rows),
    )
    return key.version


def _told(version: Version, written: int, *, ends_rollback: bool) -> Publication:
    named = version.published
    return Publication(
        version=version.name,
        tables=version.tables,
        state=version.state,
        bytes_out=sum(kept.bytes for kept in named.values()),
        written=written,
        ends_rollback=ends_rollback,
        files={name: kept.bytes for name, kept in named.items()},
        digests={name: kept.sha256 for name, kept in named.items()},
    )
