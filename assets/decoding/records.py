"""From JSON records to rows of texts: columns found by key or by dotted path, in whatever order.

A key that some records lack is a null there; one that no record has is a column that is missing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import duckdb

from assets.decoding.json_stream import text_of, written
from assets.decoding.reading import Reading, extra, store_streamed, store_torn
from assets.decoding.text import check_columns
from checks.contract import Column, Contract
from resources.errors import SourceError

Record = dict[str, object]
Texts = list[str | None]
ABSENT = object()


class Rows:
    """Records made rows one by one; what is not an object is set aside with its line."""

    def __init__(self, contract: Contract, refusal: str) -> None:
        self._contract = contract
        self._refusal = refusal
        self._finders = [_finder(column) for column in contract.columns]
        self._met: set[str] = set()  # columns found in some record
        self._keys: dict[str, None] = {}
        self.torn: list[tuple[int, str]] = []

    def of(self, values: Iterable[tuple[int, object]]) -> Iterator[tuple[int, Texts]]:
        """The row of each record, with its line."""
        columns = self._contract.columns
        for line, value in values:
            if not isinstance(value, dict):
                self.torn.append((line, written(value)))
                continue
            self._keys.update(dict.fromkeys(value))
            texts: Texts = []
            for column, find in zip(columns, self._finders, strict=True):
                found = find(value)
                if found is ABSENT:
                    texts.append(None)
                else:
                    self._met.add(column.name)
                    texts.append(text_of(found))
            yield line, texts

    def store(
        self, connection: duckdb.DuckDBPyConnection, values: Iterable[tuple[int, object]]
    ) -> Reading:
        """Fill `TEXTS` and `TORN`.

        Raises:
            SourceError: `VIDE`, or `SCHEMA` when a column is in no record.
        """
        rows = store_streamed(connection, self._contract, self.of(values))
        if rows == 0 and not self.torn:
            raise SourceError("VIDE", "le fichier reçu ne contient aucun objet")
        if rows == 0:
            raise SourceError(self._refusal, "le fichier reçu ne contient aucun objet JSON lisible")
        used = {name for column in self._contract.columns for name in _roots(column)}
        met = [column.header for column in self._contract.columns if column.name in self._met]
        check_columns([*met, *(key for key in self._keys if key not in used)], self._contract)
        store_torn(connection, self.torn)
        more = [key for key in extra(list(self._keys), self._contract) if key not in used]
        return Reading(rows, len(self.torn), more, numbered=True, torn_reason="JSON")


@contextmanager
def text_file(source: Path, contract: Contract) -> Iterator[TextIO]:
    """The file as text.

    Raises:
        SourceError: `VIDE` or `ENCODAGE`.
    """
    if source.stat().st_size == 0:
        raise SourceError("VIDE", "le fichier reçu est vide (0 octet)")
    codec = "utf-8-sig" if contract.encoding == "utf-8" else contract.encoding
    try:
        with source.open(encoding=codec) as file:
            yield file
    except UnicodeDecodeError:
        raise SourceError(
            "ENCODAGE",
            f"le fichier n’est pas en {contract.encoding}. Corrigez « encoding » dans le contrat, "
            "ou demandez au producteur de renvoyer le fichier",
        ) from None


def _finder(column: Column) -> Callable[[Record], object]:
    """How a column is looked for in a record: by each of its names, whole then as a path."""
    paths = [(name, name.split(".")) for name in column.headers]

    def find(record: Record) -> object:
        for name, path in paths:
            if name in record:
                return record[name]
            if len(path) > 1 and (found := _follow(record, path)) is not ABSENT:
                return found
        return ABSENT

    return find


def _follow(value: object, path: list[str]) -> object:
    """What a path leads to: keys of objects, ranks in lists (`titulaires.0.id`)."""
    for step in path:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return ABSENT
    return value


def _roots(column: Column) -> set[str]:
    return {part for name in column.headers for part in (name, name.partition(".")[0])}
