"""The journal: an append-only, synced, hash-chained file outside DuckDB.

One line per decision (publication, refusal, export). It holds what a warehouse that lost its last
commits would need to be found out: the version and fingerprint of every published table. No value
of a table ever enters it.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

START = "0" * 64
BLOCK = 65_536
TABLE_DECISIONS = ("publication", "refus")
SOURCE_EVENTS = ("indisponibilite", "retablissement")
# Personal data that no contract declares, found in a version that was refused for it.
FOUND = "donnee_personnelle"
PUBLICATIONS = ("export", "page")


class Journal:
    """The journal of one data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, event: str, **facts: Any) -> None:
        """Append one line and wait for the disk. The line holds the hash of the one before.

        Raises:
            OSError: the disk did not take it; half a line may be there, which is no decision.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # A line cut by a crash was never acknowledged: it is no decision.
            whole = file.truncate(_end_of_last_line(file))
            line = {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "event": event,
                **facts,
                "previous": _last_hash(file, whole),
            }
            line["hash"] = _hash(line)
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self, start: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each line from byte `start` on, with the position that follows it."""
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            file.seek(start)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                start += len(line)
                # A line that was damaged is no decision; `intact` tells that it was.
                if (read := _read(line)) is not None:
                    yield start, read

    def last(self, *events: str) -> dict[str, Any] | None:
        """The last line of these events, read from the end: the length of the journal is free."""
        for line in self._backwards():
            read = _read(line)
            if read is not None and read["event"] in events:
                return read
        return None

    def last_decision(self) -> dict[str, Any] | None:
        """The last publication or refusal of a table."""
        return self.last(*TABLE_DECISIONS)

    def decisions(self) -> Iterator[dict[str, Any]]:
        """Every publication and refusal of a table, oldest first."""
        return (line for _, line in self.lines() if line["event"] in TABLE_DECISIONS)

    def head(self, end: int | None = None) -> tuple[int, str]:
        """Where the journal, or one of its lines (at byte `end`), ends, and the hash it says."""
        if not self.path.is_file():
            return 0, START
        with self.path.open("rb") as file:
            last = _end_of_last_line(file)
            if end is None or end > last or _line_end_before(file, end) != end:
                end = last
            return end, _last_hash(file, end)

    def _backwards(self) -> Iterator[bytes]:
        """Each whole line, the last one first."""
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            end = _end_of_last_line(file)
            while end > 0:
                start = _line_end_before(file, end - 1)
                file.seek(start)
                yield file.read(end - start)
                end = start

    def waiting(self, start: int = 0) -> tuple[str | None, int]:
        """The last decision about a table that the publications do not follow yet.

        Its hash, None when everything is published; and where to look from next time.
        """
        last, missing = None, set[str]()
        for end, line in self.lines(start):
            if line["event"] in (*TABLE_DECISIONS, *SOURCE_EVENTS):
                last, missing = str(line["hash"]), set(PUBLICATIONS)
            missing.discard(line["event"])
            if not missing:
                last, start = None, end
        return last, start

    def intact(self) -> bool:
        """Whether no line was edited, removed or moved (a truncated end is not seen here)."""
        previous = START
        if not self.path.is_file():
            return True
        with self.path.open("rb") as file:
            for text in file:
                if not text.endswith(b"\n"):
                    return True  # cut by a crash, never acknowledged
                line = _read(text)
                if line is None or line["previous"] != previous:
                    return False
                previous = line.pop("hash")
                if _hash(line) != previous:
                    return False
        return True


def _end_of_last_line(file: BinaryIO) -> int:
    """The position after the last line end, 0 when there is none."""
    return _line_end_before(file, file.seek(0, os.SEEK_END))


def _last_hash(file: BinaryIO, end: int) -> str:
    """The hash written in the line that ends at `end`."""
    if end == 0:
        return START
    start = _line_end_before(file, end - 1)
    file.seek(start)
    text = file.read(end - start)
    line = _read(text)
    # Damaged: the chain starts again from what is there, and `intact` stops at it for ever.
    return str(line["hash"]) if line else hashlib.sha256(text).hexdigest()


def _line_end_before(file: BinaryIO, end: int) -> int:
    """The position after the last line end found before `end`, read backwards by blocks."""
    while end > 0:
        start = max(0, end - BLOCK)
        file.seek(start)
        if (found := file.read(end - start).rfind(b"\n")) >= 0:
            return start + found + 1
        end = start
    return 0


def _read(text: bytes) -> dict[str, Any] | None:
    """A line of the journal, None when it is not one."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    whole = isinstance(line, dict) and {"at", "event", "previous", "hash"} <= set(line)
    return line if whole else None


def _hash(line: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(line, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
