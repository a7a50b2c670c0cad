"""Which columns of a table may hold something about persons, and how each is looked at.

A column is skipped only where its words prove that it cannot: a type without room for it, a closed
list, a foreign key, a format with a key of its own. Whatever the contract calls it, a text is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import duckdb

from checks.contract import Column, Contract
from checks.protection.kind import plain
from checks.rules import Severity
from resources.sql import quoted

Look = Literal["text", "number", "date"]
# As the decoder lays them (`assets.decoding.values`), and as a file of others may hold them.
LOOKS: Mapping[str, Look] = {
    "VARCHAR": "text",
    "JSON": "text",
    "BIGINT": "number",
    "HUGEINT": "number",
    "UBIGINT": "number",
    "INTEGER": "number",
    "DOUBLE": "number",
    "DECIMAL": "number",
    "DATE": "date",
    "TIMESTAMP": "date",
}
# Text formats whose values the gate holds to a shape with no room for anything else.
CLOSED_FORMATS = ("siren", "siret", "uuid", "code_postal", "binary")
CLOSED_TYPES = ("geopoint", "geojson", "boolean", "time", "year", "yearmonth")


@dataclass(frozen=True)
class Place:
    """A column to look at: its name, what is read of it, every name it goes by."""

    name: str
    look: Look
    names: tuple[str, ...]
    nested: bool = False

    @property
    def text(self) -> str:
        """SQL: its value as a text."""
        if self.look == "number":
            return f"try_cast({quoted(self.name)} as hugeint)::varchar"
        return f"{quoted(self.name)}::varchar" if self.nested else quoted(self.name)


def places_of(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract | None = None
) -> list[Place]:
    """The columns of a table, or of anything DuckDB reads, that may hold personal data."""
    described = connection.execute(f"select * from {table} limit 0").description or []
    known = contract.by_name if contract is not None else {}
    found = []
    for name, kind, *_ in described:
        look = _look(str(kind))
        column = known.get(name)
        if look is None or (column is not None and closed(column)):
            continue
        names = [name] if column is None else [name, column.title, *column.headers]
        titles = tuple(dict.fromkeys(plain(each) for each in names))
        found.append(Place(name, look, titles, nested=str(kind) != "VARCHAR" and look == "text"))
    return found


def _look(kind: str) -> Look | None:
    """How a DuckDB type is read; None where it has no room for anybody."""
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "ENUM")):
        return "text"
    return LOOKS.get(kind.partition("(")[0])


def closed(column: Column) -> bool:
    """Whether the gate lets nothing into a column that could be somebody's."""
    held = column.constraints
    if column.type in CLOSED_TYPES:
        return True
    if column.type in ("integer", "number"):
        return held.maximum is not None and float(held.maximum) < 1e8
    if column.severity is not Severity.CRITICAL:
        return False
    return bool(held.enum or held.reference or column.format in CLOSED_FORMATS)
