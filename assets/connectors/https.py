"""Any file by its address: `https://files.example.org/communes.csv`.

The address is the whole declaration. A catalogue that has an interface of its own (Opendatasoft,
data.gouv.fr…) has a connector of its own.
"""

from pathlib import Path

from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.landing import Answer

# The others end with something: a bracket, a table of contents. Their reader sees that it is there.
LINES = frozenset({"csv", "jsonl"})


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
    if not received.whole and request.contract.format in LINES and not _ended(destination):
        raise SourceError(
            "TRONQUE",
            "le serveur n’annonce pas la taille du fichier, et sa dernière ligne n’est pas "
            "terminée : rien ne prouve qu’il soit arrivé entier",
        )
    return Answer(
        origin=request.url,
        tag=received.tag,
        final_url=received.url,
        modified=received.modified,
    )


def _ended(path: Path) -> bool:
    """Whether a text ends with the end of a line, in one byte or two by character."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - 2, 0))
        return file.read().rstrip(b"\0").endswith((b"\n", b"\r"))
