"""From JSON records to rows of texts: columns found by key or by dotted path, in whatever order.

A key that some records lack is a null there; one that no record has is a column that is missing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import duckdb

from assets.decoding.json_values import Number, text_of, written
from assets.decoding.reading import Reading, extra
from assets.decoding.storing import store_streamed, store_torn
from assets.decoding.titles import check_columns
from checks.contract import Column, Contract
from resources.errors import SourceError

Record = dict[str, object]
Texts = list[str | None]
ABSENT = object()
BARE = frozenset({str, Number, type(None)})  # what is its own text already


class Rows:
    """Records made rows one by one; what is not an object is set aside with its line."""

    def __init__(self, contract: Contract, refusal: str) -> None:
        self._contract = contract
        self._refusal = refusal
        self._names = [column.header for column in contract.columns]
        # Columns with another name, or that may stand deeper: looked for when the usual way fails.
        self._elsewhere = {
            at: finder
            for at, column in enumerate(contract.columns)
            if (finder := _finder(column)) is not None
        }
        self._unmet = set(range(len(self._names)))  # columns not found in any record yet
        self._keys: dict[str, None] = {}
        self.torn: list[tuple[int, str]] = []

    def of(self, values: Iterable[tuple[int, object]]) -> Iterator[tuple[int, Texts]]:
        """The row of each record, with its line."""
        keys, names, unmet = self._keys, self._names, self._unmet
        for line, value in values:
            if not isinstance(value, dict):
                text = written(value).encode("utf-8", "backslashreplace").decode()
                self.torn.append((line, text))
                continue
            if not value.keys() <= keys.keys():
                keys.update(dict.fromkeys(value))
            found = [value.get(name, ABSENT) for name in names]
            for at, finder in self._elsewhere.items():
                if found[at] is ABSENT:
                    found[at] = finder(value)
            if unmet:
                unmet -= {at for at in unmet if found[at] is not ABSENT}
            yield line, [one if one.__class__ in BARE else _text(one) for one in found]

    def store(
        self, connection: duckdb.DuckDBPyConnection, values: Iterable[tuple[int, object]]
    ) -> Reading:
        """Fill `TEXTS` and `TORN`.

        Raises:
            SourceError: `VIDE`, or `SCHEMA` when a column is in no record.
        """
        rows = store_streamed(connection, self._contract, self.of(values), self.torn)
        if rows == 0 and not self.torn:
            raise SourceError("VIDE", "le fichier reçu ne contient aucun objet")
        if rows == 0:
            raise SourceError(self._refusal, "le fichier reçu ne contient aucun objet JSON lisible")
        used = {name for column in self._contract.columns for name in _roots(column)}
        met = [name for at, name in enumerate(self._names) if at not in self._unmet]
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


def _text(value: object) -> str | None:
    return None if value is ABSENT else text_of(value)


def _finder(column: Column) -> Callable[[Record], object] | None:
    """How a column is looked for besides its name, by path or alias; None when it is not."""
    if len(column.headers) == 1 and "." not in column.header:
        return None
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
