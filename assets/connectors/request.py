"""What a connector is asked."""

from dataclasses import dataclass
from pathlib import Path

from checks.contract import Contract
from checks.territory import TerritoryFolder
from resources.settings import Settings


@dataclass(frozen=True)
class Request:
    """A source's contract, its folder, and the territory and options in use."""

    contract: Contract
    folder: Path
    territory: TerritoryFolder
    settings: Settings

    @property
    def url(self) -> str:
        """The address the contract gives."""
        return self.contract.url

    @property
    def location(self) -> str:
        """What follows the scheme."""
        return self.url.partition(":")[2]
