"""A portal's own interface: addresses put together, documents asked, all within one contract's
limits, whatever the number of pages.

Knows JSON and quotas; HTTP is in `resources.web`, what each portal means is in its connector.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from assets.connectors.request import Request
from resources.errors import SourceError
from resources.receiving import Limits, Received


def address(base: str, words: Iterable[tuple[str, str]] = ()) -> str:
    """An address and its parameters, a space written `%20` as every server reads it."""
    query = urlencode(list(words), quote_via=quote)
    return f"{base}?{query}" if query else base


class Interface:
    """A portal, asked for one source. `headers` may hold its key."""

    def __init__(self, request: Request, headers: Mapping[str, str] = {}) -> None:
        self._web = request.web
        self._headers = headers
        self._limits = request.limits
        self._end = time.monotonic() + request.limits.deadline_s
        self._bytes = 0
        self._calls_left: int | None = None
        self._reset = ""
        # Numbers keep the digits they are written with when they are to become text.
        exact = request.contract.format == "csv"
        self._decoder = json.JSONDecoder(
            parse_float=str if exact else None, parse_int=str if exact else None
        )

    def document(
        self, url: str, *, explain: Callable[[bytes], SourceError | None] = lambda _: None
    ) -> dict[str, Any]:
        """A JSON object; `explain` may know what another kind of document means.

        Raises:
            SourceError: with a code of `resources.web`; `SOURCE_INDISPONIBLE` for another kind of
                document, which is what portals under maintenance answer.
        """
        self.afford(1)
        content, received = self._web.read(url, self._left(), headers=self._headers)
        self._noted(received)
        try:
            found = self._decoder.decode(content.decode("utf-8-sig"))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise explain(content) or SourceError(
                "SOURCE_INDISPONIBLE",
                f"« {urlsplit(url).netloc} » répond par autre chose que des données"
                f"{_kind(content)}",
            )
        return found

    def file(self, url: str, destination: Path) -> Received:
        """A whole file.

        Raises:
            SourceError: as above; a web page in place of a file is `SOURCE_INDISPONIBLE`.
        """
        self.afford(1)
        received = self._web.download(url, destination, self._left(), headers=self._headers)
        assert received is not None  # no tag was given
        self._noted(received)
        with destination.open("rb") as file:
            beginning = file.read(512)
        if _kind(beginning):
            raise SourceError(
                "SOURCE_INDISPONIBLE",
                f"« {urlsplit(url).netloc} » répond par autre chose que le fichier demandé"
                f"{_kind(beginning)}",
            )
        return received

    def afford(self, calls: int) -> None:
        """Ask nothing when the portal said that fewer calls are left to us.

        Raises:
            SourceError: `QUOTA`.
        """
        if self._calls_left is not None and self._calls_left < calls:
            raise SourceError(
                "QUOTA",
                f"le portail ne nous accorde plus que {self._calls_left} demande(s){self._reset} ; "
                f"il en faudrait {calls}, rien de plus n’est demandé",
            )

    def _left(self) -> Limits:
        """What is left of the time and of the size for this source."""
        return replace(
            self._limits,
            deadline_s=max(self._end - time.monotonic(), 0.001),
            max_bytes=self._limits.max_bytes - self._bytes,
        )

    def _noted(self, received: Received) -> None:
        self._bytes += received.bytes
        left = received.headers.get("x-ratelimit-remaining", "")
        self._calls_left = int(left) if left.isdecimal() else self._calls_left
        if reset := received.headers.get("x-ratelimit-reset"):
            self._reset = f" jusqu’au {reset[:25]}"


def same_place(url: str, other: str) -> bool:
    """Whether an address a portal gives leads to the same service as another: scheme, server, path.

    A portal that could send us elsewhere could also choose what we read there.
    """
    one, two = urlsplit(url), urlsplit(other)
    return (one.scheme, one.netloc, one.path) == (two.scheme, two.netloc, two.path)


def elsewhere(url: str) -> SourceError:
    """The error of a next page that is not of the same service."""
    return SourceError(
        "ADRESSE_INTERDITE",
        f"le portail donne une page suivante sur un autre serveur (« {urlsplit(url).netloc} »)",
    )


def _kind(content: bytes) -> str:
    """What stands in place of data, where it can be told."""
    beginning = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith((b"<!doctype html", b"<html")):
        return " (une page web)"
    if beginning.startswith(b"<?xml"):
        return " (un document XML)"
    return ""
