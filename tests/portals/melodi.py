"""Insee's Melodi: the catalogue's card of a dataset, and its observations page after page.

Sources: the open clients of the API (R package melodi, melodi-connector): `paging.count` with
`totalCount=TRUE`, pages from 1, `isLast`; values undisclosed come without `value`.
"""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.portals.table import Table, give_error, give_json
from tests.server import Exchange, status

OWN = {"maxResult", "totalCount", "page"}


@dataclass
class Melodi:
    """One dataset; `most` stands for the API's own 10 000. `failures` come first, now and then."""

    table: Table
    dataset: str
    measure: str = "OBS_VALUE_NIVEAU"
    modified: str | None = "2026-06-08T10:00:00"
    most: int = 10_000
    failures: int = 0
    misbehaves: str = ""
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        path, words = urlsplit(exchange.path).path, parse_qs(urlsplit(exchange.path).query)
        self.asked.append(words)
        if self.failures:
            self.failures -= 1
            status(500)(exchange)
        elif path.endswith(f"/melodi/catalog/{self.dataset}"):
            give_json(exchange, {"identifier": self.dataset, "modified": self.modified})
        elif path.endswith(f"/melodi/data/{self.dataset}"):
            self._observations(exchange, words)
        else:
            give_error(exchange, 404, {"message": "not found"})

    def _observations(self, exchange: Exchange, words: dict[str, list[str]]) -> None:
        conditions = [
            f'"{name}" in ({", ".join(repr(self._geo(name, code)) for code in codes)})'
            for name, codes in words.items()
            if name not in OWN
        ]
        where = " and ".join(conditions) or "true"
        size, page = min(int(words["maxResult"][0]), self.most), int(words["page"][0])
        offset = (page - 1) * size if self.misbehaves != "repeated" else 0
        rows = self.table.rows((), where, "_i", size, offset)
        total = self.table.count(where)
        if self.misbehaves == "short" and page == 2:
            rows = rows[:-1]
        last = page * size >= total
        paging = {"count": total if "totalCount" in words else -1, "isLast": last}
        if self.misbehaves == "uncounted":
            paging["count"] = -1
        observations = [self._observation(row) for row in rows]
        give_json(exchange, {"identifier": self.dataset, "observations": observations,
                             "paging": paging})  # fmt: skip

    @staticmethod
    def _geo(name: str, code: str) -> str:
        """Asked by its code alone, a place is answered with the year of its geography."""
        return f"2025-{code}" if name == "GEO" else code

    def _observation(self, row: dict[str, object]) -> dict[str, object]:
        value = row[self.measure]
        return {
            "dimensions": {name: row[name] for name in row if name != self.measure},
            "attributes": {"OBS_STATUS": "A"},
            "measures": {self.measure: {} if value is None else {"value": value}},
        }
