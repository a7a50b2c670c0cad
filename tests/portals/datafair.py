"""A Data Fair portal: the description of a dataset, and its lines behind a cursor.

Source: the portal's own code (data-fair/data-fair, `lines-body.ts`): the `next` link stands only
after a full page, and repeats the parameters of the request.
"""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

import duckdb

from tests.portals.table import Table, give_error, give_json, give_page, words_of
from tests.server import Exchange

NOT_FILTERS = {"select", "size", "sort", "after", "qs"}


@dataclass
class DataFair:
    """One dataset of `data.ademe.fr`. Null values are left out of the lines, as there."""

    table: Table
    dataset: str
    updated: str | None = "2026-11-18T02:00:00.000Z"
    misbehaves: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        path, words = urlsplit(exchange.path).path, words_of(exchange)
        self.asked.append(words)
        if f"/data-fair/api/v1/datasets/{self.dataset}" not in path:
            give_error(exchange, 404, "Jeu de données inconnu")
        elif not path.endswith("/lines"):
            schema = [{"key": name, "type": "string"} for name in self.table.fields]
            give_json(
                exchange, {"id": self.dataset, "dataUpdatedAt": self.updated, "schema": schema}
            )
        elif self.misbehaves == "maintenance":
            give_page(exchange)
        else:
            try:
                self._lines(exchange, words)
            except (duckdb.Error, ValueError) as error:
                give_error(exchange, 400, str(error))

    def _lines(self, exchange: Exchange, words: dict[str, str]) -> None:
        size, after = int(words.get("size", 12)), int(words.get("after", 0))
        if size > 10_000:
            raise ValueError('"size" cannot be more than 10000')
        where = self._where(words)
        total = self.table.count(where)
        if self.misbehaves == "repeated":
            after = 0
        order = f"hash(_i + {after})" if self.misbehaves == "unstable" else "_i"
        lines = self.table.rows(
            [*words["select"].split(","), "_i"], f"({where}) and _i > {after}", order, size
        )
        document: dict[str, object] = {"total": total}
        if len(lines) == size:
            host = "ailleurs.example.org" if self.misbehaves == "elsewhere" else "data.ademe.fr"
            cursor = max(line["_i"] for line in lines)
            document["next"] = (
                f"https://{host}/data-fair/api/v1/datasets/{self.dataset}/lines?"
                + urlencode({**words, "after": str(cursor)}, quote_via=quote)
            )
        if self.misbehaves == "short":
            lines = lines[:-1]
        if self.misbehaves == "moving":
            document["total"] = total + after
        if self.misbehaves == "estimated":
            document |= {"total": total + 7, "meta": {"totalMarginPct": 3}}
        kept = [{name: line[name] for name in line if line[name] is not None} for line in lines]
        give_json(exchange, {**document, "results": kept})

    def _where(self, words: dict[str, str]) -> str:
        conditions = ["true"]
        if "qs" in words:
            name, _, value = words["qs"].partition(":")
            conditions.append(f"\"{name}\" = '{value.strip(chr(34))}'")
        for word, value in words.items():
            if word not in NOT_FILTERS:
                name, _, operator = word.rpartition("_")
                values = ", ".join(f"'{one}'" for one in value.split(","))
                conditions.append(f'"{name}" in ({values})' if operator == "in" else "false")
        return " and ".join(conditions)
