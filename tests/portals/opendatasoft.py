"""An Opendatasoft portal: Explore API v2.1, with its limits, its errors and its quota.

Sources: the OpenAPI description of the API and help.opendatasoft.com. `misbehaves` names one of
the faults seen on real portals.
"""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

from tests.portals.table import Row, Table, give_error, give_json, give_page, words_of
from tests.server import Exchange, chunked

PLACE = re.compile(
    r"/api/explore/v2\.1/catalog/datasets/([\w-]+)(?:/(records|exports)(?:/(\w+))?)?$"
)


@dataclass
class Opendatasoft:
    """One dataset; `calls_left` is the quota of the day."""

    table: Table
    dataset: str
    folder: Path
    processed: str | None = "2026-11-20T04:12:07+00:00"
    calls_left: int = 50_000
    misbehaves: str = ""
    kinds: list[str] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        place = PLACE.search(urlsplit(exchange.path).path)
        words = words_of(exchange)
        if place is None or place[1] != self.dataset:
            give_error(exchange, 404, {"error_code": "NotFound"})
        elif self.calls_left <= 0:
            self._refuse_quota(exchange)
        else:
            self.calls_left -= 1
            self.kinds.append(place[2] or "dataset")
            try:
                self._answer(exchange, place[2], place[3], words)
            except (duckdb.Error, ValueError) as error:
                give_error(exchange, 400, {"error_code": "ODSQLError", "message": str(error)})

    def _answer(
        self, exchange: Exchange, kind: str | None, form: str | None, words: dict[str, str]
    ) -> None:
        if kind is None:
            return self._describe(exchange)
        if self.misbehaves == "maintenance":
            return give_page(exchange)
        if kind == "records":
            return self._records(exchange, words)
        return self._export(exchange, form or "", words)

    def _describe(self, exchange: Exchange) -> None:
        metas = {"data_processed": self.processed, "records_count": self.table.count()}
        give_json(
            exchange,
            {
                "dataset_id": self.dataset,
                "metas": {"default": metas},
                "fields": [{"name": name, "type": "text"} for name in self.table.fields],
            },
            self._quota(),
        )

    def _records(self, exchange: Exchange, words: dict[str, str]) -> None:
        limit, offset = int(words.get("limit", 10)), int(words.get("offset", 0))
        if limit > 100 or offset + limit >= 10_000:
            raise ValueError("Invalid value for limit or offset")
        order = _sql(words.get("order_by", "_i"))
        if self.misbehaves == "unstable":
            order = f"hash(_i + {offset})"
        if self.misbehaves == "repeated" and offset:
            offset = 0
        total = self.table.count(self._where(words))
        if self.misbehaves == "moving":
            total += offset // 100
        rows = self._rows(words, order, limit, offset) if limit else []
        give_json(exchange, {"total_count": total, "results": rows}, self._quota())

    def _export(self, exchange: Exchange, form: str, words: dict[str, str]) -> None:
        rows = self._rows(words, "_i", None, 0)
        if self.misbehaves == "short":
            rows = rows[:-1]
        if form == "csv":
            body = _csv(rows, words)
        elif form == "parquet":
            body = self._parquet(words)
        elif form == "geojson":
            features = [{"type": "Feature", "geometry": None, "properties": row} for row in rows]
            body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
        elif form == "json":
            body = json.dumps(rows, default=str).encode()
        else:
            body = "".join(json.dumps(row, default=str) + "\n" for row in rows).encode()
        chunked(body)(exchange)

    def _rows(self, words: dict[str, str], order: str, limit: int | None, offset: int) -> list[Row]:
        fields = [name.strip().strip("`") for name in words.get("select", "").split(",") if name]
        return self.table.rows(fields, self._where(words), order, limit, offset)

    def _where(self, words: dict[str, str]) -> str:
        conditions = [_sql(words["where"])] if "where" in words else []
        if "refine" in words:
            name, _, value = words["refine"].partition(":")
            conditions.append(f"{name} = '{value}'")
        return " and ".join(conditions) or "true"

    def _parquet(self, words: dict[str, str]) -> bytes:
        path = self.folder / "export.parquet"
        rows = self._rows(words, "_i", None, 0)
        with duckdb.connect() as connection:
            columns = ", ".join(f'"{name}" varchar' for name in rows[0])
            connection.execute(f"create table t ({columns})")
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"insert into t values ({marks})", [[*r.values()] for r in rows])
            connection.execute(f"copy t to '{path}' (format parquet)")
        return path.read_bytes()

    def _quota(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": "50000",
            "X-RateLimit-Remaining": str(self.calls_left),
            "X-RateLimit-Reset": "2026-11-25 00:00:00+00:00",
        }

    def _refuse_quota(self, exchange: Exchange) -> None:
        give_error(
            exchange,
            429,
            {
                "errorcode": 10002,
                "reset_time": "2026-11-25T00:00:00Z",
                "limit_time_unit": "day",
                "call_limit": 50_000,
                "error": "Too many requests on the domain.",
            },
        )


def _sql(text: str) -> str:
    """A condition of the portal's language in SQL: texts between double quotes, fields in `."""
    return text.replace('"', "'").replace("`", '"')


def _csv(rows: list[Row], words: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], delimiter=words["delimiter"])
    writer.writeheader()
    writer.writerows(rows)
    mark = "" if words.get("with_bom") == "false" else "\ufeff"
    return (mark + text.getvalue()).encode()
