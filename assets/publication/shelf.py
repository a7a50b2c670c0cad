"""The versions of what is published: whole folders side by side, and one link that says which.

    published/versions/000042-20261124T171643/   never written to again once it has its name
    published/current -> versions/000042-…       moved by one rename: all the files of a moment
    published/analyse.duckdb -> current/…        the name analysts have always known

A file that would be the same is the former version's, by a second name: what did not change costs
neither time nor room. DuckDB resolves a link when it opens a file, so that two versions are two
files for it too, even in one process (1.5.5).
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from resources.files import clear, fsync_folder, sha256_of, write_whole

MANIFEST = "manifest.json"
POINTER = "current"
ANALYSTS = "analyse.duckdb"
DATABASES = {
    "open": "open/ouvert.duckdb",
    "internal": "internal/interne.duckdb",
    "restricted": "restricted/restreint.duckdb",
}


@dataclass(frozen=True)
class Kept:
    """A file of a version: what it was made from in one word, what it is."""

    wanted: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Version:
    """A version on the shelf, as its manifest tells it.

    `shown` lists the columns each audience reads in it; `key` is the version of the key that the
    restricted file is encrypted with, None where there is no such file.
    """

    name: str
    state: str
    tables: int
    shown: Sequence[str]
    key: int | None
    files: dict[str, Kept] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """Its rank since the first one."""
        return int(self.name.partition("-")[0])

    @property
    def published(self) -> dict[str, Kept]:
        """Its files, by their path in the folder of what is published."""
        return {f"versions/{self.name}/{name}": kept for name, kept in self.files.items()}


class Shelf:
    """The folder of what is published."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.versions = folder / "versions"

    def place(self, version: Version) -> Path:
        """The folder of a version."""
        return self.versions / version.name

    def current(self) -> Version | None:
        """The version the link gives to readers; None when it gives none that can be read."""
        pointer = self.folder / POINTER
        return _read(pointer.resolve()) if pointer.is_dir() else None

    def kept(self) -> list[Version]:
        """Every version that is whole, the oldest first."""
        found = filter(None, map(_read, self.versions.glob("[0-9]*")))
        return sorted(found, key=lambda version: version.number)

    def begin(self) -> "Making":
        """A version to be made, after the one that is current."""
        self.clear()
        self.versions.mkdir(parents=True, exist_ok=True)
        former = self.current()
        taken = [version.number for version in self.kept()]
        name = f"{max(taken, default=0) + 1:06d}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        return Making(self.versions, name, former)

    def withdrawn(self) -> list[Version]:
        """The versions that somebody took back from readers: made after the current one."""
        current = self.current()
        return [one for one in self.kept() if current and one.number > current.number]

    def point(self, version: Version) -> None:
        """Give a version to readers, all its files at once."""
        _link(self.folder / POINTER, f"versions/{version.name}")
        _link(self.folder / ANALYSTS, f"{POINTER}/{DATABASES['internal']}")

    def prune(self, count: int, withdrawn: Sequence[Version] = ()) -> None:
        """Keep `count` versions, the current one among them, and none that was withdrawn.

        What shows a column that the current one does not show to the same audience goes at once: a
        column that closes is closed everywhere.
        """
        current = self.current()
        if current is None:
            return
        former = [one for one in self.kept() if one not in (current, *withdrawn)]
        fit = [one.name for one in former if set(one.shown) <= set(current.shown)]
        chosen = {current.name, *fit[max(0, len(fit) - (count - 1)) :]}
        for folder in self.versions.iterdir():
            if folder.name not in chosen:
                shutil.rmtree(folder)
        fsync_folder(self.versions)

    def clear(self) -> None:
        """Remove what a killed run, or a full disk, left half written."""
        clear(self.folder, ".*")
        clear(self.versions, ".*")
        # The folder of open files before versions (2026-11): nothing refreshes it any more.
        shutil.rmtree(self.folder / "parquet", ignore_errors=True)


class Making:
    """A version being made, aside: nobody sees it."""

    def __init__(self, versions: Path, name: str, former: Version | None) -> None:
        self.name = name
        self.folder = versions / f".{name}"
        self.former = former
        self.files: dict[str, Kept] = {}
        self.written: list[str] = []

    def take(self, name: str, wanted: str, write: Callable[[Path], None]) -> None:
        """A file of the version: the former one's if it is what is wanted, else written."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        known = self.former.files.get(name) if self.former else None
        if known and known.wanted == wanted and self._same(name, known, path):
            self.files[name] = known
            return
        write(path)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        self.files[name] = Kept(wanted, sha256_of(path), path.stat().st_size)
        self.written.append(name)

    def settle(self, state: str, tables: int, shown: Sequence[str], key: int | None) -> Version:
        """Give its name to a version, once the disk holds it."""
        version = Version(self.name, state, tables, shown, key, self.files)
        told = json.dumps(asdict(version), indent=1).encode()
        write_whole(self.folder / MANIFEST, told)
        for folder in {path.parent for path in self.folder.rglob("*")}:
            fsync_folder(folder)
        self.folder.rename(self.folder.with_name(self.name))
        fsync_folder(self.folder.parent)
        return version

    def _same(self, name: str, known: Kept, path: Path) -> bool:
        """Whether the former version's file is there, whole, and now has this name too."""
        assert self.former is not None
        held = self.folder.with_name(self.former.name) / name
        if not held.is_file() or held.stat().st_size != known.bytes:
            return False
        try:
            path.hardlink_to(held)
        except OSError:  # a file system that gives a file one name only
            shutil.copyfile(held, path)
        return True


def published_files(folder: Path) -> list[Path]:
    """Every file of every version, and whatever else is there, by its own name: no link."""
    return sorted(path for path in _walk(folder) if not path.is_symlink())


def forget_former(folder: Path) -> None:
    """Keep the current version only: the others hold what was purged or erased since."""
    Shelf(folder).prune(1)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path


def _read(folder: Path) -> Version | None:
    """A version by its manifest; None when the manifest is damaged or not there."""
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {name: Kept(**kept) for name, kept in told.pop("files").items()}
        version = Version(**told, files=files)
        return version if version.name == folder.name and version.number > 0 else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _link(path: Path, target: str) -> None:
    """Make a link, or move it: whoever follows it meets the former target or the new one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)  # a copy of the data folder that followed links
    aside = path.with_name(f".{path.name}")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(path)
    fsync_folder(path.parent)
