"""Everything a run needs, put together once: settings, territory, catalogue, warehouse, landing.

Opening a platform reads declarations and nothing else: no import of Dagster, Great Expectations or
CodeCarbon, no write.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assets.catalogue import HERE, Catalogue
from checks.contract import Contract
from checks.register import Entry
from checks.territory import TerritoryFolder
from resources.errors import DeclarationError
from resources.journal import Journal
from resources.keys import Keys
from resources.landing import Landing
from resources.pseudonyms import Pseudonyms
from resources.settings import Settings, settings_from
from resources.suppression import Suppressions
from resources.warehouse import Warehouse

if TYPE_CHECKING:
    import duckdb

    from resources.web import Web


class Platform:
    """One data folder and one territory."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or settings_from()
        self.home = self.settings.home
        self.landing = Landing(self.home)
        self.journal = Journal(self.home.journal)
        self.keys = Keys(self.home.keys)
        self.pseudonyms = Pseudonyms(self.keys)
        self.suppressions = Suppressions(self.home.suppressions, self.keys)
        self.warehouse = Warehouse(self.home, restore=self._restore)

    @property
    def today(self) -> date:
        """The day on which versions are judged: a timetable may have expired."""
        return self.settings.today or date.today()

    def day_of(self, contract: Contract) -> date:
        """The day from which the time a row may be kept is counted back.

        Invented rows live in an invented time, which stops at `until`.
        """
        invented = self.settings.until if contract.synthetic else date.today()
        return self.settings.today or invented

    @cached_property
    def territory(self) -> TerritoryFolder:
        """The territory in use.

        Raises:
            DeclarationError: it does not exist or its file cannot be read.
        """
        return TerritoryFolder(self.settings.territory or _shipped())

    @cached_property
    def catalogue(self) -> Catalogue:
        """The tables of the territory and profile.

        Raises:
            DeclarationError: some declaration cannot be used.
        """
        shared = self.settings.schemas
        schemas = [self.home.schemas, *([shared] if shared else [])]
        return Catalogue(self.territory, self.settings.profile, schemas)

    @cached_property
    def register(self) -> Mapping[str, Entry]:
        """The processings of the territory, by the name contracts give them (RGPD, art. 30).

        Raises:
            DeclarationError: an entry that is not complete.
        """
        return self.catalogue.register

    @cached_property
    def web(self) -> "Web":
        """The way out, shared by every source."""
        from assets.connectors.request import web_of

        return web_of(self.settings, self.territory)

    def _restore(
        self, connection: "duckdb.DuckDBPyConnection", copies: Sequence[str]
    ) -> tuple[list[str], list[str]]:
        from assets.recovery import restore  # needed once in a warehouse's life

        return restore(self, connection, copies)

    @property
    def analyst_file(self) -> Path:
        """What analysts open."""
        return self.home.published / "analyse.duckdb"


def _shipped() -> Path:
    """The territory that comes with the platform, when there is only one."""
    found = sorted((HERE / "territories").glob("*/territory.yaml"))
    if len(found) == 1:
        return found[0].parent
    raise DeclarationError(
        f"{len(found)} territoires sont livrés : dites lequel par la variable ARDOISE_TERRITORY."
    )
