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


class Whole:
    """What is known of the pages that came, until it is sure that none is missing nor doubled."""

    def __init__(self, key: Sequence[str]) -> None:
        """`key`: the fields no two rows may share."""
        self.count = 0
        self._key = key
        self._total: int | None = None
        self._pages: set[bytes] = set()
        self._keys: set[bytes] = set()

    def add(self, page: Sequence[Row], total: int | None) -> None:
        """Note a page; `total` is the number of rows the portal says there are, when it does.

        Raises:
            SourceError: `TRONQUE`: a page came twice, rows moved from one page to another, or their
                number changed meanwhile. Nothing of it is worth keeping.
        """
        if total is not None and self._total not in (None, total):
            raise _moved("le nombre de lignes a changé pendant la lecture")
        self._total = total if total is not None else self._total
        # Pages of one repeated row may well be equal.
        if any(row != page[0] for row in page):
            said = _digest(page)
            if said in self._pages:
                raise _moved("le portail a donné deux fois la même page")
            self._pages.add(said)
        # The same key on two pages: the order moved, and another row was lost. Twice on the same
        # page, it is the source's own defect, and the gate says so.
        keys = {_digest([row.get(name) for name in self._key]) for row in page if self._key}
        if keys & self._keys:
            raise _moved("une même ligne est venue sur deux pages : leur ordre n’est pas stable")
        self._keys |= keys
        self.count += len(page)

    def end(self) -> int:
        """How many rows came, which is what the portal said.

        Raises:
            SourceError: `TRONQUE`.
        """
        if self._total not in (None, self.count):
            raise missing(self.count, int(self._total or 0))
        return self.count


class Rows(AbstractContextManager["Rows"]):
    """A file of rows being received: the fields of the contract, in its order."""

    def __init__(self, contract: Contract, fields: Mapping[str, str], destination: Path) -> None:
        """`fields`: the source's field of each column.

        Raises:
            SourceError: `FORMAT`.
        """
        if contract.format not in ("csv", "jsonl") or contract.encoding != "utf-8":
            raise SourceError(
                "FORMAT",
                "cette source donne des lignes une page après l’autre : écrivez « format: jsonl » "
                "ou « format: csv », en utf-8",
            )
        self.whole = Whole([fields[name] for name in contract.key if name in fields])
        self._fields = list(dict.fromkeys(fields.values()))
        self._csv = contract.format == "csv"
        self._file = destination.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(
            self._file,
            delimiter=contract.dialect.delimiter,
            quotechar=contract.dialect.quote_char,
            # Both ends of line in it: Python quotes a lone return only when the terminator has one.
            lineterminator="\r\n",
        )
        if self._csv:
            self._writer.writerow(self._fields)

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, page: Sequence[Row], total: int | None) -> None:
        """Write a page.

        Raises:
            SourceError: as `Whole.add`.
        """
        self.whole.add(page, total)
        for row in page:
            values = {name: row.get(name) for name in self._fields}
            if self._csv:
                self._writer.writerow(map(_text, values.values()))
            else:
                line = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
                self._file.write(line + "\n")


def missing(came: int, said: int) -> SourceError:
    """The error of a source whose rows are not all here."""
    return _moved(f"le portail annonce {said} lignes et en a donné {came}")


def _moved(why: str) -> SourceError:
    return SourceError("TRONQUE", f"{why} ; rien n’est gardé de cette lecture, relancez")


def _digest(said: object) -> bytes:
    return hashlib.blake2b(repr(said).encode(), digest_size=16).digest()


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
