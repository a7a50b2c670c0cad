"""What a connector is asked."""

from dataclasses import dataclass
from pathlib import Path

from checks.territory import TerritoryFolder
from resources.settings import Settings


@dataclass(frozen=True)
class Request:
    """A source's address, the folder of its contract, and the territory and options in use."""

    url: str
    folder: Path
    territory: TerritoryFolder
    settings: Settings

    @property
    def location(self) -> str:
        """What follows the scheme."""
        return self.url.partition(":")[2]
