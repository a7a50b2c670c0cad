"""An extract the territory brings with it: `territory:communes` is `extracts: {communes: …}`."""

from pathlib import Path

from assets.connectors.file import copy
from assets.connectors.request import Request
from checks.declaration import closest
from checks.territory import Extracts
from resources.errors import SourceError
from resources.landing import Answer


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Copy the extract when it changed.

    Raises:
        SourceError: `ABSENT`, when the territory declares no such extract.
    """
    try:
        path = request.territory.extract(request.location)
    except KeyError:
        raise SourceError(
            "ABSENT",
            f"le territoire n’a pas d’extrait « {request.location} »"
            + closest(request.location, Extracts.model_fields),
        ) from None
    return copy(path, destination, tag)
