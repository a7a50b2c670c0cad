"""A distant file read in part, as if it were here: a seekable file over ranges of bytes.

Reads ahead, and keeps the last pieces read: the footer of a Parquet file is looked at several
times. How a range is asked is given to it.
"""

import io
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from resources.answers import whole_only
from resources.errors import SourceError
from resources.receiving import Limits, Received, too_big

AHEAD = 1 << 16
KEPT = 8


class RangedFile(io.RawIOBase):
    """A file of `size` bytes of which any range can be asked; `travelled` bytes came so far.

    `tag` and `modified` are what the server says of its version. Safe for several threads, as
    long as each does its own seek and read under its own handle.
    """

    def __init__(
        self,
        size: int,
        fetch: Callable[[int, int], bytes],
        *,
        url: str = "",
        tag: str | None = None,
        modified: datetime | None = None,
    ) -> None:
        """`fetch(start, end)` returns exactly the bytes from start, end excluded."""
        super().__init__()
        self.size = size
        self.url = url
        self.tag = tag
        self.modified = modified
        self.travelled = 0
        self._fetch = fetch
        self._at = 0
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self._lock = threading.RLock()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read starts."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move, from the start, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("a position before the start of the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, short only at the end of the file."""
        view = memoryview(buffer).cast("B")
        with self._lock:
            start = min(self._at, self.size)
            end = min(start + len(view), self.size)
            if start < end:
                view[: end - start] = self._range(start, end)
            self._at = end if start < end else self._at
            return end - start

    def _range(self, start: int, end: int) -> bytes:
        for at, piece in self._kept:
            if at <= start and end <= at + len(piece):
                return piece[start - at : end - at]
        # Near the end the whole end is taken: that is where a Parquet file begins to be read.
        first = min(start, max(self.size - AHEAD, 0))
        last = min(max(end, start + AHEAD), self.size)
        first = first if last == self.size else start
        piece = self._fetch(first, last)
        self.travelled += len(piece)
        self._kept.append((first, piece))
        return piece[start - first : end - first]


class Ranges:
    """The ranges of one distant file, all of one version, within one deadline and one volume."""

    def __init__(
        self,
        place: str,
        limits: Limits,
        ask: Callable[[int, int, Limits], tuple[bytes, Received]],
    ) -> None:
        """`ask(start, end, limits)` asks a server for bytes; `place` is how to tell of it."""
        self.place = place
        self.limits = limits
        self.end = time.monotonic() + limits.deadline_s
        self.travelled = 0
        self._ask = ask
        self._version: str | None = None
        self._size: int | None = None

    def opened(self) -> RangedFile:
        """The file; one byte is asked for, to know its size and whether parts are given."""
        _, received = self._asked(0, 1)
        self._size = int(received.headers["content-range"].rpartition("/")[2])
        self._version = received.headers.get("etag")
        return RangedFile(
            self._size,
            lambda start, end: self._asked(start, end)[0],
            url=received.url,
            tag=received.tag,
            modified=received.modified,
        )

    def _asked(self, start: int, end: int) -> tuple[bytes, Received]:
        self.travelled += end - start
        if self.travelled > self.limits.max_bytes:
            raise too_big(self.limits)
        left = replace(self.limits, deadline_s=max(self.end - time.monotonic(), 0))
        content, received = self._ask(start, end, left)
        if not self._right(start, end, content, received):
            raise whole_only(self.place)
        total = int(received.headers["content-range"].rpartition("/")[2])
        moved = self._size is not None and (
            total != self._size or received.headers.get("etag") != self._version
        )
        if moved:
            raise SourceError("TRONQUE", f"« {self.place} » a changé pendant qu’il était lu")
        return content, received

    def _right(self, start: int, end: int, content: bytes, received: Received) -> bool:
        """Whether what came is what was asked."""
        said = received.headers.get("content-range", "").lower().replace("bytes", "").strip()
        place, _, total = said.partition("/")
        return place == f"{start}-{end - 1}" and total.isdecimal() and len(content) == end - start
