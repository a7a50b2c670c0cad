"""A connector asked as the builder asks it, for a contract of a few columns."""

import importlib
from pathlib import Path

from assets.connectors.request import Request
from assets.platform import Platform
from checks.contract import Contract
from resources.landing import Answer
from tests.scenario import Scenario

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


def contract(url: str, *headers: str, **words: object) -> Contract:
    """A contract whose columns are found under these names in the file."""
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

    def __init__(self, folder: Path) -> None:
        self.scenario = Scenario(folder)
        self.platform = Platform(self.scenario.settings)
        self.received = folder / "recu" / "fichier"
        self.received.parent.mkdir()

    def request(self, contract: Contract) -> Request:
        return Request(
            contract,
            self.scenario.folder / "sources",
            self.platform.territory,
            self.platform.settings,
        )

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
