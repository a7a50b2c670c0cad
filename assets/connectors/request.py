"""What a connector is asked."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from checks.contract import Contract
from checks.partitions import Period
from checks.territory import TerritoryFolder
from resources.receiving import Limits
from resources.settings import Settings

if TYPE_CHECKING:
    from resources.web import Web


@dataclass(frozen=True)
class Request:
    """A source's contract, its folder, and the territory and options in use.

    `open_web` gives the client all sources of a run share; without it the request has its own.
    `period` is the partition that is asked for.
    """

    contract: Contract
    folder: Path
    territory: TerritoryFolder
    settings: Settings
    open_web: "Callable[[], Web] | None" = None
    period: Period | None = None

    @property
    def url(self) -> str:
        """The address the contract gives, for the partition that is asked for."""
        url = self.contract.url
        return self.period.filled(url) if self.period else url

    @property
    def location(self) -> str:
        """What follows the scheme."""
        return self.url.partition(":")[2]

    @property
    def limits(self) -> Limits:
        """How far a download may go."""
        transport = self.contract.transport
        return Limits(
            deadline_s=transport.deadline_s,
            max_bytes=int(transport.max_mb * 1_000_000),
            max_ratio=transport.max_ratio,
            plain_http=transport.plain_http,
        )

    @cached_property
    def web(self) -> "Web":
        """The way out."""
        return self.open_web() if self.open_web else web_of(self.settings, self.territory)


def web_of(
    settings: Settings, territory: TerritoryFolder, pause: Callable[[float], None] = time.sleep
) -> "Web":
    """A client that says who asks: the platform, for which authority, whom to write to.

    `pause` waits between two attempts; tests do not.
    """
    from resources.web import Web  # httpx: paid only where a source is asked over HTTP

    asking = territory.territory
    return Web(
        internal=settings.outside.internal,
        relay=settings.outside.relay,
        authorities=settings.outside.authorities,
        pause=pause,
        agent=f"Ardoise/0.1 ({asking.short_name}; {asking.contact})",
    )
