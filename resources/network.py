"""The connections themselves: made to the very address that was checked, ended by one deadline.

Below HTTP, so that nothing can go round it: every hop of a redirection, every retry and every name
that changes its mind between two looks (DNS rebinding) passes here. Nothing is known of requests.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any

import httpcore

from resources.addresses import INTERNAL, Door, is_public
from resources.errors import SourceError

Resolver = Callable[[str, int], list[str]]

_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


@contextmanager
def before(deadline: float) -> Iterator[None]:
    """Hold every byte read or sent inside to one moment of `time.monotonic`."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def addresses_of(host: str, port: int) -> list[str]:
    """What the system says a name stands for."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedNetwork(httpcore.NetworkBackend):
    """Connects to public addresses, and to the internal hosts that were declared."""

    def __init__(self, internal: frozenset[Door], resolve: Resolver = addresses_of) -> None:
        self._internal = internal
        self._resolve = resolve
        self._below = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check, and connect to what was checked.

        Raises:
            SourceError: `ADRESSE_INTERDITE`.
        """
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("name") from None
        if (host.lower(), port) not in self._internal and not all(map(_open, found)):
            raise SourceError("ADRESSE_INTERDITE", f"l’adresse est refusée : {INTERNAL}")
        failure: Exception = httpcore.ConnectError("no address")
        for address in found:
            try:
                stream = self._below.connect_tcp(
                    address, port, _remaining(timeout), local_address, socket_options
                )
                return DeadlineStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def sleep(self, seconds: float) -> None:
        """Wait; part of what a network is to httpcore."""
        self._below.sleep(seconds)


class DeadlineStream(httpcore.NetworkStream):
    """A stream of which no operation outlives the deadline, however slowly bytes drip."""

    def __init__(self, below: httpcore.NetworkStream) -> None:
        self._below = below

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._below.read(max_bytes, _remaining(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        self._below.write(buffer, _remaining(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close."""
        self._below.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Encrypt, once the certificate is the host's."""
        return DeadlineStream(
            self._below.start_tls(ssl_context, server_hostname, _remaining(timeout))
        )

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a stream."""
        return self._below.get_extra_info(info)


def _open(address: str) -> bool:
    try:
        return is_public(ip_address(address))
    except ValueError:
        return False


def _remaining(
    timeout: float | None, late: type[Exception] = httpcore.ConnectTimeout
) -> float | None:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late("deadline")
    if left == float("inf"):
        return timeout
    return left if timeout is None else min(timeout, left)
