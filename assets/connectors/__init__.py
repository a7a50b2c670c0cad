"""How a source's file is obtained: one module per scheme of `url:`.

`territory:communes` is `assets.connectors.territory`. A connector writes the file where it is told
and says where it came from, or answers None when nothing changed. Adding a scheme is adding a file.
"""

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from assets.connectors.request import Request
from checks.declaration import closest
from resources.errors import DeclarationError
from resources.landing import Answer

__all__ = ["Connector", "Request", "connector", "schemes"]

SUPPORT = frozenset({"__init__", "request"})


class Connector(Protocol):
    """What each module of this folder offers."""

    def fetch(self, request: Request, destination: Path, tag: str | None) -> Answer | None:
        """Write the file to `destination`; None when what `tag` stands for still holds."""
        ...


def schemes() -> list[str]:
    """The words that may stand before the colon of `url:`."""
    return sorted({path.stem for path in Path(__file__).parent.glob("*.py")} - SUPPORT)


def connector(url: str) -> Connector:
    """The connector of an address.

    Raises:
        DeclarationError: no module here answers to this scheme.
    """
    scheme = url.partition(":")[0]
    if scheme not in schemes():
        raise DeclarationError(
            f"L’adresse « {url} » commence par « {scheme}: », que personne ne sait lire"
            f"{closest(scheme, schemes())} (connus : {', '.join(schemes())}). "
            "Corrigez « url » dans le contrat."
        )
    return cast(Connector, import_module(f"assets.connectors.{scheme}"))
