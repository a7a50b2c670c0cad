"""How an address is written in a contract: `scheme:place?word=value&word=value`.

Values may hold spaces, accents and `+` as they are, so that a filter reads in the contract as it
does in the portal's page; only `&`, `%` and a `?` before the first word need their percent form.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from checks.declaration import closest
from resources.secrets import variable_fault


@dataclass(frozen=True)
class Address:
    """What stands before the question mark, and the words after it."""

    place: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """Where a server is: `user@host:port/path`. The path keeps no first slash."""

    user: str
    host: str
    port: int
    path: str


def parsed(location: str) -> Address:
    """The parts of what follows the scheme. A word written twice keeps its last value."""
    place, _, query = location.partition("?")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return Address(place, {unquote(word): unquote(value).strip() for word, _, value in pairs})


def words_fault(
    address: Address, known: Collection[str], *, secrets: Collection[str] = ()
) -> str | None:
    """The first word of an address that means nothing, or that should name a variable."""
    for word, value in address.words.items():
        if word not in known:
            return (
                f"« {word} » n’est pas un mot connu de cette adresse{closest(word, known)} "
                f"(connus : {', '.join(sorted(known))})"
            )
        if not value:
            return f"« {word}= » est vide dans l’adresse"
        if word in secrets and (fault := variable_fault(word, value)):
            return fault
    return None


def server(address: Address, default_port: int) -> Server:
    """The server of an address that has no fault."""
    parts = urlsplit(address.place, allow_fragments=False)
    return Server(
        unquote(parts.username or ""),
        parts.hostname or "",
        parts.port or default_port,
        unquote(parts.path.removeprefix("/")),
    )


def server_fault(address: Address, example: str) -> str | None:
    """Why `//user@host:port/path` cannot be used; a password in it is never quoted."""
    try:
        parts = urlsplit(address.place, allow_fragments=False)
        host, port_given = parts.hostname, parts.port is None or parts.port > 0
    except ValueError:
        host, port_given, parts = None, False, urlsplit("")
    if parts.password is not None:
        return (
            "l’adresse contient un mot de passe ; retirez-le (et changez-le), puis nommez une "
            "variable d’environnement par « password_from= »"
        )
    if not address.place.startswith("//") or not host or not port_given:
        return f"l’adresse ne dit pas quel serveur (exemple : « {example} »)"
    if not parts.username:
        return f"l’adresse ne dit pas sous quel compte se présenter (exemple : « {example} »)"
    return None
