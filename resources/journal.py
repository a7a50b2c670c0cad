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
from typing import Any

START = "0" * 64


class Journal:
    """The journal of one data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, event: str, **facts: Any) -> None:
        """Append one line and wait for the disk. The line holds the hash of the one before."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            line = {
                "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "event": event,
                **facts,
                "previous": _last_hash(file),
            }
            line["hash"] = _hash(line)
            file.seek(0, os.SEEK_END)
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

    def intact(self) -> bool:
        """Whether no line was edited, removed or moved (a truncated end is not seen here)."""
        previous = START
        for _, line in self.lines():
            stated = line.pop("hash")
            if line["previous"] != previous or _hash(line) != stated:
                return False
            previous = stated
        return True


def _last_hash(file: Any) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65536))
    lines = file.read().splitlines()
    return str(json.loads(lines[-1])["hash"]) if lines else START


def _hash(line: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(line, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
