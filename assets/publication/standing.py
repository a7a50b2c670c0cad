"""What stands published, by the journal; whether it is still what it should be."""

from collections.abc import Mapping
from typing import Any

import duckdb

from assets.platform import Platform
from assets.publication.audiences import readable_state
from assets.publication.shelf import Shelf

ROLLBACK = "retour"


def is_due(connection: duckdb.DuckDBPyConnection, platform: Platform) -> bool:
    """Whether readers do not have what they should: a run was cut, a contract was withdrawn or
    closed, someone removed or cut a file. A rollback stands until what may be read changes.
    """
    line = _standing(platform)
    current = Shelf(platform.home.published).current()
    if line is None or current is None or current.name != line.get("version"):
        return True
    if not platform.analyst_file.is_file():
        return True
    for name, size in line["files"].items():
        path = platform.home.published / name
        if not path.is_file() or path.stat().st_size != size:
            return True
    return readable_state(connection, platform) not in (line["state"], line.get("withdrawn"))


def served(connection: duckdb.DuckDBPyConnection, platform: Platform) -> Mapping[str, str]:
    """The sha256 that each published file must have; none where a run was cut meanwhile."""
    line = _standing(platform) or {}
    if readable_state(connection, platform) not in (line.get("state"), line.get("withdrawn")):
        return {}
    found: Mapping[str, str] = line.get("sha256", {})
    return found


def rollback_in_force(platform: Platform) -> dict[str, Any] | None:
    """The line of the journal by which somebody gave readers a former version; None where they have
    the last one.
    """
    line = _standing(platform)
    return line if line is not None and line["event"] == ROLLBACK else None


def _standing(platform: Platform) -> dict[str, Any] | None:
    """The last line of the journal that gave a version to readers."""
    return platform.journal.last("export", ROLLBACK)
