"""The tables a suite reads: their columns, their rows, and what DuckDB knows of them already.

Each is asked for once in an evaluation. What is asked of their values is in `answers`.
"""

from collections.abc import Collection, Mapping
from typing import Any

import duckdb

from checks.quality.figures import UnanswerableError, refusal
from checks.quality.sql import Column
from checks.quality.statistics import UNKNOWN, facts
from resources.sql import quoted

# Below, reading a column costs less than asking what is known of it.
_WORTH_ASKING = 100_000


class Tables:
    """What a connection knows of tables, by their quoted names.

    Of a column which is not among the `named`, nothing is asked but its type: on a wide table, to
    ask of all costs more than some rules.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, named: Collection[str] | None = None
    ) -> None:
        self.connection = connection
        self._named = named
        self._columns: dict[str, Mapping[str, Column]] = {}
        self._rows: dict[str, int] = {}

    def columns(self, table: str) -> Mapping[str, Column]:
        """The columns of a table by name.

        Raises:
            UnanswerableError: there is no such table, or it cannot be read.
        """
        if table not in self._columns:
            self._columns[table] = self._described(table)
        return self._columns[table]

    def rows(self, table: str) -> int:
        """How many rows it has: DuckDB keeps the count."""
        if table not in self._rows:
            self._rows[table] = int(self._row(f"select count(*) from {table}")[0])
        return self._rows[table]

    def values_of(self, table: str, column: str) -> str:
        """A relation: each value of a column, under its name, and how many `times` it is found."""
        name = quoted(column)
        times = self.columns(table)[column].times
        return f"(select {name}, count(*) as {times} from {table} group by {name})"

    def _described(self, table: str) -> Mapping[str, Column]:
        try:
            described = self.connection.execute(f"describe {table}").fetchall()
        except duckdb.CatalogException:
            raise UnanswerableError(f"La table {table} n’existe pas.") from None
        types = {name: kind for name, kind, *_ in described}
        if self.rows(table) < _WORTH_ASKING:
            return {name: Column(name, kind, UNKNOWN) for name, kind in types.items()}
        asked = [name for name in types if self._named is None or name in self._named]
        told = dict(zip(asked, self._known(table, asked), strict=True)) if asked else {}
        return {
            name: Column(name, kind, facts(kind.partition("(")[0], told.get(name)))
            for name, kind in types.items()
        }

    def _known(self, table: str, names: list[str]) -> tuple[str | None, ...]:
        """What DuckDB tells of each column, from any of its rows."""
        asked = ", ".join(f"stats({quoted(name)})" for name in names)
        return self._row(f"select {asked} from {table} limit 1") or (None,) * len(names)

    def _row(self, query: str) -> tuple[Any, ...]:
        try:
            row = self.connection.execute(query).fetchone()
        except duckdb.InterruptException:
            raise
        except (duckdb.IOException, duckdb.SerializationException) as error:
            raise refusal(error) from None
        return tuple(row or ())
