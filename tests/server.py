"""A server of this machine that misbehaves on demand: every fault of transport, one handler each.

    with Server() as server:
        server.on("/communes.csv", whole(b"..."))            # always the same answer
        server.on("/lent.csv", [status(503), whole(b"...")])  # one per request, the last one stays
        contract = f"url: {server.url}/communes.csv\ntransport: {{plain_http: true}}"
        settings = Settings(home=…, outside=server.outside)

`server.asked` is every request so far. Handlers compose: `named("x", whole(b"..."))`. With
`Server(certificate=self_signed(folder))` it speaks https.
"""

import datetime as dt
import gzip
import http.server
import ipaddress
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Self

from resources.settings import Outside


@dataclass(frozen=True)
class Asked:
    """One request, header names lower-cased."""

    path: str
    headers: dict[str, str]


class Exchange:
    """One request and the wire to answer on."""

    def __init__(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        self._handler = handler
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}

    def head(self, code: int, headers: Iterable[tuple[str, str]] = ()) -> None:
        """Status line and headers."""
        self._handler.send_response(code)
        for name, value in headers:
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def send(self, body: bytes) -> None:
        """Bytes as they are."""
        self._handler.wfile.write(body)
        self._handler.wfile.flush()

    def tear(self) -> None:
        """Reset the connection."""
        linger = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.connection.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Nothing more will come."""
        self._handler.close_connection = True


Handler = Callable[[Exchange], None]
Headers = dict[str, str]


class Server:
    """An HTTP server on a free port, one thread per connection."""

    def __init__(self, certificate: tuple[Path, Path] | None = None) -> None:
        """`certificate` is a certificate and its key, both PEM."""
        self.asked: list[Asked] = []
        self._handlers: dict[str, list[Handler]] = {}
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handling())
        self._server.daemon_threads = True
        self._authorities = certificate[0] if certificate else None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            # The handshake belongs to the thread of the connection, not to the one that accepts.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._scheme = "https" if certificate else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        """The port it listens to."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def outside(self) -> Outside:
        """The settings that let it be reached, and trusted when it speaks https."""
        return Outside(
            internal=frozenset({("127.0.0.1", self.port)}), authorities=self._authorities
        )

    @property
    def relay(self) -> Outside:
        """The settings that send everything here: `https://x.fr/y` is asked as `/x.fr/y`."""
        return Outside(relay=self.url, authorities=self._authorities)

    def on(self, path: str, handlers: Handler | Sequence[Handler]) -> str:
        """Answer a path; its address. A path that ends with * answers all that begin so."""
        self._handlers[path] = list(handlers) if isinstance(handlers, Sequence) else [handlers]
        return self.url + path

    def times(self, path: str) -> int:
        """How often a path was asked."""
        return sum(asked.path == path for asked in self.asked)

    def _handling(server) -> type[http.server.BaseHTTPRequestHandler]:
        class Answering(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                exchange = Exchange(self)
                server.asked.append(Asked(exchange.path, exchange.headers))
                # A client that leaves in the middle is what many tests are about.
                with suppress(ConnectionError, ssl.SSLError):
                    server._handler(exchange.path)(exchange)

            def handle(self) -> None:
                with suppress(ConnectionError, ssl.SSLError, TimeoutError):
                    super().handle()

            def finish(self) -> None:
                with suppress(ConnectionError, ssl.SSLError):
                    super().finish()

            def log_message(self, *_: object) -> None:
                pass

        return Answering

    def _handler(self, asked: str) -> Handler:
        path = asked if asked in self._handlers else asked.partition("?")[0]
        wild = [
            known for known in self._handlers if known[-1] == "*" and path.startswith(known[:-1])
        ]
        handlers = self._handlers.get(path) or (self._handlers[wild[0]] if wild else [status(404)])
        return handlers.pop(0) if len(handlers) > 1 else handlers[0]


# --- good behaviour -----------------------------------------------------------------------------


def whole(body: bytes, headers: Headers | None = None) -> Handler:
    """The file, with its length and no validator."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Content-Length", str(len(body))), *(headers or {}).items()])
        exchange.send(body)

    return answer


def validated(body: bytes, etag: str = '"v1"', modified: dt.datetime | None = None) -> Handler:
    """The file with its validators, and 304 to who knows them."""
    said = {"ETag": etag} if etag else {}
    if modified:
        said["Last-Modified"] = format_datetime(modified, usegmt=True)

    def answer(exchange: Exchange) -> None:
        known = exchange.headers.get("if-none-match") or exchange.headers.get("if-modified-since")
        if known in said.values():
            exchange.head(304, said.items())
        else:
            whole(body, said)(exchange)

    return answer


def chunked(body: bytes, size: int = 4096) -> Handler:
    """The file in chunks, as exports made on the fly are sent."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Transfer-Encoding", "chunked")])
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            exchange.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        exchange.send(b"0\r\n\r\n")

    return answer


def zipped(body: bytes) -> Handler:
    """The file, gzipped for the journey."""
    return whole(gzip.compress(body), {"Content-Encoding": "gzip"})


def ranged(body: bytes, etag: str = '"v1"') -> Handler:
    """A file of which parts may be asked."""

    def answer(exchange: Exchange) -> None:
        asked = exchange.headers.get("range", "").removeprefix("bytes=")
        if not asked:
            whole(body, {"ETag": etag, "Accept-Ranges": "bytes"})(exchange)
            return
        first, _, last = asked.partition("-")
        start, end = int(first), min(int(last or len(body)), len(body) - 1)
        part = body[start : end + 1]
        exchange.head(
            206,
            [
                ("Content-Length", str(len(part))),
                ("Content-Range", f"bytes {start}-{end}/{len(body)}"),
                ("ETag", etag),
            ],
        )
        exchange.send(part)

    return answer


# --- faults, by their numbers in faults.md ------------------------------------------------------


def short(body: bytes, missing: int = 10) -> Handler:
    """B1: fewer bytes than announced."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Content-Length", str(len(body)))])
        exchange.send(body[:-missing])
        exchange.hang_up()

    return answer


def cut_chunks(body: bytes) -> Handler:
    """B1, in chunks: the last one never comes."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Transfer-Encoding", "chunked")])
        exchange.send(b"%x\r\n%b\r\n" % (len(body), body))
        exchange.hang_up()

    return answer


def cut_zip(body: bytes) -> Handler:
    """B1, gzipped, without length: the end of the compressed stream is missing."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Content-Encoding", "gzip"), ("Connection", "close")])
        exchange.send(gzip.compress(body)[:-12])
        exchange.hang_up()

    return answer


def unframed(body: bytes) -> Handler:
    """B2: no length, no chunks: only the end of the connection ends the file."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Connection", "close")])
        exchange.send(body)
        exchange.hang_up()

    return answer


def status(code: int, headers: Headers | None = None, body: bytes = b"") -> Handler:
    """B3, B12: an answer without a file."""

    def answer(exchange: Exchange) -> None:
        exchange.head(code, [("Content-Length", str(len(body))), *(headers or {}).items()])
        exchange.send(body)

    return answer


def drip(body: bytes, every_s: float = 0.05) -> Handler:
    """B4: one byte at a time."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Content-Length", str(len(body)))])
        for byte in body:
            exchange.send(bytes([byte]))
            time.sleep(every_s)

    return answer


def drip_head(every_s: float = 0.05, count: int = 400) -> Handler:
    """B4, before the body: the headers never end."""

    def answer(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\n")
        for index in range(count):
            exchange.send(b"X-%d: a\r\n" % index)
            time.sleep(every_s)

    return answer


def redirect(to: str, code: int = 302) -> Handler:
    """B7: elsewhere."""
    return status(code, {"Location": to})


def named(filename: str, handler: Handler) -> Handler:
    """B9: a file name the client should not believe."""

    def answer(exchange: Exchange) -> None:
        told = exchange.head
        exchange.head = lambda code, headers=(): told(  # type: ignore[method-assign]
            code, [*headers, ("Content-Disposition", f'attachment; filename="{filename}"')]
        )
        handler(exchange)

    return answer


def bomb(megabytes: int = 50) -> Handler:
    """B10: a few kilobytes that unfold into megabytes."""
    packed = gzip.compress(bytes(megabytes * 1_000_000))
    return whole(packed, {"Content-Encoding": "gzip"})


def hang_up(exchange: Exchange) -> None:
    """No answer at all."""
    exchange.hang_up()


def garbage(exchange: Exchange) -> None:
    """An answer that is no HTTP."""
    exchange.send(b"\x00\x01\x02 not http\r\n\r\n")
    exchange.hang_up()


def endless(exchange: Exchange) -> None:
    """B10 and B4: a body that never stops."""
    exchange.head(200, [("Transfer-Encoding", "chunked")])
    for _ in range(10_000):
        exchange.send(b"10000\r\n" + bytes(65_536) + b"\r\n")


def endless_head(exchange: Exchange) -> None:
    """Headers that never stop, as fast as they can be sent."""
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    for index in range(100_000):
        exchange.send(b"X-%d: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" % index)


def patience_please(exchange: Exchange) -> None:
    """Interim answers that never stop (RFC 9110 §15.2), slowly enough to keep one awake."""
    for _ in range(400):
        exchange.send(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.05)


def reset(body: bytes) -> Handler:
    """B1: the connection is torn, not closed."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Content-Length", str(len(body)))])
        exchange.send(body[: len(body) // 2])
        exchange.tear()

    return answer


def talkative(body: bytes) -> Handler:
    """More bytes than announced."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, [("Content-Length", str(len(body)))])
        exchange.send(body + b"B-999;chose;1;01/01/2021;\n")
        exchange.hang_up()

    return answer


# --- certificates -------------------------------------------------------------------------------


def self_signed(
    folder: Path, *, expired: bool = False, host: str = "127.0.0.1"
) -> tuple[Path, Path]:
    """A certificate nobody vouches for, and its key, as PEM files."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    end = now - dt.timedelta(days=1) if expired else now + dt.timedelta(days=1)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=2))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths
