"""Partitions that were judged, waiting beside their table for the moment of the swap."""

from dataclasses import dataclass

import duckdb

from assets.catalogue import Table
from assets.decoding.stage import Staged
from resources.sql import literal, quoted


@dataclass(frozen=True)
class Waiting:
    """The tables in which partitions wait, named so that a killed run's are removed."""

    connection: duckdb.DuckDBPyConnection
    table: Table

    @property
    def ready(self) -> str:
        """The bare name of what will be published."""
        return f"_staging_{self.table.name}__ready"

    @property
    def aside(self) -> str:
        """The bare name of what the refused partitions set aside."""
        return f"_staging_{self.table.name}__aside"

    def add(self, staged: Staged, partition: str, *, kept: bool) -> None:
        """Take in a staged partition, its rows if it is kept, what it set aside in any case."""
        if kept:
            self._gather(self.table.layer, self.ready, staged.table)
        else:
            self.connection.execute(f"drop table {staged.table}")
        if staged.quarantine is not None:
            named = f"(select {literal(partition)} as _partition, * from {staged.quarantine})"
            self._gather("quarantine", self.ready if kept else self.aside, named)
            self.connection.execute(f"drop table {staged.quarantine}")

    def clear(self) -> None:
        """Remove what waits."""
        for schema, name in (
            (self.table.layer, self.ready),
            ("quarantine", self.ready),
            ("quarantine", self.aside),
        ):
            self.connection.execute(f"drop table if exists {schema}.{quoted(name)}")

    def staged(self) -> Staged:
        """What is ready, as a whole version staged under the name of one."""
        staging = quoted(f"_staging_{self.table.name}")
        for schema in (self.table.layer, "quarantine"):
            self.connection.execute(
                f"alter table {schema}.{quoted(self.ready)} rename to {staging}"
            )
        return Staged(f"{self.table.layer}.{staging}", 0, 0, quarantine=f"quarantine.{staging}")

    def there(self, schema: str, name: str, column: str | None = None) -> bool:
        """Whether such a table exists, with such a column."""
        named = f"and column_name = {literal(column)}" if column else ""
        return bool(
            self.connection.execute(
                "select 1 from duckdb_columns() where database_name = current_database() "
                f"and schema_name = {literal(schema)} and table_name = {literal(name)} {named}"
            ).fetchall()
        )

    def columns(self, name: str) -> list[tuple[str, str]]:
        """The columns of a table of the layer, with their types."""
        described = self.connection.execute(f"describe {self.table.layer}.{quoted(name)}")
        return [(row[0], row[1]) for row in described.fetchall()]

    def _gather(self, schema: str, name: str, rows: str) -> None:
        target = f"{schema}.{quoted(name)}"
        if not self.there(schema, name):
            if rows.startswith("("):
                self.connection.execute(f"create table {target} as from {rows}")
            else:
                self.connection.execute(f"alter table {rows} rename to {quoted(name)}")
            return
        self.connection.execute(f"insert into {target} by name from {rows}")
        if not rows.startswith("("):
            self.connection.execute(f"drop table {rows}")
