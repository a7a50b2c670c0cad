"""The body of an answer, written as it comes, under limits. Memory stays flat whatever is sent.

The content encoding is undone here and not by the HTTP client, which would inflate a whole packet
at once: 48 kB may hold 50 MB.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from resources.errors import SourceError
from resources.french import number, weight
from resources.validators import modified_of, tag_of

CHUNK = 1 << 16
# Below this size a high ratio proves nothing: a few kilobytes of zeros are no bomb.
INNOCENT = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How far a download may go, from the contract's `transport:`.

    `deadline_s` covers the whole call, waits and attempts included; `max_bytes` is the size once
    decompressed; `max_ratio` that size over what travelled.
    """

    deadline_s: float = 600
    max_bytes: int = 1_000_000_000
    max_ratio: float = 200
    plain_http: bool = False
    attempts: int = 4


@dataclass(frozen=True)
class Received:
    """What came. Header names are lower-cased; `url` is the last hop's; `bytes` is the size.

    `whole`: the protocol proves that nothing is missing (a length, chunks, a compressed end).
    """

    url: str
    status: int
    headers: Mapping[str, str]
    bytes: int
    tag: str | None = None
    modified: datetime | None = None
    whole: bool = True


class Cut(Exception):
    """The body ended before its end."""


@dataclass
class Body:
    """A body on its way: `travelled` bytes came, `size` bytes were given."""

    limits: Limits
    encoding: str = ""
    travelled: int = 0
    size: int = 0

    def plain(self, packets: Iterable[bytes]) -> Iterator[bytes]:
        """The body as its publisher wrote it, piece by piece.

        Raises:
            Cut: a compressed body has no end.
            SourceError: `TROP_GROS`, `BOMBE` or `ILLISIBLE`.
        """
        for piece in self._decoded(packets):
            self.size += len(piece)
            if self.size > self.limits.max_bytes:
                raise too_big(self.limits)
            if self.size > INNOCENT and self.size > self.limits.max_ratio * self.travelled:
                raise SourceError(
                    "BOMBE",
                    f"le serveur envoie un contenu qui se déplie plus de "
                    f"{number(self.limits.max_ratio)} fois ; la réception est arrêtée",
                )
            yield piece

    def _decoded(self, packets: Iterable[bytes]) -> Iterator[bytes]:
        if self.encoding in ("", "identity"):
            yield from self._counted(packets)
            return
        if self.encoding not in ("gzip", "x-gzip", "deflate"):
            raise SourceError(
                "ILLISIBLE",
                "le serveur compresse d’une façon qui ne lui a pas été demandée",
            )
        bits = 47 if "gzip" in self.encoding else 15  # 47: gzip or zlib, told by the header
        inflater = zlib.decompressobj(bits)
        started = False
        try:
            for packet in self._counted(packets):
                waiting = packet
                while waiting:
                    if inflater.eof:  # another member follows: still one file
                        inflater = zlib.decompressobj(bits)
                    if not started and "deflate" in self.encoding and waiting[0] & 0x0F != 8:
                        inflater = zlib.decompressobj(-15)  # raw deflate, as some servers do
                    started = True
                    if piece := inflater.decompress(waiting, CHUNK):
                        yield piece
                    waiting = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        except zlib.error:
            raise SourceError(
                "ILLISIBLE", "le contenu compressé par le serveur ne se déplie pas"
            ) from None
        while not inflater.eof and (piece := inflater.decompress(inflater.unconsumed_tail, CHUNK)):
            yield piece
        if started and not inflater.eof:
            raise Cut

    def _counted(self, packets: Iterable[bytes]) -> Iterator[bytes]:
        for packet in packets:
            self.travelled += len(packet)
            yield packet


def too_big(limits: Limits) -> SourceError:
    """The refusal of a file larger than its contract says it may be."""
    return SourceError(
        "TROP_GROS",
        f"le fichier dépasse {weight(limits.max_bytes)}, la limite du contrat "
        "(« transport: {max_mb: … } ») ; la réception est arrêtée",
    )


def receive(
    url: str,
    last: str,
    status: int,
    headers: Mapping[str, str],
    packets: Iterable[bytes],
    limits: Limits,
    file: IO[bytes],
) -> Received:
    """Write the body of an answer, whole or not at all. `url` was asked, `last` answered.

    Raises:
        Cut: less came than the server announced.
        SourceError: `TROP_GROS`, `BOMBE` or `ILLISIBLE`.
    """
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limits.max_bytes:
        raise too_big(limits)
    encoding = headers.get("content-encoding", "").strip().lower()
    body = Body(limits, encoding)
    for piece in body.plain(packets):
        file.write(piece)
    if length.isdecimal() and int(length) != body.travelled:
        raise Cut
    return Received(
        url=last,
        status=status,
        headers=headers,
        bytes=body.size,
        tag=tag_of(url, headers),
        modified=modified_of(headers),
        whole=bool(length or encoding or "transfer-encoding" in headers),
    )
