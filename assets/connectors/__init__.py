"""How a source's file is obtained: one module per scheme of `url:`.

`territory:communes` is `assets.connectors.territory`. A connector writes the file where it is told
and says where it came from, or answers None when nothing changed. Adding a scheme is adding a file.
"""

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from assets.connectors.request import Request
from checks.declaration import closest
from checks.territory import TerritoryFolder
from resources.addresses import told
from resources.landing import Answer

__all__ = ["Connector", "Request", "asks", "connector", "schemes", "url_fault"]

SUPPORT = frozenset({"__init__", "request"})


class Connector(Protocol):
    """What each module of this folder offers."""

    def fault(self, location: str, territory: TerritoryFolder) -> str | None:
        """Why an address can never be read, in French; None when it may be. Asks nobody."""
        ...

    def asks(self, request: Request) -> list[str]:
        """The addresses that fetching would ask first, for `ardoise fetch --dry-run`.

        May be left out when it is the address of the contract.
        """
        ...

    def fetch(self, request: Request, destination: Path, tag: str | None) -> Answer | None:
        """Write the file to `destination`; None when what `tag` stands for still holds."""
        ...


def schemes() -> list[str]:
    """The words that may stand before the colon of `url:`."""
    return sorted({path.stem for path in Path(__file__).parent.glob("*.py")} - SUPPORT)


def connector(url: str) -> Connector:
    """The connector of an address that has no fault."""
    return cast(Connector, import_module(f"assets.connectors.{url.partition(':')[0]}"))


def asks(request: Request) -> list[str]:
    """The addresses that fetching would ask, without asking anyone."""
    asked = getattr(connector(request.url), "asks", None)
    return list(asked(request)) if asked else [request.url]


def url_fault(url: str, territory: TerritoryFolder) -> str | None:
    """Why the address of a contract can never be read, known before anything is executed."""
    scheme, _, location = url.partition(":")
    if not url:
        return None
    if scheme not in schemes():
        return (
            f"l’adresse « {told(url)} » commence par « {scheme}: », que personne ne sait lire"
            f"{closest(scheme, schemes())} (connus : {', '.join(schemes())})"
        )
    return connector(url).fault(location, territory)
