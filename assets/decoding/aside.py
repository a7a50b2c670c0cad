"""The quarantine of a version: raw texts, line, column, first reason, all reasons."""

from dataclasses import dataclass

import duckdb

from assets.decoding.judging import FAULTS
from assets.decoding.reading import SHIFTS, TORN, Reading, shift_by_torn_lines
from checks.contract import Contract
from resources.sql import quoted


@dataclass(frozen=True)
class Aside:
    """A staging table, and `name`, the table of what cannot be kept of it."""

    connection: duckdb.DuckDBPyConnection
    table: str
    name: str
    contract: Contract

    def keep(self, reading: Reading) -> None:
        """Move the rows at fault and the torn lines to the quarantine, in the order of the file."""
        if reading.settle is None:
            shift_by_torn_lines(self.connection, reading.first_line)
        texts = ", ".join(
            f"raw[{index + 1}] as {quoted(column.name)}"
            for index, column in enumerate(self.contract.columns)
        )
        line = f"coalesce(line, row + {reading.first_line} + coalesce(shift, 0))"
        self.connection.execute(
            f"""
            create or replace table {self.name} as
            select
                {line} as _ligne,
                split_part(reasons[1], ':', 1) as _colonne,
                split_part(reasons[1], ':', 2) as _motif,
                reasons as _motifs,
                null::varchar as _texte,
                {texts}
            from {FAULTS} as faults asof left join {SHIFTS} as shifts
                on faults.row >= shifts.from_row
            union all by name
            select
                line as _ligne,
                null::varchar as _colonne,
                '{reading.torn_reason}' as _motif,
                ['{reading.torn_reason}'] as _motifs,
                text as _texte
            from {TORN}
            order by _ligne
            """
        )
        self.connection.execute(
            f"delete from {self.table} where rowid in (select row from {FAULTS})"
        )
        self.connection.execute(f"alter table {self.table} drop column _raw")

    def reasons(self) -> dict[str, int]:
        """How many rows are set aside, by `column:CODE`."""
        return dict(
            self.connection.execute(
                f"select coalesce(_colonne || ':', '') || _motif, count(*) from {self.name} "
                "group by 1 order by 2 desc, 1"
            ).fetchall()
        )
