"""Any file by its address: `https://files.example.org/communes.csv`.

The address is the whole declaration. A catalogue that has an interface of its own (Opendatasoft,
data.gouv.fr…) has a connector of its own.
"""

from pathlib import Path

from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.landing import Answer


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """The address must name a server, and hold no identity."""
    place = location.removeprefix("//").partition("/")[0]
    if not location.startswith("//") or not place:
        return "l’adresse ne nomme aucun serveur (« https://serveur/fichier.csv »)"
    if "@" in place:
        return "l’adresse porte un identifiant ou un mot de passe, qui finirait dans les journaux"
    return None


def asks(request: Request) -> list[str]:
    """The one address."""
    return [request.url]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Receive the file unless the server says that it is still the one of `tag`.

    Raises:
        SourceError: with a code of `resources.web`.
    """
    received = request.web.download(request.url, destination, request.limits, tag=tag)
    if received is None:
        return None
    return Answer(
        origin=request.url,
        tag=received.tag,
        final_url=received.url,
        modified=received.modified,
    )
