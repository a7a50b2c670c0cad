"""The landing: each file as it was received, immutable, named by its sha256.

The platform can be rebuilt from it. What is in the files, and how they were obtained, is not
known here.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import zstandard

from resources.addresses import told
from resources.errors import SourceError
from resources.files import clear, fsync_folder, settle, sha256_of, write_whole
from resources.settings import Home

CHUNK = 1 << 20
# Takes out of a file just received the rows that may not be kept, in place; how many went.
Door = Callable[[Path], int]
SUPPRESSED = "lignes de personnes effacées, ôtées à la réception"


@dataclass(frozen=True)
class Answer:
    """What a connector brought: `tag` lets it ask next time whether anything changed.

    `facts` are counts worth reporting with the file, by French label. `final_url` is where
    redirections led, `modified` the date the server gives to its file (UTC, without zone).
    """

    origin: str
    tag: str | None = None
    facts: Mapping[str, int] = field(default_factory=dict)
    final_url: str | None = None
    modified: datetime | None = None


@dataclass(frozen=True)
class Landed:
    """A received file. Times are UTC; `bytes` is the size as received, before compression.

    `origin` was asked and `final_url` answered, their secrets left out; `modified` is the date the
    server gave to the file. `tag` holds for the contract's address it came from, known by its
    digest `asked`.
    """

    source: str
    sha256: str
    bytes: int
    landed_bytes: int
    origin: str
    received_at: datetime
    tag: str | None
    facts: Mapping[str, int]
    path: Path
    downloaded: bool
    final_url: str | None = None
    modified: datetime | None = None
    asked: str | None = None
    as_received: str | None = None

    @property
    def given(self) -> str:
        """The sha256 of what the source gave, of which rows may have been taken out since."""
        return self.as_received or self.sha256

    def comes_from(self, address: str) -> bool:
        """Whether this address of a contract was asked."""
        return self.asked == _digest(address)

    def tag_at(self, address: str) -> str | None:
        """The tag, if it is that of an address: two servers may call two files `"1"`."""
        return self.tag if self.comes_from(address) else None


class Landing:
    """Files received, one folder per source."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def last(self, source: str, partition: str | None = None) -> Landed | None:
        """The last file received for a source, or one of its partitions, if it is still here."""
        index = self._index(source, partition)
        if not index.is_file():
            return None
        try:
            known = json.loads(index.read_text(encoding="utf-8"))
            path = self._file(source, known["sha256"])
            known["received_at"] = datetime.fromisoformat(known["received_at"])
            known["modified"] = _moment(known.get("modified"))
            landed = Landed(**known, path=path, downloaded=False)
        except (ValueError, KeyError, TypeError):
            return None  # cut short by a crash: the file will be asked for again
        whole = path.is_file() and path.stat().st_size == landed.landed_bytes
        return landed if whole else None

    def partitions(self, source: str) -> set[str]:
        """The partitions of which a file was received."""
        return {path.stem for path in (self.home.landing / source).glob("[0-9]*.json")}

    def forget(self, source: str, partition: str) -> None:
        """Remove the file of a partition, unless it is also another's, and what is known of it."""
        known = self.last(source, partition)
        self._index(source, partition).unlink(missing_ok=True)
        others = (self.last(source, other) for other in self.partitions(source))
        if known and known.sha256 not in {other.sha256 for other in others if other}:
            known.path.unlink(missing_ok=True)

    def take(
        self,
        source: str,
        fetch: Callable[[Path, str | None], Answer | None],
        *,
        address: str = "",
        partition: str | None = None,
        door: Door | None = None,
    ) -> Landed:
        """Receive a source's file, or that of a partition; keep the last one if nothing changed.

        `fetch` writes to the path it is given and returns what it brought, or None when the tag
        it is given still holds. `address` is the one of the contract. What `door` takes out of a
        new file never enters the landing.
        """
        last = self.last(source, partition)
        self.home.work.mkdir(parents=True, exist_ok=True)
        received = self.home.work / f"{source}.received"
        try:
            answer = fetch(received, last.tag_at(address) if last else None)
            if answer is None:
                if last is None:
                    raise RuntimeError(f"connector of {source} says « unchanged » to a first call")
                for index in self._indexes(source, partition):
                    index.touch()
                return last
            return self._store(source, received, answer, last, _digest(address), partition, door)
        finally:
            received.unlink(missing_ok=True)

    def unpack(self, source: str, sha256: str, destination: Path) -> None:
        """Write a landed file's bytes, as they were received.

        Raises:
            SourceError: `DEPOT_ALTERE`, when they no longer are; the file is put aside, so that
                the source is asked again next time.
            FileNotFoundError: the landing no longer holds it.
        """
        sha256 = self.successor(source, sha256)
        path, digest = self._file(source, sha256), hashlib.sha256()
        try:
            with path.open("rb") as packed, destination.open("wb") as plain:
                reader = zstandard.ZstdDecompressor().stream_reader(packed)
                while chunk := reader.read(CHUNK):
                    digest.update(chunk)
                    plain.write(chunk)
            whole = digest.hexdigest() == sha256
        except zstandard.ZstdError:
            whole = False
        if not whole:
            path.replace(path.with_suffix(".altered"))
            raise SourceError(
                "DEPOT_ALTERE",
                "le fichier gardé au dépôt n’est plus celui qui a été reçu ; il est mis de côté "
                "et la source sera relue à la prochaine exécution",
            )

    def kept(self, source: str) -> list[Path]:
        """Every file of a source, the oldest first."""
        folder = self._index(source).parent
        return sorted(folder.glob("*.zst"), key=lambda path: (path.stat().st_mtime, path.name))

    def successor(self, source: str, sha256: str) -> str:
        """The name of what remains of a file: its own, while nothing was taken out of it."""
        seen = set[str]()
        while (told := self._tombstone(source, sha256)).is_file() and sha256 not in seen:
            seen.add(sha256)
            sha256 = told.read_text(encoding="ascii").strip()
        return sha256

    def supersede(self, source: str, sha256: str, remains: Path) -> str:
        """Keep what remains of a file instead of it; the sha256 of what remains.

        The former name then leads to the new one. Cut in between, both are there: to be done again.
        """
        new = sha256_of(remains)
        if new == sha256:
            return new
        former, path = self._file(source, sha256), self._file(source, new)
        received_at = former.stat().st_mtime
        self._pack(remains, path)
        os.utime(path, (received_at, received_at))
        write_whole(self._tombstone(source, sha256), new.encode())
        for partition in (None, *sorted(self.partitions(source))):
            self._rename(source, partition, sha256, new)
        former.unlink()
        fsync_folder(former.parent)
        return new

    def checked_at(self, source: str) -> datetime | None:
        """When the source last said what its file is, changed or not (UTC)."""
        index = self._index(source)
        if not index.is_file():
            return None
        return datetime.fromtimestamp(index.stat().st_mtime, UTC).replace(tzinfo=None)

    def _store(
        self,
        source: str,
        received: Path,
        answer: Answer,
        last: Landed | None,
        asked: str,
        partition: str | None,
        door: Door | None,
    ) -> Landed:
        """Keep a file; the same bytes as last time are the same file, whatever the server says."""
        given, size = sha256_of(received), received.stat().st_size
        if last is not None and last.given == given:
            whence = _whence(answer)
            same = replace(last, tag=answer.tag, asked=asked, downloaded=True, **whence)
            self._remember(same, partition)
            return same
        facts, sha256 = dict(answer.facts), given
        if door is not None and (went := door(received)):
            facts[SUPPRESSED] = went
            sha256 = sha256_of(received)
        path = self._file(source, sha256)
        self._pack(received, path)
        self._tombstone(source, sha256).unlink(missing_ok=True)
        landed = Landed(
            source=source,
            sha256=sha256,
            bytes=size,
            landed_bytes=path.stat().st_size,
            received_at=datetime.now(UTC).replace(tzinfo=None),
            tag=answer.tag,
            facts=facts,
            path=path,
            downloaded=True,
            asked=asked,
            as_received=given if given != sha256 else None,
            **_whence(answer),
        )
        self._remember(landed, partition)
        return landed

    def _rename(self, source: str, partition: str | None, sha256: str, new: str) -> None:
        """Remember a file under its new name, where it was remembered under the former one."""
        last, index = self.last(source, partition), self._index(source, partition)
        if last is None or last.sha256 != sha256:
            return
        asked_at, size = index.stat().st_mtime, self._file(source, new).stat().st_size
        renamed = replace(last, sha256=new, landed_bytes=size, as_received=last.given)
        write_whole(index, _written(renamed))
        os.utime(index, (asked_at, asked_at))

    def _pack(self, plain: Path, path: Path) -> None:
        """Compress a file to its place."""
        path.parent.mkdir(parents=True, exist_ok=True)
        clear(path.parent, ".*")  # a killed run's
        packed = path.parent / ".packed"  # beside its place: the landing may be a disk of its own
        with (
            plain.open("rb") as source,
            packed.open("wb") as file,
            zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False) as writer,
        ):
            while chunk := source.read(CHUNK):
                writer.write(chunk)
        settle(packed, path)

    def _remember(self, landed: Landed, partition: str | None) -> None:
        for index in self._indexes(landed.source, partition):
            write_whole(index, _written(landed))

    def _indexes(self, source: str, partition: str | None) -> list[Path]:
        """Where a file is remembered: as its partition's, and as the last one of its source."""
        partitioned = [self._index(source, partition)] if partition else []
        return [*partitioned, self._index(source)]

    def _index(self, source: str, partition: str | None = None) -> Path:
        return self.home.landing / source / f"{partition or 'last'}.json"

    def _file(self, source: str, sha256: str) -> Path:
        return self.home.landing / source / f"{sha256}.zst"

    def _tombstone(self, source: str, sha256: str) -> Path:
        """Where a file that was superseded says by which."""
        return self.home.landing / source / f"{sha256}.redacted"


def _written(landed: Landed) -> bytes:
    """What is remembered of a file."""
    known = asdict(landed)
    known["received_at"] = landed.received_at.isoformat()
    known["modified"] = landed.modified.isoformat() if landed.modified else None
    del known["path"], known["downloaded"]
    return json.dumps(known, ensure_ascii=False, indent=1).encode()


def _digest(address: str) -> str:
    """An address may hold what may not be written."""
    return hashlib.sha256(address.encode()).hexdigest()


def _whence(answer: Answer) -> dict[str, Any]:
    """Where a file comes from, as it may be kept."""
    return {
        "origin": told(answer.origin),
        "final_url": told(answer.final_url) if answer.final_url else None,
        "modified": answer.modified,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
