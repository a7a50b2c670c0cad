"""A deposit folder of this machine, where the authority's own tools drop their files.

    url: folder:../depots/subventions_*.csv
    url: folder:/srv/depots/rh/absences_*.csv?take=all&settle_s=30

The path starts at the folder of the contract, as for `file:`. Which file is taken, and when, is
told in `assets.asking.deposit`. Links are never followed: whoever may drop a file must not be able
to have another one read.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from assets.asking.address import Address, parsed, words_fault
from assets.asking.deposit import WORDS, Choice, Deposited, choice_fault, collect
from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.files import why
from resources.landing import Answer


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A file name or a pattern is needed; the folder may come later."""
    address = parsed(location)
    return words_fault(address, WORDS) or choice_fault(Path(address.place).name, address.words)


def asks(request: Request) -> list[str]:
    """The files that would be looked for."""
    return [str(_path(request, parsed(request.location)))]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Copy what was dropped, when it changed.

    Raises:
        SourceError: what `deposit.collect` raises, or `ABSENTE`, `ILLISIBLE`.
    """
    address = parsed(request.location)
    path = _path(request, address)
    choice = Choice.of(path.name, address.words)
    try:
        return collect(
            _Folder(path.parent),
            choice,
            request.contract,
            destination,
            tag,
            origin=f"folder:{path.parent.name}",
        )
    except FileNotFoundError:
        raise SourceError(
            "ABSENTE", f"le dossier de dépôt « {path.parent} », ou son fichier, n’existe pas"
        ) from None
    except OSError as error:
        raise SourceError(
            "ILLISIBLE", f"le dossier de dépôt « {path.parent} » est illisible ({why(error)})"
        ) from None


def _path(request: Request, address: Address) -> Path:
    whole = (request.folder / address.place).absolute()
    return whole.parent.resolve() / whole.name


class _Folder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def look(self) -> Iterator[Deposited]:
        with os.scandir(self.path) as entries:
            for entry in entries:
                seen = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(seen.st_mode):
                    yield Deposited(entry.name, seen.st_size, seen.st_mtime_ns / 1e9)

    def open(self, name: str) -> BinaryIO:
        descriptor = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW)
        return os.fdopen(descriptor, "rb")
