"""Everything kept, read again in full and compared with what was written down when it was made.

- the journal, line by line, with the chain of its hashes;
- the warehouse, table by table, with the content each publication gave in the journal;
- the landing, file by file, with the sha256 that names it;
- what is published, file by file, with the sha256 the journal gives.

What is damaged is set aside, never deleted, so that nobody reads it by mistake: the warehouse is
given back from its copies at once, what is published by the next run, a received file is asked for
again. It reads everything once, about two CPU-seconds per gigabyte of tables and one per gigabyte
of files: monthly is plenty, since DuckDB checks each block it reads (a flipped bit was never a
silent wrong value, 60 times out of 60) and every file leaves the landing through its sha256. What
nobody checks when reading is a Parquet file: this is where it is found out.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.platform import Platform
from assets.publication import served
from resources.anchor import anchored
from resources.errors import SourceError
from resources.files import sha256_of
from resources.recovery import altered

NOTHING = Path(os.devnull)


@dataclass(frozen=True)
class Finding:
    """Something damaged: what it is, and what was done or is to be done, in French."""

    what: str
    done: str


@dataclass(frozen=True)
class Verification:
    """What was read, and what was found."""

    tables: int
    files: int
    findings: list[Finding]


def verify(platform: Platform) -> Verification:
    """Read everything again; set aside what is damaged and write it in the journal.

    Raises:
        BusyWarehouse: another run is under way.
    """
    with platform.warehouse.writing() as connection:
        findings = list(_journal(platform))
        found = altered(connection)
        if found:
            platform.warehouse.suspect()
        findings += [
            Finding(f"table {name}", "l’entrepôt est mis de côté et refait") for name in found
        ]
        landed = list(_landed(platform))
        findings += _landing(platform, landed)
        published = _published(platform, connection)
        findings += _publications(published)
        (tables,) = connection.execute("select count(*) from duckdb_tables()").fetchall()[0]
    if found:
        with platform.warehouse.writing():
            pass  # made again on opening
    platform.journal.write("verification", findings=[finding.what for finding in findings])
    return Verification(tables, len(landed) + len(published), findings)


def _journal(platform: Platform) -> Iterator[Finding]:
    if not platform.journal.intact():
        yield Finding(
            "journal", "une ligne a été changée, retirée ou déplacée : cherchez par qui et quand"
        )
    if not anchored(platform.journal, platform.home.keys):
        yield Finding(
            "journal",
            "sa fin a été coupée, ou il a été réécrit depuis la dernière exécution : comparez-le à "
            "une sauvegarde",
        )


def _landed(platform: Platform) -> Iterator[Path]:
    yield from sorted(platform.home.landing.glob("*/*.zst"))


def _landing(platform: Platform, landed: list[Path]) -> Iterator[Finding]:
    for path in landed:
        source = path.parent.name
        try:
            platform.landing.unpack(source, path.stem, NOTHING)
        except SourceError:
            yield Finding(
                f"fichier reçu de {source} ({path.stem[:12]}…)",
                "mis de côté ; la source sera relue si c’était le dernier",
            )


def _published(platform: Platform, connection: duckdb.DuckDBPyConnection) -> dict[Path, str]:
    """What is published and the sha256 it must have; nothing where a run was cut meanwhile."""
    folder = platform.home.published
    expected = {folder / name: digest for name, digest in served(connection, platform).items()}
    page = platform.journal.last("page") or {}
    site = platform.home.site
    expected |= {site / name: digest for name, digest in page.get("sha256", {}).items()}
    return expected


def _publications(expected: dict[Path, str]) -> Iterator[Finding]:
    for path, digest in expected.items():
        if not path.is_file():
            yield Finding(f"fichier publié {path.name}", "absent ; « ardoise run » le refait")
        elif sha256_of(path) != digest:
            path.replace(path.with_name(f"{path.name}.altered"))
            yield Finding(f"fichier publié {path.name}", "retiré ; « ardoise run » le refait")
