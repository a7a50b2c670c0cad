"""A geographic server: WFS 2.0 as GeoServer speaks it, exceptions with a success status included.

Source: OGC 09-025r2 (Web Feature Service 2.0.2), 7.5 and 11.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import duckdb

from tests.portals.table import Table, give_json, give_page, words_of
from tests.server import Exchange, whole


@dataclass
class GeoServer:
    """One layer; geometries by the value of `key`. `most` is the server's own limit of features."""

    table: Table
    layer: str
    key: str
    geometries: dict[str, object]
    most: int = 1_000_000
    misbehaves: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        words = words_of(exchange)
        self.asked.append(words)
        if self.misbehaves == "maintenance":
            return give_page(exchange)
        if not urlsplit(exchange.path).path.endswith("/wfs") or words["typeNames"] != self.layer:
            return _exception(exchange, "InvalidParameterValue")
        try:
            return self._features(exchange, words)
        except duckdb.Error:
            return _exception(exchange, "NoApplicableCode")

    def _features(self, exchange: Exchange, words: dict[str, str]) -> None:
        where = re.sub(r"\bIN \(", "in (", words.get("CQL_FILTER", "true"))
        start = int(words.get("startIndex", 0))
        order = words.get("sortBy", "_i")
        if self.misbehaves == "unstable":
            order = f"hash(_i + {start})"
        if self.misbehaves == "repeated":
            start = 0
        wanted = words.get("propertyName", "").split(",") if "propertyName" in words else []
        names = [name for name in wanted or self.table.fields if name in self.table.fields]
        if len(names) < len([name for name in wanted if name != "geom"]):
            return _exception(exchange, "InvalidParameterValue")
        count = min(int(words["count"]), self.most)
        rows = self.table.rows([*names, self.key], where, order, count, start)
        drawn = not wanted or "geom" in wanted
        features = [
            {
                "type": "Feature",
                "id": f"{self.layer}.fid-{start + index}",
                "geometry": self.geometries.get(str(row[self.key])) if drawn else None,
                "properties": {name: row[name] for name in names},
            }
            for index, row in enumerate(rows)
        ]
        total = self.table.count(where)
        if self.misbehaves == "short":
            features = features[:-1] if start + len(features) >= total else features
        matched = "unknown" if self.misbehaves == "uncounted" else total
        give_json(
            exchange,
            {
                "type": "FeatureCollection",
                "features": features,
                "numberMatched": matched,
                "numberReturned": len(features),
                "timeStamp": "2026-11-24T10:00:00Z",
            },
        )
        return None


def _exception(exchange: Exchange, code: str) -> None:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport version="2.0.0">'
        f'<ows:Exception exceptionCode="{code}"><ows:ExceptionText>Detail</ows:ExceptionText>'
        "</ows:Exception></ows:ExceptionReport>"
    )
    whole(body.encode(), {"Content-Type": "application/xml"})(exchange)
