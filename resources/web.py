"""HTTP. Nothing else speaks it.

Polite, sober and wary: a file is asked for again only if it changed, a server that asks for time is
given it, every hop of a redirection is checked, nothing is read beyond the limits of the contract.
Certificates are verified, always: no setting turns that off.

Which addresses may be reached is in `resources.addresses`, the connections in `resources.network`,
the bodies in `resources.receiving`, the meaning of answers in `resources.answers`. What is asked of
whom is the connectors' business.
"""

import io
import logging
import ssl
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import IO, TypeVar

import certifi
import httpcore
import httpx

from resources.addresses import PORTS, Door, refusal, told
from resources.answers import Passing, cut, failure, unreachable, whole_only
from resources.errors import SourceError
from resources.network import CheckedNetwork, Resolver, addresses_of
from resources.perseverance import persevering
from resources.ranges import RangedFile, Ranges
from resources.receiving import Body, Cut, Limits, Received, receive
from resources.validators import conditions_of, holds

__all__ = ["Limits", "RangedFile", "Received", "Web", "told"]

HOPS = 5
SILENCE_S, CONNECTING_S = 30.0, 10.0
PAGE_BYTES = 100_000_000
REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
PACKED = (".gz", ".zip", ".zst", ".parquet", ".xlsx", ".ods")
LENGTH = "content-length"
CONDITIONAL = frozenset({"If-None-Match", "If-Modified-Since"})
# What may follow a redirection to another server; a key of the first one may not.
HARMLESS = frozenset(
    {"accept", "accept-encoding", "if-modified-since", "if-none-match", "if-range", "range"}
)

# They tell every address they ask, and every header they get, to whoever listens: secrets too.
for library in ("httpx", "httpcore"):
    logging.getLogger(library).setLevel(logging.WARNING)

T = TypeVar("T")


class Web:
    """An HTTP client; every failure of a source is a `SourceError` told in French.

    Codes: those of `resources.answers` (`SOURCE_INDISPONIBLE`, `TRONQUE`, `QUOTA`, `CERTIFICAT`,
    `ABSENTE`, `ACCES_REFUSE`, `SANS_PLAGES`), and `ADRESSE_INTERDITE`, `BOMBE`, `TROP_GROS`,
    `ILLISIBLE`.
    """

    def __init__(
        self,
        transport: httpx.BaseTransport | None = None,
        *,
        internal: frozenset[Door] = frozenset(),
        relay: str = "",
        agent: str = "Ardoise",
        authorities: Path | None = None,
        resolve: Resolver = addresses_of,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`internal` hosts may be reached although not public; `relay` is asked in place of all
        others; `authorities` is a file of certificate authorities trusted instead of the system's.
        `transport`, `resolve` and `pause` are what tests give instead of the network.
        """
        self.relay = relay.rstrip("/")
        self.internal = internal
        self._agent = agent
        self._authorities = authorities
        self._transport = transport
        self._resolve = resolve
        self._pause = pause

    def download(
        self,
        url: str,
        destination: Path,
        limits: Limits,
        *,
        tag: str | None = None,
        headers: Mapping[str, str] = {},
    ) -> Received | None:
        """Receive a file; None when what `tag` stands for still holds.

        Raises:
            SourceError: with one of the codes of this class.
        """
        conditions = conditions_of(tag, url)

        def attempt() -> Received | None:
            with self.answered(url, limits, {**headers, **conditions}) as (response, last):
                if holds(conditions, response.status_code, response.headers):
                    return None
                with destination.open("wb") as file:
                    return _received(url, response, last, limits, file)

        return self._persevering(limits, attempt)

    def read(
        self, url: str, limits: Limits, *, headers: Mapping[str, str] = {}
    ) -> tuple[bytes, Received]:
        """Receive a small document: a page of an API, held in memory (100 MB at most).

        Raises:
            SourceError: with one of the codes of this class.
        """
        limits = replace(limits, max_bytes=min(limits.max_bytes, PAGE_BYTES))

        def attempt() -> tuple[bytes, Received]:
            with self.answered(url, limits, headers) as (response, last), io.BytesIO() as file:
                received = _received(url, response, last, limits, file)
                return file.getvalue(), received

        return self._persevering(limits, attempt)

    def opened(self, url: str, limits: Limits, *, headers: Mapping[str, str] = {}) -> RangedFile:
        """A distant file to be read in part. `max_bytes` holds for what travels, the deadline for
        the whole reading.

        Raises:
            SourceError: `SANS_PLAGES` when the server only gives whole files, or another code of
                this class, at once or while reading.
        """

        def ask(start: int, end: int, left: Limits) -> tuple[bytes, Received]:
            wanted = {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
            answer = self.answered(url, left, {**headers, **wanted}, expected=206)
            with answer as (response, last), io.BytesIO() as file:
                received = _received(url, response, last, left, file)
                return file.getvalue(), received

        def persevering(start: int, end: int, left: Limits) -> tuple[bytes, Received]:
            return self._persevering(left, lambda: ask(start, end, left))

        return Ranges(told(url), limits, persevering).opened()

    def post_json(self, url: str, content: Mapping[str, object]) -> None:
        """Send one JSON document to an address the operator chose, internal or not.

        Raises:
            ConnectionError: no answer, or an answer that is not a success.
        """
        try:
            trusting = Web(self._transport, internal=frozenset({_door(httpx.URL(url))}))
            trusting._client.post(url, json=dict(content), timeout=10).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL, SourceError) as error:
            # The address may hold a secret: only the kind of error is told.
            raise ConnectionError(f"webhook: {type(error).__name__}") from None

    def _persevering(self, limits: Limits, attempt: Callable[[], T]) -> T:
        return persevering(attempt, limits.attempts, limits.deadline_s, self._pause)

    @contextmanager
    def answered(
        self, url: str, limits: Limits, headers: Mapping[str, str], *, expected: int = 200
    ) -> Iterator[tuple[httpx.Response, httpx.URL]]:
        """The answer once every redirection was followed, and the address that gave it.

        Raises:
            SourceError: it holds nothing, or must not be asked for.
            Passing: the same, and another attempt may do.
        """
        with _told(told(url)):
            address = httpx.URL(url)
            for _ in range(HOPS + 1):
                with self._sent(address, limits, headers) as response:
                    if response.status_code not in REDIRECTIONS:
                        if response.status_code != 304 or CONDITIONAL.isdisjoint(headers):
                            _judge(response, told(url), expected)
                        yield response, address
                        return
                    following = _following(response, address)
                if _origin(following) != _origin(address):
                    headers = {k: v for k, v in headers.items() if k.lower() in HARMLESS}
                address = following
        raise SourceError(
            "ADRESSE_INTERDITE",
            f"« {told(url)} » renvoie plus de {HOPS} fois vers une autre adresse",
        )

    @contextmanager
    def _sent(
        self, address: httpx.URL, limits: Limits, headers: Mapping[str, str]
    ) -> Iterator[httpx.Response]:
        asked = self._asked(address, limits)
        # A file that is already compressed gains nothing from being compressed again.
        packed = {"Accept-Encoding": "identity"} if address.path.endswith(PACKED) else {}
        request = self._client.build_request("GET", asked, headers={**packed, **headers})
        response = self._client.send(request, stream=True)
        try:
            yield response
            moved = response.status_code in REDIRECTIONS
            if response.status_code == 304 or (moved and _headers(response).get(LENGTH) == "0"):
                response.read()  # no byte is left, only its end: the connection serves again
        finally:
            response.close()

    def _asked(self, address: httpx.URL, limits: Limits) -> httpx.URL:
        """The address to ask for this one: itself, or the relay's.

        Raises:
            SourceError: `ADRESSE_INTERDITE`.
        """
        internal = _door(address) in self.internal
        why = refusal(
            address.scheme,
            address.host,
            credentials=bool(address.userinfo),
            plain_http=limits.plain_http,
            internal=internal,
        )
        if why:
            shown = told(str(address))
            raise SourceError("ADRESSE_INTERDITE", f"l’adresse « {shown} » est refusée : {why}")
        if not self.relay or internal:
            return address
        place, path = address.netloc.decode("ascii"), address.raw_path.decode("ascii")
        return httpx.URL(f"{self.relay}/{place}{path}")

    @cached_property
    def _client(self) -> httpx.Client:
        """The client: no cookie, no proxy of the machine, no redirection of its own."""
        client = httpx.Client(
            transport=self._transport or self._checked_transport(),
            timeout=httpx.Timeout(SILENCE_S, connect=CONNECTING_S),
            follow_redirects=False,
            trust_env=False,
            headers={
                "User-Agent": self._agent.encode("ascii", "ignore").decode("ascii"),
                "Accept": "*/*",
                "Accept-Encoding": "gzip, deflate",
            },
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
        weakref.finalize(self, client.close)
        return client

    def _checked_transport(self) -> httpx.HTTPTransport:
        context = _trusting(self._authorities)
        relay = {_door(httpx.URL(self.relay))} if self.relay else set()
        transport = httpx.HTTPTransport(verify=context, trust_env=False)
        # httpx has no door for the network beneath; httpcore, which it stands on, has one.
        transport._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=10,
            max_keepalive_connections=5,
            keepalive_expiry=5,
            network_backend=CheckedNetwork(self.internal | relay, self._resolve),
        )
        return transport


@lru_cache(maxsize=2)
def _trusting(authorities: Path | None) -> ssl.SSLContext:
    """What verifies certificates: a file, else the system, else certifi where it has nothing."""
    context = ssl.create_default_context(cafile=authorities)
    if not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())
    return context


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Turn what httpx raises into what an agent reads; never its text, which holds addresses."""
    try:
        yield
    except (httpx.InvalidURL, UnicodeError):
        raise SourceError(
            "ADRESSE_INTERDITE", f"« {place} » n’est pas, ou ne renvoie pas à, une adresse du web"
        ) from None
    except Cut:
        raise Passing(cut(place)) from None
    except httpx.RemoteProtocolError as error:
        if "body" in str(error):
            raise Passing(cut(place)) from None
        raise Passing(unreachable(place, "le serveur répond de travers")) from None
    except httpx.TimeoutException:
        raise Passing(unreachable(place, "le serveur est trop lent")) from None
    except httpx.TransportError as error:
        if _uncertain(error):
            raise SourceError(
                "CERTIFICAT",
                f"le certificat de « {place} » n’est pas valable : rien ne prouve que ce soit lui",
            ) from None
        raise Passing(unreachable(place, "le serveur ne répond pas")) from None


def _uncertain(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _judge(response: httpx.Response, place: str, expected: int) -> None:
    status = response.status_code
    if status == expected:
        return
    if expected == 206 and status in (200, 416):
        raise whole_only(place)
    encoding = response.headers.get("content-encoding", "")
    beginning = b""
    with suppress(SourceError, Cut):  # what explains a failure may itself fail
        beginning = next(Body(Limits(), encoding).plain(_packets(response)), b"")
    raise failure(place, status, _headers(response), beginning, datetime.now(UTC))


def _following(response: httpx.Response, address: httpx.URL) -> httpx.URL:
    """Where a redirection leads.

    Raises:
        SourceError: nowhere, or from an encrypted address to one that is not.
    """
    following = address.join(response.headers.get("location", ""))
    if address.scheme == "https" and following.scheme == "http":
        raise SourceError(
            "ADRESSE_INTERDITE",
            f"« {told(str(address))} » renvoie d’une adresse chiffrée vers une qui ne l’est pas",
        )
    return following


def _received(
    url: str, response: httpx.Response, last: httpx.URL, limits: Limits, file: IO[bytes]
) -> Received:
    return receive(
        url, str(last), response.status_code, _headers(response), _packets(response), limits, file
    )


def _packets(response: httpx.Response) -> Iterator[bytes]:
    """The body as it travels, still packed."""
    stream = response.stream
    assert isinstance(stream, httpx.SyncByteStream)
    yield from stream


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _door(address: httpx.URL) -> Door:
    return address.host.lower(), address.port or PORTS.get(address.scheme, 0)


def _origin(address: httpx.URL) -> tuple[str, Door]:
    return address.scheme, _door(address)
