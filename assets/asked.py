"""What the sources gave in one run: each is asked once, whatever number of tables read it.

How a source is asked is in `assets.reception`, by period in `assets.partitions.reception`.
"""

from collections.abc import Collection

from assets.catalogue import Table
from assets.partitions.reception import Arrivals, arrive
from assets.platform import Platform
from assets.reception import RECEPTIONS, Asking, Reception
from resources.errors import SourceError
from resources.landing import Landed
from resources.outage import Outage


class Asked:
    """The files of a run, by source; `ask` says which sources are asked anything."""

    def __init__(self, platform: Platform, ask: Asking) -> None:
        self.platform = platform
        self._ask = ask
        self._received: dict[str, Reception | SourceError] = {}
        self._again: set[str] = set()
        self._arrivals: dict[str, Arrivals] = {}

    def landed(self, table: Table) -> Landed | None:
        """The source's file; None for a curated table.

        Raises:
            SourceError: it gave nothing that can be taken, now or earlier in the run.
        """
        if table.layer != "sources":
            return None
        if table.landing not in self._received:
            try:
                received: Reception | SourceError = RECEPTIONS[self._ask](self.platform, table)
            except SourceError as error:
                received = error
            self._received[table.landing] = received
        found = self._received[table.landing]
        if isinstance(found, SourceError):
            raise found
        return found.landed

    def ask_again(self, table: Table) -> bool:
        """Forget what a source gave, so that it is asked once more; False the second time."""
        if table.landing in self._again:
            return False
        self._again.add(table.landing)
        del self._received[table.landing]
        return True

    def arrivals(self, table: Table, partitions: Collection[str] | None) -> Arrivals:
        """What the source gave by period, of the partitions named or of those that are due."""
        known = self._arrivals.setdefault(table.landing, Arrivals())
        return arrive(self.platform, table, known, partitions, ask=self._ask)

    @property
    def outages(self) -> dict[str, Outage]:
        """The sources that gave nothing when this run asked, by key."""
        found = {
            table.key: self._outage(table)
            for table in self.platform.catalogue
            if table.layer == "sources"
        }
        return {key: outage for key, outage in found.items() if outage is not None}

    def _outage(self, table: Table) -> Outage | None:
        received = self._received.get(table.landing)
        if isinstance(received, Reception) and received.outage:
            return received.outage
        arrivals = self._arrivals.get(table.landing)
        return arrivals.outage if arrivals and table.contract.partitions is not None else None
