"""A connector asked as the builder asks it, for a contract of a few columns."""

import dataclasses
import importlib
from pathlib import Path

from assets.connectors.request import Request, web_of
from assets.platform import Platform
from checks.contract import Contract
from resources.landing import Answer
from resources.settings import Outside
from tests.scenario import Scenario

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def contract(url: str, *headers: str, **words: object) -> Contract:
    """A contract whose columns `c0`, `c1`… are found under these names in the file."""
    columns = [
        {"name": f"c{index}", "from": header, "description": header, "example": "x"}
        for index, header in enumerate(headers or ("id",))
    ]
    said = {
        "title": "Essai",
        "description": "Essai.",
        "theme": "référentiel",
        "grain": "une ligne",
        "access": "open",
        "retention": {"keep": "1 years", "reason": "essai"},
        "budget": {"stored_mb": 1, "cpu_s": 1},
        "columns": columns,
        "url": url,
        **words,
    }
    return Contract.model_validate(said)


class Asking:
    """A territory's connectors; files land in `received`, one after another."""

    def __init__(self, folder: Path, outside: Outside | None = None) -> None:
        """`outside` leads to a server of the tests; waits are then not waited."""
        self.scenario = Scenario(folder)
        settings = self.scenario.settings
        self.platform = Platform(
            dataclasses.replace(settings, outside=outside) if outside else settings
        )
        self.received = folder / "recu" / "fichier"
        self.received.parent.mkdir()
        self.waited: list[float] = []

    def request(self, contract: Contract) -> Request:
        settings, territory = self.platform.settings, self.platform.territory

        def open_web():
            web = web_of(settings, territory)
            web._pause = self.waited.append
            return web

        folder = self.scenario.folder / "sources"
        return Request(contract, folder, territory, settings, open_web)

    def fetch(self, contract: Contract, tag: str | None = None) -> Answer | None:
        """What the connector of the contract's address answers."""
        return self.connector(contract.url).fetch(self.request(contract), self.received, tag)

    def asks(self, contract: Contract) -> list[str]:
        return self.connector(contract.url).asks(self.request(contract))

    def fault(self, url: str) -> str | None:
        location = url.partition(":")[2]
        return self.connector(url).fault(location, self.platform.territory)

    @staticmethod
    def connector(url: str):
        return importlib.import_module(f"assets.connectors.{url.partition(':')[0]}")
