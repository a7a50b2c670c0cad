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
PUBLICATIONS = ("export", "page")


class Journal:
    """The journal of one data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, event: str, **facts: Any) -> None:
        """Append one line and wait for the disk. The line holds the hash of the one before."""
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
                yield start, json.loads(line)

    def last(self, event: str) -> dict[str, Any] | None:
        """The last line of an event."""
        found = None
        for _, line in self.lines():
            if line["event"] == event:
                found = line
        return found

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
        for _, line in self.lines():
            stated = line.pop("hash")
            if line["previous"] != previous or _hash(line) != stated:
                return False
            previous = stated
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
    return str(json.loads(file.read(end - start))["hash"])


def _line_end_before(file: BinaryIO, end: int) -> int:
    """The position after the last line end found before `end`, read backwards by blocks."""
    while end > 0:
        start = max(0, end - BLOCK)
        file.seek(start)
        if (found := file.read(end - start).rfind(b"\n")) >= 0:
            return start + found + 1
        end = start
    return 0


def _hash(line: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(line, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
