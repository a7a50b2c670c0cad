"""A file of data.gouv.fr, by the identifier of its resource, which outlives its addresses.

    url: datagouv:a29c1297-1f92-4e2a-8f6b-8c902ce96c5f

The catalogue is asked first for its checksum, so that an unchanged file costs one small request;
then the file itself, held to that size and checksum when the catalogue hosts it. One that it only
refers to is asked of its own server, which alone knows its version.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.asking.interface import Interface
from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.landing import Answer

IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DESCRIPTION = "https://www.data.gouv.fr/api/2/datasets/resources/{}/"
STABLE = "https://www.data.gouv.fr/api/1/datasets/r/{}"
DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "md5": hashlib.md5}


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """The identifier of a resource, as its page shows it."""
    if IDENTIFIER.fullmatch(location):
        return None
    return (
        "l’adresse attend « datagouv: » puis l’identifiant de la ressource, comme "
        "« a29c1297-1f92-4e2a-8f6b-8c902ce96c5f » (rubrique « Métadonnées » du fichier)"
    )


def asks(request: Request) -> list[str]:
    """What the catalogue knows of the file, then the file."""
    return [DESCRIPTION.format(request.location), STABLE.format(request.location)]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Receive the file unless it is still the one of `tag`.

    Raises:
        SourceError: with a code of `resources.web`; `TRONQUE` when the file is not the one that
            the catalogue describes.
    """
    url = STABLE.format(request.location)
    described = Interface(request).document(DESCRIPTION.format(request.location))
    resource = described.get("resource") or {}
    checksum = resource.get("checksum") or {}
    hosted = resource.get("filetype") == "file" and checksum.get("type") in DIGESTS
    hosted = hosted and bool(checksum.get("value"))
    current = f"{request.location} {checksum['value']}" if hosted else None
    if current is not None and current == tag:
        return None
    received = request.web.download(url, destination, request.limits, tag=None if hosted else tag)
    if received is None:
        return None
    if hosted:
        _check(destination, resource)
    return Answer(
        origin=url,
        tag=current or received.tag,
        final_url=received.url,
        modified=_moment(resource) or received.modified,
    )


def _check(file: Path, resource: Mapping[str, Any]) -> None:
    """Hold a file to the size and checksum of the catalogue."""
    size, checksum = resource.get("filesize"), resource["checksum"]
    if size and file.stat().st_size != int(size):
        raise SourceError(
            "TRONQUE",
            f"data.gouv.fr annonce un fichier de {int(size)} octets et en donne "
            f"{file.stat().st_size} ; relancez plus tard",
        )
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, DIGESTS[checksum["type"]]).hexdigest()
    if digest != str(checksum["value"]).lower():
        raise SourceError(
            "TRONQUE",
            "le fichier reçu n’a pas la somme de contrôle que donne data.gouv.fr ; relancez plus "
            "tard",
        )


def _moment(resource: Mapping[str, Any]) -> datetime | None:
    """When the file changed last by the catalogue, in UTC without zone."""
    try:
        found = datetime.fromisoformat(str(resource.get("last_modified")))
    except ValueError:
        return None
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
