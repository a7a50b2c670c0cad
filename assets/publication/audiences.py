"""Who may read what: the tables and columns of each audience, as contracts say.

An audience is the `access` of a contract. The open file holds open tables; the internal one, open
and internal tables; the restricted one, encrypted, restricted tables only. A personal column is in
neither of the first two, whatever the contract says elsewhere; one that `pseudonym:` made may be in
the internal one.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import duckdb

from assets.catalogue import Table
from assets.outcome import Published
from assets.platform import Platform
from assets.versions import published_version
from checks.contract import Contract
from resources.sql import quoted

Audience = Literal["open", "internal", "restricted"]
AUDIENCES: tuple[Audience, ...] = ("open", "internal", "restricted")
# Which audiences read a table, by its `access`.
READERS: dict[Audience, tuple[Audience, ...]] = {
    "open": ("open", "internal"),
    "internal": ("internal",),
    "restricted": ("restricted",),
}
# To change with what files hold for the same tables: the next run then publishes anew.
FORM = "1"


@dataclass(frozen=True)
class Readable:
    """A published table, and the columns of it that its audiences may read."""

    table: Table
    version: Published
    columns: tuple[str, ...]

    @property
    def access(self) -> Audience:
        """The audience the contract gives the table to."""
        return self.table.contract.access

    @property
    def select(self) -> str:
        """SQL that reads these columns from the warehouse."""
        listed = ", ".join(map(quoted, self.columns))
        return f"select {listed} from {self.table.layer}.{quoted(self.table.name)}"

    @property
    def identity(self) -> list[object]:
        """What it holds, in a few words: changes with its data, its contract and its audience."""
        version = self.version
        columns = list(self.columns)
        return [self.table.key, self.access, columns, version.fingerprint, version.content]


def readable_tables(
    connection: duckdb.DuckDBPyConnection, platform: Platform
) -> Iterator[Readable]:
    """The published tables somebody may read."""
    for table in platform.catalogue:
        columns = readable_columns(table.contract)
        version = published_version(connection, table.key) if columns else None
        if version is not None:
            yield Readable(table, version, columns)


def readable_columns(contract: Contract) -> tuple[str, ...]:
    """The columns that the audience of a contract may read; none where it may read nothing.

    A table that says it is about persons, by no column in particular, is for the restricted file.
    """
    personal = [column for column in contract.columns if column.personal_data != "none"]
    if contract.access == "restricted":
        return tuple(column.name for column in contract.columns)
    if contract.protection.personal_data != "none" and not personal:
        return ()
    return tuple(
        column.name
        for column in contract.columns
        if column.personal_data == "none"
        or (contract.access == "internal" and column.pseudonym is not None)
    )


def readable_state(connection: duckdb.DuckDBPyConnection, platform: Platform) -> str:
    """What may be read now, in one word: changes with a version, a contract, an access."""
    return in_one_word([one.identity for one in readable_tables(connection, platform)])


def in_one_word(facts: object) -> str:
    """A word that changes with these facts, and with the form of what is published."""
    return hashlib.sha256(json.dumps([FORM, facts], default=str).encode()).hexdigest()


def shown(table: Table, columns: Iterable[str]) -> set[str]:
    """Each of these columns with each audience that reads it: what two versions are compared by."""
    readers = READERS[table.contract.access]
    return {f"{audience}:{table.key}.{column}" for audience in readers for column in columns}
