"""A folder where a management tool drops its files, near or far: which are taken, and when.

By default the newest file whose name fits, because most tools write a whole new state each time;
`take=all` joins every file that fits, oldest name first, for tools that write a month per file.
A file is taken once two looks, `settle_s` seconds apart, find it the same: one still being written
is left for later, and so is one under a name that tools give to unfinished files. Nothing is moved
nor removed: what was taken stays where it was put.

Knows neither disks nor SFTP: `assets.connectors.folder` and `assets.connectors.sftp` say how to
look and how to open.
"""

import fnmatch
import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from checks.contract import Contract
from resources.errors import SourceError
from resources.landing import Answer

WORDS = ("take", "settle_s")
UNFINISHED = (".*", "~$*", "*~", "*.tmp", "*.temp", "*.part", "*.partial", "*.filepart", "*.swp",
              "*.crdownload", "*.writing", "*.lock")  # fmt: skip
LOOKS = 4
CHUNK = 1 << 20
MARK = b"\xef\xbb\xbf"  # UTF-8's byte order mark


@dataclass(frozen=True)
class Deposited:
    """A file seen in the folder; `modified` in seconds since 1970, by the folder's own clock."""

    name: str
    bytes: int
    modified: float


class Place(Protocol):
    """How a folder is read."""

    def look(self) -> Iterable[Deposited]:
        """Its regular files, links left out."""
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """One of them, for reading."""
        ...


@dataclass(frozen=True)
class Choice:
    """Which files the contract wants."""

    pattern: str
    everything: bool
    settle_s: float

    @classmethod
    def of(cls, pattern: str, words: Mapping[str, str]) -> "Choice":
        """From the words of an address that has no fault."""
        return cls(pattern, words.get("take") == "all", float(words.get("settle_s", "2")))

    def among(self, files: Iterable[Deposited]) -> list[Deposited]:
        """The files to take: the newest one, or all that fit in the order of their names."""
        fitting = [
            file
            for file in files
            if fnmatch.fnmatchcase(file.name, self.pattern)
            and not any(fnmatch.fnmatchcase(file.name.lower(), name) for name in UNFINISHED)
        ]
        if self.everything:
            return sorted(fitting, key=lambda file: file.name)
        return sorted(fitting, key=lambda file: (file.modified, file.name))[-1:]


def choice_fault(pattern: str, words: Mapping[str, str]) -> str | None:
    """Why nothing could ever be chosen."""
    if not pattern:
        return "l’adresse finit par un dossier ; ajoutez le nom du fichier, ou un motif (*.csv)"
    if words.get("take", "newest") not in ("newest", "all"):
        return "« take » vaut « newest » (le dernier fichier) ou « all » (tous, mis bout à bout)"
    try:
        sound = 0 <= float(words.get("settle_s", "2")) <= 600
    except ValueError:
        sound = False
    return None if sound else "« settle_s » attend un nombre de secondes, de 0 à 600"


def collect(
    place: Place,
    choice: Choice,
    contract: Contract,
    destination: Path,
    tag: str | None,
    *,
    origin: str,
) -> Answer | None:
    """Write what is to be taken to `destination`; None when it is what `tag` stands for.

    `origin` is the folder's address, to which the last file's name is added.

    Raises:
        SourceError: `ABSENTE`, `EN_COURS` (still being written), `TROP_GROS`, `FORMAT`,
            `TITRES_DIFFERENTS` (files that cannot be joined), `SOURCE_INDISPONIBLE`.
    """
    chosen = choice.among(place.look())
    if tag is not None and tag == _tag(chosen, contract):
        return None
    chosen = _settled(place, choice, chosen)
    if not chosen:
        raise SourceError(
            "ABSENTE", f"aucun fichier du dossier de dépôt ne correspond à « {choice.pattern} »"
        )
    _check_room(chosen, contract)
    deadline = time.monotonic() + contract.transport.deadline_s
    with destination.open("wb") as output:
        if choice.everything:
            _join(place, chosen, contract, output, deadline)
        else:
            with place.open(chosen[0].name) as file:
                _copy(file, output, chosen[0].bytes, deadline)
    if choice.among(place.look()) != chosen:
        raise _still_written()
    many = {"fichiers réunis": len(chosen)} if choice.everything else {}
    return Answer(origin=f"{origin}/{chosen[-1].name}", tag=_tag(chosen, contract), facts=many)


def _settled(place: Place, choice: Choice, chosen: list[Deposited]) -> list[Deposited]:
    """What two looks in a row agree on. An older file never stands in for one being written."""
    for _ in range(LOOKS):
        before = chosen
        if not before:
            return before
        time.sleep(choice.settle_s)
        chosen = choice.among(place.look())
        if chosen == before:
            return chosen
    raise _still_written()


def _still_written() -> SourceError:
    return SourceError(
        "EN_COURS",
        "le fichier déposé est encore en cours d’écriture ; il sera pris à la prochaine exécution. "
        "L’outil qui le dépose peut l’écrire sous un nom en « .tmp » puis le renommer",
    )


def _check_room(chosen: Sequence[Deposited], contract: Contract) -> None:
    total, most = sum(file.bytes for file in chosen), contract.transport.max_mb * 1e6
    if total > most:
        raise SourceError(
            "TROP_GROS",
            f"{total / 1e6:.0f} Mo sont déposés, le contrat en accepte {most / 1e6:.0f} "
            "(« transport: max_mb »)",
        )


def _copy(file: BinaryIO, output: BinaryIO, expected: int, deadline: float) -> bytes:
    """Copy a file's bytes, no more nor fewer than were seen in the folder; return the last one."""
    left, last = expected, b""
    while chunk := file.read(CHUNK):
        left, last = left - len(chunk), chunk[-1:]
        if left < 0:
            raise _still_written()
        output.write(chunk)
        if time.monotonic() > deadline:
            raise SourceError(
                "SOURCE_INDISPONIBLE", "la copie du fichier dépasse le délai du contrat"
            )
    if left:
        raise _still_written()
    return last


def _join(
    place: Place, chosen: Sequence[Deposited], contract: Contract, output: BinaryIO, deadline: float
) -> None:
    """Put files of lines end to end, their titles once; they must be the same in each."""
    if contract.format not in ("csv", "jsonl") or contract.encoding == "utf-16":
        raise SourceError(
            "FORMAT",
            "« take=all » ne sait réunir que des fichiers « csv » et « jsonl », hors UTF-16",
        )
    titled = contract.format == "csv"
    titles = b""
    for index, deposited in enumerate(chosen):
        with place.open(deposited.name) as file:
            head = [file.readline() for _ in range(contract.skip_lines + 1)]
            found = head[-1].removeprefix(MARK).strip()
            kept = b""
            if index == 0:
                titles, kept = found, b"".join(head)
            elif not titled:
                kept = b"".join(head).removeprefix(MARK)
            elif found != titles:
                raise SourceError(
                    "TITRES_DIFFERENTS",
                    f"le fichier n° {index + 1} sur {len(chosen)} n’a pas les mêmes titres de "
                    "colonnes que le premier ; « take=all » ne peut pas les réunir",
                )
            output.write(kept)
            last = _copy(file, output, deposited.bytes - sum(map(len, head)), deadline)
            if (last or kept[-1:]) not in (b"\n", b""):
                output.write(b"\n")


def _tag(chosen: Sequence[Deposited], contract: Contract) -> str:
    joined = f"{contract.format} {contract.skip_lines}\n" if len(chosen) > 1 else ""
    said = joined + "".join(f"{file.name}\0{file.bytes}\0{file.modified}\n" for file in chosen)
    return hashlib.sha256(said.encode()).hexdigest()
