"""Backups: what cannot be made again, in one sealed file; and what comes back of one.

Received files, the warehouse, the journal, national schemas and the list of erased persons. What is
published and the pages are made again from these; Dagster's history is not kept. The keys are never
in it: they are saved apart, or a backup would open itself.
"""

import io
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, cast

import zstandard

from assets.platform import Platform
from resources.anchor import anchor
from resources.errors import ArdoiseError
from resources.files import clear, settle, sha256_of
from resources.journal import Journal
from resources.sealing import Sealer, Unsealer
from resources.suppression import DOMAIN as SUPPRESSED
from resources.suppression import Suppressions
from resources.warehouse import checkpoint

DOMAIN = "sauvegarde"
SUFFIX = ".ardoise"
KEPT = 3  # backups in the data folder; older ones are elsewhere, or nowhere
PARTS = ("landing", "warehouse", "journal", "suppressions", "schemas", "intermediate")
# Of the warehouse's folder: what was set aside is damaged, and the rest is of the moment.
WAREHOUSE = "warehouse/ardoise.duckdb"


@dataclass(frozen=True)
class Held:
    """What a backup holds, or would: files and bytes in clear by part."""

    files: dict[str, int]
    bytes: dict[str, int]


@dataclass(frozen=True)
class Backup:
    """A backup made: where, its size in bytes and what it holds; `forgotten` are former ones."""

    path: Path
    size: int
    held: Held
    forgotten: int


def would_hold(platform: Platform) -> Held:
    """What a backup would hold now."""
    return _held((name, path.stat().st_size) for name, path in _files(platform))


def back_up(platform: Platform, *, kept: int = KEPT) -> Backup:
    """Make a backup; the former ones are removed but for the last `kept`, this one counted.

    Raises:
        BusyWarehouse: another run is under way.
        ArdoiseError: a key cannot be read, or the disk is full. Former backups are still there.
    """
    folder = platform.home.backups
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder, ".*")  # a killed run's
    path = folder / f"ardoise-{datetime.now(UTC):%Y%m%dT%H%M%S%f}{SUFFIX}"
    aside = folder / f".{path.name}"
    with platform.warehouse.writing() as connection:
        checkpoint(connection)  # the file is whole by itself, and nobody else writes in it
        files = list(_files(platform))
        try:
            with aside.open("wb") as file:
                sealer = Sealer(file, platform.keys, DOMAIN)
                with (
                    zstandard.ZstdCompressor(level=3).stream_writer(
                        cast(IO[bytes], sealer), closefd=False
                    ) as packed,
                    tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
                ):
                    for name, each in files:
                        archive.add(each, name, recursive=False)
                sealer.finish()
            settle(aside, path)
        finally:
            aside.unlink(missing_ok=True)
    former = sorted(folder.glob(f"*{SUFFIX}"))[:-kept]
    for each in former:
        each.unlink()
    held = would_hold(platform)
    size = path.stat().st_size
    platform.journal.write(
        "sauvegarde",
        file=path.name,
        sha256=sha256_of(path),
        bytes=size,
        files=sum(held.files.values()),
        forgotten=[each.name for each in former],
    )
    return Backup(path, size, held, len(former))


def read_backup(platform: Platform, file: Path) -> Held:
    """Read a backup to its end, which proves it whole; nothing is written.

    Raises:
        ArdoiseError: it is none, was altered or cut, or its key is missing.
    """
    with _archive(platform, file) as archive:
        return _held((member.name, member.size) for member in archive)


def restore(platform: Platform, file: Path, *, replace: bool = False) -> Held:
    """Give the data folder what a backup holds.

    The list of erased persons only grows: whoever was erased since is still in it, and is taken
    out of what came back by the caller. The former journal is kept beside the one restored.

    Raises:
        ArdoiseError: the folder holds data already and nobody said to replace them, or the backup
            cannot be read. Nothing was changed.
        BusyWarehouse: another run is under way.
    """
    home = platform.home
    if not replace and (home.warehouse.exists() or any(home.landing.glob("*/*"))):
        raise ArdoiseError(
            f"Le dossier « {home.path} » contient déjà des données : rien n’a été repris. Nommez "
            "un autre dossier par ARDOISE_HOME, ou dites « --replace » pour remplacer celles-ci."
        )
    with platform.warehouse.idle():
        coming = home.path / ".restauration"
        shutil.rmtree(coming, ignore_errors=True)
        try:
            with _archive(platform, file) as archive:
                held = _extract(archive, coming)
            _keep_the_list(platform, coming)
            _exchange(platform, coming)
        finally:
            shutil.rmtree(coming, ignore_errors=True)
    journal = Journal(home.journal)
    journal.write("restauration", file=file.name, sha256=sha256_of(file))
    anchor(journal, home.keys)  # an older journal, on purpose
    return held


def _keep_the_list(platform: Platform, coming: Path) -> None:
    """Whoever is erased now or was then stays so.

    Raises:
        ArdoiseError: somebody was erased, and neither the folder nor the backup says who.
    """
    own = platform.suppressions
    theirs = Suppressions(coming / "suppressions" / own.path.name, platform.keys).read()
    if theirs is None and own.read() is None and platform.keys.versions(SUPPRESSED):
        raise ArdoiseError(
            "Cette sauvegarde est d’avant le premier effacement, et ce dossier n’a pas la liste "
            "des personnes effacées : elles reviendraient. Rien n’a été repris. Reprenez d’abord "
            "une sauvegarde récente, puis celle-ci avec « --replace »."
        )
    if theirs is not None:
        own.add(theirs)


def _exchange(platform: Platform, coming: Path) -> None:
    """Put what came in the place of what is there."""
    home = platform.home
    if home.journal.is_file():
        former = home.journal.with_name(f"journal-avant-{datetime.now(UTC):%Y%m%dT%H%M%S}.jsonl")
        home.journal.replace(former)
        (coming / "journal").mkdir(exist_ok=True)
        for kept in home.journal.parent.glob("journal-avant-*"):
            kept.replace(coming / "journal" / kept.name)
    home.warehouse.with_name(f"{home.warehouse.name}.wal").unlink(missing_ok=True)
    for part in ("landing", "journal", "schemas", "intermediate"):
        shutil.rmtree(home.path / part, ignore_errors=True)
        if (coming / part).is_dir():
            (coming / part).replace(home.path / part)
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    home.warehouse.unlink(missing_ok=True)
    if (coming / WAREHOUSE).is_file():
        (coming / WAREHOUSE).replace(home.warehouse)
    for made_again in (home.published, home.site):
        shutil.rmtree(made_again, ignore_errors=True)


def _files(platform: Platform) -> Iterator[tuple[str, Path]]:
    """Every file of a backup, with its name in it."""
    for part in PARTS:
        for path in sorted((platform.home.path / part).rglob("*")):
            name = path.relative_to(platform.home.path).as_posix()
            hidden = any(one.startswith(".") for one in PurePosixPath(name).parts)
            wanted = part != "warehouse" or name == WAREHOUSE
            if path.is_file() and wanted and not hidden and path.suffix != ".altered":
                yield name, path


@contextmanager
def _archive(platform: Platform, file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with file.open("rb") as sealed:
            clear_bytes = io.BufferedReader(Unsealer(sealed, platform.keys, DOMAIN), 1 << 20)
            with (
                zstandard.ZstdDecompressor().stream_reader(clear_bytes) as plain,
                tarfile.open(fileobj=plain, mode="r|") as archive,
            ):
                yield archive
                while clear_bytes.read(1 << 20):
                    pass  # to its end: a backup cut short is none
    except FileNotFoundError:
        raise ArdoiseError(f"La sauvegarde « {file} » n’existe pas. Rien n’a été changé.") from None
    except (tarfile.TarError, zstandard.ZstdError, EOFError):
        raise ArdoiseError(
            "Cette sauvegarde a été altérée ou coupée : rien n’en a été repris. Prenez-en une "
            "autre copie."
        ) from None


def _extract(archive: tarfile.TarFile, folder: Path) -> Held:
    """Write the files of a backup under a folder, and nothing outside of it."""
    found = []
    for member in archive:
        if not member.isfile() or PurePosixPath(member.name).parts[0] not in PARTS:
            raise tarfile.TarError(member.name)
        archive.extract(member, folder, filter="data")
        found.append((member.name, member.size))
    return _held(iter(found))


def _held(files: Iterator[tuple[str, int]]) -> Held:
    counts, sizes = dict.fromkeys(PARTS, 0), dict.fromkeys(PARTS, 0)
    for name, size in files:
        part = PurePosixPath(name).parts[0]
        counts[part] = counts.get(part, 0) + 1
        sizes[part] = sizes.get(part, 0) + size
    return Held(counts, sizes)
