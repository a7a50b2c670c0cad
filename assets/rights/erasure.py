"""A person erased from what the platform keeps: found, counted, then taken out place by place.

One rule does it all: she is written in the list of erased persons, and every place is brought level
with the list; the door and a restore do the same, for ever. What is made again afterwards, the logs
and the certificate are in `pipelines.erasing`.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from assets.catalogue import Table
from assets.platform import Platform
from assets.removal import Removal, remove_rows
from assets.rights.derived import Derived, derived_of
from assets.rights.identity import Scope
from assets.rights.landed import persons, redact_kept
from assets.rights.matching import Recognition
from assets.rights.rows import (
    Rows,
    choose_rows,
    count_aside,
    forget_aside,
    forget_put_away,
    rows_of_persons,
)
from resources.files import write_whole
from resources.suppression import Suppression
from resources.warehouse import checkpoint

ERASED = "EFFACEE"


@dataclass(frozen=True)
class Kept:
    """Rows of the person in the files received of a source; `unreadable` ones are removed whole."""

    source: str
    files: int = 0
    rows: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class Found:
    """Everywhere a person stands in what the platform keeps. Counts, never a value."""

    tables: Sequence[Rows] = ()
    landed: Sequence[Kept] = ()
    derived: Sequence[Derived] = ()
    set_aside: int = 0

    @property
    def anything(self) -> bool:
        """Whether she is known at all."""
        return any(one.total for one in self.tables) or any(
            one.rows or one.unreadable for one in self.landed
        )


@dataclass(frozen=True)
class Erasure:
    """An erasure under way: what was found when it began, kept until its certificate is written."""

    identity: str
    register: str
    digests: Sequence[str]
    found: Found = field(default_factory=Found)


def find(connection: duckdb.DuckDBPyConnection, platform: Platform, scope: Scope) -> Found:
    """Where persons of the list stand, in the tables of a processing and the files they come from.

    Raises:
        ArdoiseError: the list, or a key it was made with, cannot be read.
    """
    return Found(
        tables=[rows_of_persons(connection, platform, table) for table in scope.tables],
        landed=[one for one in _landed(platform, scope, dry_run=True) if one != Kept(one.source)],
        derived=derived_of(connection, scope),
        set_aside=len(set_aside(platform)),
    )


def begin(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    scope: Scope,
    new: Sequence[Suppression],
) -> Erasure:
    """Close the door on a person, and write down what has to be erased.

    An erasure of the same person that was cut short is taken up again.
    """
    erasure = Erasure(new[0].erasure, scope.register, sorted(one.digest for one in new))
    known = _read(pending(platform))
    if known is not None and known.digests == erasure.digests:
        return known
    with platform.suppressions.only(new):
        erasure = Erasure(
            erasure.identity, scope.register, erasure.digests, find(connection, platform, scope)
        )
    write_whole(pending(platform), json.dumps(asdict(erasure)).encode())
    platform.suppressions.add(new)
    return erasure


def erase_rows(
    connection: duckdb.DuckDBPyConnection, platform: Platform, scope: Scope, identity: str
) -> None:
    """Take every person of the list out of the files, the tables and the quarantines of a scope.

    Each step is safe to do again.
    """
    list(_landed(platform, scope, dry_run=False))
    for table in scope.tables:
        if not Recognition(platform.suppressions, table.contract):
            continue
        forget_put_away(platform, table)
        _erase_from(connection, platform, table, identity)
    for folder in set_aside(platform):
        shutil.rmtree(folder)
    for damaged in platform.home.path.rglob("*.altered"):
        damaged.unlink()


def _erase_from(
    connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table, identity: str
) -> None:
    found = rows_of_persons(connection, platform, table)
    forget_aside(connection, platform, table, ERASED)
    if found.rows:
        going = choose_rows(connection, platform, table)
        removal = Removal(identity, "effacement", "erased")
        remove_rows(
            connection,
            platform,
            table,
            going,
            found.rows,
            removal,
            lambda: count_aside(connection, table.name, found.rows, ERASED),
        )
    elif found.total:
        checkpoint(connection)


def _read(file: Path) -> Erasure | None:
    """An erasure that was cut short, if there is one."""
    if not file.is_file():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    found = told.pop("found")
    return Erasure(
        **told,
        found=Found(
            tables=[Rows(**one) for one in found["tables"]],
            landed=[Kept(**one) for one in found["landed"]],
            derived=[Derived(**one) for one in found["derived"]],
            set_aside=found["set_aside"],
        ),
    )


def set_aside(platform: Platform) -> list[Path]:
    """The warehouses set aside: damaged, they cannot be rewritten; they go whole."""
    return sorted(platform.home.warehouse.parent.glob("ecarte-*"))


def pending(platform: Platform) -> Path:
    """The file that says what is being erased; there until the certificate is written."""
    return platform.home.warehouse.with_suffix(".erasure")


def _landed(platform: Platform, scope: Scope, *, dry_run: bool) -> list[Kept]:
    found = []
    for table in scope.tables:
        if table.layer != "sources" or not Recognition(platform.suppressions, table.contract):
            continue
        choice = persons(platform, table)
        files = list(
            redact_kept(
                platform,
                table,
                lambda path, choice=choice: choice,  # type: ignore[misc]
                unreadable=lambda path: True,
                dry_run=dry_run,
            )
        )
        found.append(
            Kept(
                table.landing,
                files=sum(not one.removed for one in files),
                rows=sum(one.rows for one in files),
                unreadable=sum(one.removed for one in files),
            )
        )
    return found
