"""An extract the territory brings with it: `territory:communes` is `extracts: {communes: …}`."""

from pathlib import Path

from assets.connectors.file import copy
from assets.connectors.request import Request
from checks.declaration import closest
from checks.territory import Extracts, TerritoryFolder
from resources.landing import Answer


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """The territory must declare the extract."""
    if location in Extracts.model_fields:
        return None
    return (
        f"le territoire n’a pas d’extrait « {location} »{closest(location, Extracts.model_fields)}"
    )


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Copy the extract when it changed."""
    return copy(request.territory.extract(request.location), destination, tag)
