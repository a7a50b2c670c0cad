"""data.gouv.fr: the card of a resource, and its stable address, which redirects to the file."""

import hashlib
from dataclasses import dataclass

from tests.portals.table import give_json
from tests.server import Exchange, Server, redirect, validated


@dataclass
class DataGouv:
    """One resource. `remote`: the catalogue only refers to it, and knows no checksum of its own."""

    server: Server
    identifier: str
    content: bytes
    remote: bool = False
    misbehaves: str = ""
    cards: int = 0
    files: int = 0

    def __post_init__(self) -> None:
        place, name = "/www.data.gouv.fr/api", self.identifier
        self.server.on(f"{place}/2/datasets/resources/{name}/", self._card)
        file = "https://static.data.gouv.fr/resources/jeu/fichier.csv"
        self.server.on(f"{place}/1/datasets/r/{name}", redirect(file))
        self.server.on("/static.data.gouv.fr/*", self._file)

    def _card(self, exchange: Exchange) -> None:
        self.cards += 1
        digest = hashlib.sha1(self.content).hexdigest()
        size = len(self.content) + (5 if self.misbehaves == "size" else 0)
        resource = {
            "id": self.identifier,
            "filetype": "remote" if self.remote else "file",
            "checksum": None if self.remote else {"type": "sha1", "value": digest},
            "filesize": None if self.remote else size,
            "last_modified": "2026-11-02T09:00:00+01:00",
        }
        give_json(exchange, {"dataset_id": "jeu", "resource": resource})

    def _file(self, exchange: Exchange) -> None:
        self.files += 1
        content = self.content
        if self.misbehaves == "other":
            content = bytes(reversed(content))
        validated(content, f'"{hashlib.md5(content).hexdigest()}"')(exchange)
