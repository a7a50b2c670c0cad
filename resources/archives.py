"""Archives from outside, which may be traps: gzip streams and ZIP files, opened within limits.

The names in an archive are compared and told, never used as paths: what comes out is written where
the caller says. Which file of which archive is wanted is decided in `assets.decoding.unpacking`.
"""

import gzip
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO

from resources.errors import SourceError

CHUNK = 1 << 20
GZIP, ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
# Any text of a few lines may shrink two hundred times: below this size nobody is hurt.
SMALL = 1 << 20
MEMBERS = 10_000
DIRECTORY = 4 << 20  # bytes of central directory: ten thousand long names
# The end of central directory record and its 64 bits locator (APPNOTE 6.3.10, 4.3.14 to 4.3.16).
END, LOCATOR, END64 = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"
# Other methods inflate a block whole in memory, whatever its size.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
OUTSIDE = re.compile(r"^(/|[A-Za-z]:)|(^|/)\.\.(/|$)")
TOLD = 10


@dataclass(frozen=True)
class Limits:
    """How much may come out of an archive: bytes in all, and times the bytes that went in."""

    bytes: int
    ratio: float

    def hold(self, written: int, packed: int) -> None:
        """Let `written` bytes out of `packed` ones.

        Raises:
            SourceError: `TROP_GROS` or `BOMBE`.
        """
        self.hold_ratio(written, packed)
        if written > self.bytes:
            raise SourceError(
                "TROP_GROS",
                f"décompressé, le fichier dépasse {self.bytes / 1e6:.0f} Mo. S’il est légitime, "
                "relevez « max_mb » dans « transport » du contrat",
            )

    def hold_ratio(self, written: int, packed: int) -> None:
        """The same, whatever the size in the end.

        Raises:
            SourceError: `BOMBE`.
        """
        if written > SMALL and written > self.ratio * packed:
            raise SourceError(
                "BOMBE",
                f"l’archive se décompresse plus de {self.ratio:.0f} fois : elle est traitée comme "
                "une bombe. Si elle est légitime, relevez « max_ratio » dans « transport » du "
                "contrat",
            )


def kind(path: Path) -> str | None:
    """`gzip` or `zip`, by the first bytes of a file and not by its name."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(GZIP):
        return "gzip"
    return "zip" if start in ZIP else None


def gunzip(source: Path, destination: Path, limits: Limits) -> None:
    """Write what a gzip file holds; several members one after the other are one file (RFC 1952).

    Raises:
        SourceError: `ARCHIVE` (cut, altered, followed by something else), `BOMBE`, `TROP_GROS`.
    """
    packed, written = source.stat().st_size, 0
    try:
        with gzip.open(source, "rb") as file, destination.open("wb") as plain:
            while chunk := file.read(CHUNK):
                written += len(chunk)
                limits.hold(written, packed)
                plain.write(chunk)
    except EOFError:
        raise SourceError(
            "ARCHIVE", "le fichier gzip est coupé avant sa fin ; le téléchargement est incomplet"
        ) from None
    except (gzip.BadGzipFile, zlib.error):
        raise SourceError(
            "ARCHIVE", "le fichier gzip est abîmé, ou suivi d’octets qui ne sont pas du gzip"
        ) from None


class Archive:
    """A ZIP file whose directory was checked before it was read."""

    def __init__(self, zip_file: zipfile.ZipFile, limits: Limits) -> None:
        self._zip = zip_file
        self._limits = limits
        self._members = {
            _slashed(member.filename): member
            for member in zip_file.infolist()
            if not member.is_dir() and not member.filename.startswith("__MACOSX/")
        }

    @property
    def names(self) -> list[str]:
        """The files inside, folders and macOS's own left out."""
        return list(self._members)

    @property
    def inflated(self) -> int:
        """How many bytes all of it would be."""
        return sum(member.file_size for member in self._members.values())

    def one(self, pattern: str) -> str:
        """The name of the one file that is named, or matches a pattern with `*`.

        Raises:
            SourceError: `ARCHIVE`, when none or several do, with the list.
        """
        if pattern in self._members:
            return pattern
        found = [name for name in self.names if fnmatchcase(name, pattern)]
        if len(found) == 1:
            return found[0]
        what = (
            f"{len(found)} fichiers de l’archive répondent à « member: {pattern} », et il en "
            f"faut un seul : {listed(found)}"
            if found
            else f"aucun fichier de l’archive ne répond à « member: {pattern} » ; elle contient "
            f"{listed(self.names)}"
        )
        raise SourceError("ARCHIVE", f"{what}. Corrigez « member » dans le contrat")

    def extract(self, name: str, destination: Path) -> None:
        """Write one file of the archive where told.

        Raises:
            SourceError: `ARCHIVE` (encrypted, altered, unknown method), `BOMBE`, `TROP_GROS`.
        """
        member = self._members[name]
        if member.flag_bits & 1:
            raise SourceError("ARCHIVE", f"« {name} » est protégé par un mot de passe")
        if member.compress_type not in METHODS:
            raise SourceError(
                "ARCHIVE", f"« {name} » est compressé par une méthode qui n’est pas lue"
            )
        written = 0
        try:
            with self._zip.open(member) as file, destination.open("wb") as plain:
                while chunk := file.read(CHUNK):
                    written += len(chunk)
                    self._limits.hold(written, member.compress_size)
                    plain.write(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise SourceError("ARCHIVE", f"« {name} » est abîmé dans l’archive") from None
        if kind(destination) is not None:
            raise SourceError("BOMBE", f"« {name} » est une archive dans l’archive")


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Archive]:
    """A ZIP file, refused before anything is unpacked when it is a trap.

    Raises:
        SourceError: `ARCHIVE` (not a ZIP file, hostile names) or `BOMBE` (members without number,
            that overlap, or that would inflate beyond the limits).
    """
    try:
        _hold_directory(path)
        with zipfile.ZipFile(path) as zip_file:
            _refuse_traps(zip_file, path.stat().st_size, limits)
            yield Archive(zip_file, limits)
    except (zipfile.BadZipFile, struct.error, UnicodeDecodeError, NotImplementedError):
        raise SourceError("ARCHIVE", "le fichier reçu n’est pas une archive ZIP lisible") from None


def listed(names: list[str]) -> str:
    """A few names, and how many more there are."""
    told = ", ".join(f"« {name} »" for name in names[:TOLD]) or "aucun fichier"
    return told + (f" et {len(names) - TOLD} autres" if len(names) > TOLD else "")


def _slashed(name: str) -> str:
    return name.replace("\\", "/")


def _hold_directory(path: Path) -> None:
    """Refuse a directory too long to be read: Python's `zipfile` takes 500 bytes for each line."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (1 << 16) - 64))
        tail = file.read()
        if (at := tail.rfind(END)) < 0:
            raise zipfile.BadZipFile
        count, length = struct.unpack_from("<HI", tail, at + 10)
        if tail[at - 20 : at - 16] == LOCATOR:
            count, length = _counts_of_64_bits(file, *struct.unpack_from("<Q", tail, at - 12))
    if count > MEMBERS or length > DIRECTORY:
        raise SourceError(
            "BOMBE", f"l’archive annonce {count} fichiers ; au-delà de {MEMBERS}, c’est un piège"
        )


def _counts_of_64_bits(file: BinaryIO, offset: int) -> tuple[int, int]:
    file.seek(offset)
    record = file.read(56)
    if record[:4] != END64:
        raise zipfile.BadZipFile
    count, length = struct.unpack_from("<QQ", record, 32)
    return count, length


def _refuse_traps(zip_file: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    members = zip_file.infolist()
    for member in members:
        if OUTSIDE.search(_slashed(member.filename)) or "\0" in member.orig_filename:
            raise SourceError(
                "ARCHIVE", "l’archive nomme un fichier hors de son dossier : elle est hostile"
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise SourceError("ARCHIVE", "l’archive contient un lien symbolique : elle est hostile")
    names = [_slashed(member.filename) for member in members]
    if len(set(names)) < len(names):
        raise SourceError("ARCHIVE", "deux fichiers de l’archive portent le même nom")
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise SourceError("BOMBE", "des fichiers de l’archive se recouvrent : c’est un piège")
        end = member.header_offset + 30 + member.compress_size
    if end > packed:
        raise zipfile.BadZipFile
    limits.hold_ratio(sum(member.file_size for member in members), packed)
