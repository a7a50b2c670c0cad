"""The rows behind a portal of the tests: a real file, asked in SQL as portals ask their own."""

import json
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb

from tests.server import Exchange, whole

Row = dict[str, Any]


class Table:
    """Rows of a file in the order they were written, or of any `select`."""

    def __init__(self, query: str) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("set threads = 1")
        self._connection.execute(
            f"create table rows as select *, row_number() over () as _i from ({query})"
        )
        self._lock = threading.Lock()
        described = self._connection.execute("from rows limit 0").description
        self.fields = [str(column[0]) for column in described if column[0] != "_i"]

    def rows(
        self,
        fields: Sequence[str] = (),
        where: str = "true",
        order: str = "_i",
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Row]:
        """Some of them. `duckdb.Error` where the portal would say that the request is wrong."""
        named = ", ".join(f'"{field}"' for field in fields or self.fields)
        last = "" if limit is None else f"limit {limit}"
        with self._lock:
            found = self._connection.execute(
                f"select {named} from rows where {where} order by {order} {last} offset {offset}"
            )
            names = [str(column[0]) for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def count(self, where: str = "true") -> int:
        with self._lock:
            row = self._connection.execute(f"select count(*) from rows where {where}").fetchone()
        assert row
        return int(row[0])


def words_of(exchange: Exchange) -> dict[str, str]:
    """The parameters of a request; of a repeated one, the last."""
    return dict(parse_qsl(urlsplit(exchange.path).query, keep_blank_values=True))


def give_json(exchange: Exchange, document: Any, headers: dict[str, str] | None = None) -> None:
    body = json.dumps(document, ensure_ascii=False, default=str).encode()
    whole(body, {"Content-Type": "application/json", **(headers or {})})(exchange)


def give_error(exchange: Exchange, code: int, document: Any) -> None:
    body = json.dumps(document).encode()
    exchange.head(code, [("Content-Length", str(len(body))), ("Content-Type", "application/json")])
    exchange.send(body)


MAINTENANCE = b"<!DOCTYPE html><html><body>Maintenance en cours</body></html>"


def give_page(exchange: Exchange) -> None:
    """A web page with a success status, as portals under maintenance answer."""
    whole(MAINTENANCE, {"Content-Type": "text/html"})(exchange)
