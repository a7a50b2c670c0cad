"""Which addresses of the network may be reached, and how an address may be told.

Pure rules: nothing is resolved nor opened here. The connection itself, held to them at the moment
it is made, is in `resources.network`.

Sources: IANA special-purpose registries (RFC 6890), RFC 6052 (NAT64), RFC 3056 (6to4).
"""

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import unquote

Address = IPv4Address | IPv6Address
Door = tuple[str, int]

PORTS = {"http": 80, "https": 443}
UNICAST = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")
# Global by the letter of the registries, and yet ways into an internal network.
NEVER = tuple(
    ip_network(network)
    for network in (
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # the virtual machine host of a large cloud
        "2001::/23",  # protocols, Teredo among them
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
SECRET = re.compile(
    r"(?i)key|token|jeton|secret|pass|pwd|auth|sig|credential|session|jwt|(^|[_-])cle([_-]|$)"
)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open Internet, whatever it wraps."""
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return False
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in UNICAST:
            return False
    within = any(address in network for network in NEVER if network.version == address.version)
    return address.is_global and not address.is_multicast and not within


def literal(host: str) -> Address | None:
    """The address a host spells, in any way the system understands; None for a name.

    `127.1`, `0177.0.0.1`, `0x7f000001` and `2130706433` are all 127.0.0.1 to the C library.
    """
    bare = host.strip("[]").rstrip(".")
    try:
        return ip_address(bare)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(bare))
    except OSError:
        return None


def refusal(
    scheme: str, host: str, *, credentials: bool, plain_http: bool, internal: bool
) -> str | None:
    """Why an address may not be asked, in French; None when it may, as far as its letters tell."""
    if scheme not in PORTS:
        return f"elle commence par « {scheme[:20]}: », et seul le web est lu"
    if credentials:
        return "elle porte un identifiant ou un mot de passe, qui finirait dans les journaux"
    if not host:
        return "elle ne nomme aucun serveur"
    if scheme == "http" and not plain_http:
        return (
            "elle n’est pas chiffrée (http) ; si la source n’a rien de mieux, le contrat l’accepte "
            "par « transport: {plain_http: true} »"
        )
    spelled = literal(host)
    if spelled is not None and not is_public(spelled) and not internal:
        return INTERNAL
    return None


INTERNAL = (
    "elle mène à l’intérieur du réseau ; un serveur de la collectivité se déclare par la variable "
    "ARDOISE_INTERNAL_HOSTS"
)


def doors(text: str) -> frozenset[Door]:
    """The `host:port` of a list separated by commas.

    Raises:
        ValueError: one of them is not written so.
    """
    return frozenset(_door(item.strip()) for item in text.split(",") if item.strip())


def _door(text: str) -> Door:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 65_536):
        raise ValueError(text)
    return host.strip("[]").lower(), int(port)


def told(url: str) -> str:
    """An address as it may be shown and kept: no fragment, no identity, no secret parameter."""
    place, mark, query = url.partition("#")[0].partition("?")
    scheme, colon, rest = place.partition("://")
    if colon:
        server, slash, path = rest.partition("/")
        place = scheme + colon + server.rpartition("@")[2] + slash + path
    return place + mark + "&".join(map(_masked, query.split("&")))


def _masked(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    return f"{name}=…" if equals and SECRET.search(unquote(name)) else parameter


def listed(found: Iterable[Door]) -> str:
    """Hosts as they are declared."""
    return ", ".join(f"{host}:{port}" for host, port in sorted(found))
