"""What is made of a person's rows: the tables that read them, near or far, and which columns.

From the plans of the queries (`resources.lineage`), as DuckDB would execute them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from assets.catalogue import Table
from assets.rights.identity import Scope
from resources.lineage import columns_read


@dataclass(frozen=True)
class Derived:
    """A table made again after an erasure: what it reads, as `table.column`."""

    table: str
    reads: Sequence[str]


def derived_of(connection: duckdb.DuckDBPyConnection, scope: Scope) -> list[Derived]:
    """The tables that read those of a scope, upstream first."""
    reached = [*scope.tables, *scope.derived]
    known = {table.key: set(table.contract.by_name) for table in reached}
    return [Derived(table.key, _read(connection, table, known)) for table in scope.derived]


def _read(
    connection: duckdb.DuckDBPyConnection, table: Table, known: dict[str, set[str]]
) -> list[str]:
    """The columns that a query reads; those of its keys and rules, where it has none."""
    found: dict[str, set[str]] = {}
    if table.query is not None:
        try:
            found = columns_read(connection, table.query, known)
        except duckdb.Error:
            # A table it reads was never published: all of it would be read.
            found = {key: known[key] for key in table.upstream & set(known)}
    for reference in table.contract.references:
        key, _, column = reference.rpartition(".")
        if key in known:
            found.setdefault(key, set()).add(column)
    return sorted(f"{key}.{column}" for key, columns in found.items() for column in columns)
