"""Pages of rows put together into one file, proved whole: no page lost, none doubled.

A portal says how many rows there are; as many must come. What its pages hold is written as the
contract reads it: delimited text or JSON lines.
"""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from checks.contract import Contract
from resources.errors import SourceError

Row = Mapping[str, Any]


class Rows(AbstractContextManager["Rows"]):
    """A file of rows being received."""

    def __init__(self, contract: Contract, destination: Path) -> None:
        """Raises:
        SourceError: `FORMAT`.
        """
        if contract.format not in ("csv", "jsonl") or contract.encoding != "utf-8":
            raise SourceError(
                "FORMAT",
                "cette source donne des lignes une page après l’autre : écrivez « format: jsonl » "
                "ou « format: csv », en utf-8",
            )
        self.count = 0
        self._total: int | None = None
        self._pages: set[bytes] = set()
        self._keys: set[bytes] = set()
        self._titles = [column.header for column in contract.columns]
        self._key = [contract.by_name[name].header for name in contract.key]
        self._file = destination.open("w", encoding="utf-8", newline="")
        self._csv = contract.format == "csv"
        self._writer = csv.writer(
            self._file,
            delimiter=contract.dialect.delimiter,
            quotechar=contract.dialect.quote_char,
            lineterminator="\n",
        )
        if self._csv:
            self._writer.writerow(self._titles)

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, page: Sequence[Row], total: int | None) -> None:
        """Write a page; `total` is the number of rows the portal says there are, when it does.

        Raises:
            SourceError: `TRONQUE`: a page came twice, rows moved from one page to another, or their
                number changed meanwhile. Nothing of it is worth keeping.
        """
        if total is not None and self._total not in (None, total):
            raise _moved("le nombre de lignes a changé pendant la lecture")
        self._total = total if total is not None else self._total
        said = hashlib.blake2b(repr(page).encode(), digest_size=16).digest()
        if page and said in self._pages:
            raise _moved("le portail a donné deux fois la même page")
        self._pages.add(said)
        if self._key:
            self._check_keys(page)
        for row in page:
            if self._csv:
                self._writer.writerow([_text(row.get(title)) for title in self._titles])
            else:
                self._file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        self.count += len(page)

    def end(self) -> int:
        """How many rows came, which is what the portal said.

        Raises:
            SourceError: `TRONQUE`.
        """
        if self._total not in (None, self.count):
            raise missing(self.count, int(self._total or 0))
        return self.count

    def _check_keys(self, page: Sequence[Row]) -> None:
        """The same key on two pages means that the order moved, and that another row was lost.

        Twice on the same page, it is the source's own defect: the gate says so.
        """
        found = {
            hashlib.blake2b(
                repr([row.get(title) for title in self._key]).encode(), digest_size=12
            ).digest()
            for row in page
        }
        if found & self._keys:
            raise _moved("une même ligne est venue sur deux pages : leur ordre n’est pas stable")
        self._keys |= found


def missing(came: int, said: int) -> SourceError:
    """The error of a source whose rows are not all here."""
    return SourceError(
        "TRONQUE",
        f"le portail annonce {said} lignes et en a donné {came} ; rien n’est gardé de cette "
        "lecture, relancez",
    )


def _moved(why: str) -> SourceError:
    return SourceError("TRONQUE", f"{why} ; rien n’est gardé de cette lecture, relancez")


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)
