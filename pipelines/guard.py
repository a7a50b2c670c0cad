"""What stands before Dagster's web server: who may ask, how, and for what.

Dagster answers any Host and any Origin, executes a mutation asked by GET or as plain text (so any
page open in the agent's browser could start a run), and takes reports of checks from anybody
(1.13.27, reproduced). Nothing here knows Dagster: it wraps any ASGI application. Who the agent is
stays with the reverse proxy of the authority (ProConnect, Keycloak…).
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

GRAPHQL = "/graphql"
# Files of runs, notebooks, reports of assets and checks: no page of the interface asks for them.
CLOSED = ("/logs", "/notebook", "/dagit", "/download_debug", "/report_asset_")
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
HEADERS = (
    (b"content-security-policy", b"frame-ancestors 'none'; base-uri 'self'; object-src 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
STRICT = (b"strict-transport-security", b"max-age=31536000")


class Guard:
    """An ASGI application, behind its rules."""

    def __init__(self, application: Application, hosts: Collection[str]) -> None:
        """`hosts` are the names under which it may be asked for, without a port."""
        self.application = application
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it without the application hearing of it."""
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
        elif refused := refusal(scope, self.hosts):
            await _refuse(scope, receive, send, *refused)
        else:
            await self.application(scope, receive, _with_headers(scope, send))


def refusal(scope: Scope, hosts: Collection[str]) -> tuple[int, str] | None:
    """The status and the reason of a refusal, None where the request may pass."""
    headers = _headers(scope)
    if _name(headers.get("host", "")) not in hosts:
        return 421, "Ce nom n’est pas celui de la plateforme."
    origin = headers.get("origin")
    if origin is not None and _name(urlsplit(origin).netloc) not in hosts:
        return 403, "Cette demande vient d’une autre page."
    if scope["type"] == "websocket":
        return None if origin is not None else (403, "Cette demande ne dit pas d’où elle vient.")
    return _http_refusal(scope, headers)


def _http_refusal(scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
    path = unquote(scope["path"])
    if scope["method"] not in METHODS:
        return 405, "Cette méthode n’est pas acceptée."
    if any(sign in path for sign in ("..", "\\", "//", "\0")) or path.startswith(CLOSED):
        return 404, "Il n’y a rien ici."
    if path.rstrip("/") != GRAPHQL:
        return (405, "Rien ne s’envoie ici.") if scope["method"] == "POST" else None
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if scope["method"] != "POST" or kind != "application/json":
        return 405, "Une question se pose par POST, en JSON."
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return 403, "Cette demande vient d’une autre page."
    return None


def _headers(scope: Scope) -> Mapping[str, str]:
    """The headers, each of which must be said once to be believed."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        word = name.decode("latin-1").lower()
        said = value.decode("latin-1")
        found[word] = said if word not in found else f"{found[word]}, {said}"
    return found


def _name(host: str) -> str:
    """A host without its port."""
    return host.lower().rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host.lower()


def _with_headers(scope: Scope, send: Send) -> Send:
    extra: Sequence[tuple[bytes, bytes]] = HEADERS
    if scope.get("scheme") in ("https", "wss"):
        extra = (*HEADERS, STRICT)

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *extra]
        await send(message)

    return sending


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    body = reason.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
