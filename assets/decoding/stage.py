"""A source's new version, staged: good rows typed, every other set aside with its reason.

published + quarantined = received, always. Nothing is published here.

The file is read once, as it is typed, straight into the staging table; the raw texts of the rows
that may be at fault go with them, and only these are looked at again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from assets.decoding.aside import Aside
from assets.decoding.corrections import counted
from assets.decoding.judging import judge_suspects, streamed
from assets.decoding.macros import MACROS
from assets.decoding.overdue import find_overdue
from assets.decoding.reading import Reading, count, read_texts, read_whole
from assets.decoding.repeats import find_repeats
from assets.decoding.strangers import find_strangers
from assets.decoding.values import stored
from assets.decoding.veiled import hide_torn, veiled
from checks.contract import Contract
from checks.partitions import Period
from checks.retention import OVERDUE
from resources.errors import SourceError
from resources.pseudonyms import Pseudonyms
from resources.sql import quoted


@dataclass(frozen=True)
class Staged:
    """A version that waits for the gate. `reasons` counts set-aside rows by `column:CODE`.

    `extra` are the titles not asked for, `aliases` the columns found under another title,
    `absent` the optional columns that the file lacks, `corrections` how many texts each correction
    of the contract mended, in its order; `hidden` says that invisible characters stand in the file.
    """

    table: str
    received: int
    rows: int
    quarantined: int = 0
    quarantine: str | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
    aliases: Mapping[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    corrections: list[int] = field(default_factory=list)
    hidden: bool = False

    @property
    def overdue(self) -> int:
        """Rows set aside for being past their time: no fault of the file."""
        return sum(n for why, n in self.reasons.items() if why.endswith(f":{OVERDUE}"))


def stage_source(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    contract: Contract,
    file: Path,
    work: Path,
    *,
    today: date | None = None,
    pseudonyms: Pseudonyms | None = None,
    period: Period | None = None,
) -> Staged:
    """Decode a file into `sources._staging_<name>` and `quarantine._staging_<name>`.

    `today` is the day from which the time a row may be kept is counted; None keeps every row.
    `pseudonyms` replace the columns that ask for them, before anything is stored. `period` is the
    partition the file was asked for; rows of another are set aside.

    Raises:
        SourceError: the file cannot be read as what the contract says, or holds no row.
    """
    table = f"sources.{quoted('_staging_' + name)}"
    connection.execute(MACROS)
    with (
        read_texts(connection, file, contract, work) as clear,
        veiled(connection, clear, contract, pseudonyms) as (reading, behind),
    ):
        rows, torn = read_whole(
            connection, reading, lambda one: _read(connection, table, behind, one)
        )
        if rows + torn == 0 and not contract.may_be_empty:
            raise SourceError("VIDE", "le fichier reçu n’a que sa ligne de titres, aucune ligne")
        judge_suspects(connection, table, behind, numbered=reading.numbered)
        if today is not None:
            find_overdue(connection, table, behind, reading, today)
        if period is not None:
            find_strangers(connection, table, behind, reading, period)
        find_repeats(connection, table, behind, reading)
        mended = counted(connection, contract, clear)
        if behind is not contract:
            hide_torn(connection)
    aside = Aside(connection, table, f"quarantine.{quoted('_staging_' + name)}", contract)
    aside.keep(reading)
    quarantined = count(connection, aside.name)
    kept = count(connection, table)
    if kept + quarantined != rows + torn:
        raise RuntimeError(f"{name}: {kept} staged + {quarantined} aside ≠ {rows + torn} received")
    titles = reading.titles
    return Staged(
        table,
        received=rows + torn,
        rows=kept,
        quarantined=quarantined,
        quarantine=aside.name,
        reasons=aside.reasons(),
        extra=reading.extra,
        aliases=titles.aliases if titles else {},
        absent=titles.absent if titles else [],
        corrections=mended,
        hidden=reading.hidden,
    )


def _read(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract, reading: Reading
) -> int:
    """Fill the staging table, in the order of the file: its row ids are the ranks of the rows."""
    columns = ", ".join(f"{quoted(column.name)} {stored(column)}" for column in contract.columns)
    connection.execute(f"drop table if exists {table}")
    connection.execute(f"create table {table} ({columns}, _raw varchar[])")
    try:
        connection.execute(f"insert into {table} {streamed(contract, reading)}")
    except duckdb.Error as error:
        if reading.settle is None:
            raise
        raise SourceError(
            "NON_CSV", f"DuckDB ne peut pas lire ce tableau ({type(error).__name__})"
        ) from None
    return count(connection, table)
