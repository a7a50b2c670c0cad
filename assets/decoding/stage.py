"""A source's new version, staged: good rows typed, every other set aside with its reason.

published + quarantined = received, always. Nothing is published here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from assets.decoding.macros import MACROS
from assets.decoding.reading import Reading, read_texts
from assets.decoding.reasons import reason
from assets.decoding.values import TYPES, cleaned, typed
from checks.contract import Contract
from resources.errors import SourceError
from resources.sql import quoted


@dataclass(frozen=True)
class Staged:
    """A version that waits for the gate. `reasons` counts set-aside rows by `column:CODE`."""

    table: str
    received: int
    rows: int
    quarantined: int = 0
    quarantine: str | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)


def stage_source(
    connection: duckdb.DuckDBPyConnection, name: str, contract: Contract, file: Path, work: Path
) -> Staged:
    """Decode a file into `sources._staging_<name>` and `quarantine._staging_<name>`.

    Raises:
        SourceError: the file cannot be read as what the contract says, or holds no row.
    """
    reading = read_texts(connection, file, contract, work)
    if reading.rows + reading.torn == 0 and not contract.may_be_empty:
        raise SourceError("VIDE", "le fichier reçu n’a que sa ligne de titres, aucune ligne")
    connection.execute(MACROS)
    _judge_rows(connection, contract)
    _find_repeats(connection, contract)
    table = f"sources.{quoted('_staging_' + name)}"
    aside = f"quarantine.{quoted('_staging_' + name)}"
    connection.execute(
        f"""
        create or replace table {table} as
        select {_typed_columns(contract)}
        from temp._judged
        where reasons is null and row not in (select row from _repeats)
        """
    )
    _set_aside(connection, aside, contract, reading)
    rows = _one(connection, f"select count(*) from {table}")
    quarantined = _one(connection, f"select count(*) from {aside}")
    received = reading.rows + reading.torn
    if rows + quarantined != received:
        raise RuntimeError(f"{name}: {rows} staged + {quarantined} aside ≠ {received} received")
    reasons = connection.execute(
        f"select coalesce(_colonne || ':', '') || _motif, count(*) from {aside} "
        "group by 1 order by 2 desc, 1"
    ).fetchall()
    return Staged(table, received, rows, quarantined, aside, dict(reasons), reading.extra)


def _typed_columns(contract: Contract) -> str:
    return ", ".join(
        f"v{index}::{TYPES[column.type]} as {quoted(column.name)}"
        for index, column in enumerate(contract.columns)
    )


def _judge_rows(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """`_judged(row, v0, v1…, reasons)`: typed values, and why a row cannot be kept (else null).

    Computed once: the sound rows, the repeats and the quarantine are all read from it.
    """
    columns = list(enumerate(contract.columns))
    texts = ", ".join(f"{cleaned(column, contract, f'c{i}')} as t{i}" for i, column in columns)
    values = ", ".join(f"{typed(column, f't{i}')} as v{i}" for i, column in columns)
    found = ", ".join(f"{reason(column, f't{i}', f'v{i}')} as r{i}" for i, column in columns)
    at_fault = " or ".join(f"r{i} is not null" for i, _ in columns)
    told = ", ".join(f"'{column.name}:' || r{i}" for i, column in columns)
    connection.execute(
        f"""
        create or replace temp table _judged as
        select
            row,
            {", ".join(f"v{i}" for i, _ in columns)},
            case when {at_fault} then list_filter([{told}], lambda one: one is not null) end
                as reasons
        from (
            select *, {found}
            from (
                select *, {values}
                from (select rowid as row, {texts} from temp._texts)
            )
        )
        """
    )


def _find_repeats(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Set aside rows that repeat a key: all but the first when identical, all when they differ."""
    connection.execute("create or replace temp table _repeats (row bigint, reasons varchar[])")
    order = [column.name for column in contract.columns]
    unique = [[column.name] for column in contract.columns if column.constraints.unique]
    keys = [contract.key] if contract.key else []
    keys += [key for key in unique if key not in keys]
    content = ", ".join(f"v{index}" for index in range(len(order)))
    for key in keys:
        names = [f"v{order.index(name)}" for name in key]
        columns = ", ".join(names)
        # Two keys that lack the same part are the same key; two lone missing values are not.
        same = "=" if len(key) == 1 else "is not distinct from"
        matches = " and ".join(f"good.{name} {same} repeated.{name}" for name in names)
        connection.execute(
            f"""
            insert into _repeats
            with good as (
                select * from temp._judged
                where reasons is null and row not in (select row from _repeats)
            ),
            repeated as (
                select {columns} from good group by all having count(*) > 1
            ),
            judged as (
                select
                    row,
                    min(row) over same as first,
                    min(hash({content})) over same <> max(hash({content})) over same as differs
                from good semi join repeated on {matches}
                window same as (partition by {columns})
            )
            select
                row,
                ['{key[0]}:' || case when differs then 'CLE_EN_CONFLIT' else 'DOUBLON' end]
            from judged
            where differs or row <> first
            """
        )


def _set_aside(
    connection: duckdb.DuckDBPyConnection, aside: str, contract: Contract, reading: Reading
) -> None:
    """The quarantine of this version: raw texts, line, column, first reason, all reasons."""
    texts = ", ".join(
        f"c{index} as {quoted(column.name)}" for index, column in enumerate(contract.columns)
    )
    if reading.numbered:
        line = "line"
    else:
        # Rows before this one, plus the torn lines that stand before it.
        connection.execute(
            f"""
            create or replace temp table _shifts as
            select line - {reading.first_line} - row_number() over (order by line) + 1 as from_row,
                   row_number() over (order by line) as shift
            from _torn
            """
        )
        line = (
            f"texts.rowid + {reading.first_line} "
            "+ coalesce((select max(shift) from _shifts where from_row <= texts.rowid), 0)"
        )
    connection.execute(
        f"""
        create or replace table {aside} as
        select
            {line} as _ligne,
            split_part(reasons[1], ':', 1) as _colonne,
            split_part(reasons[1], ':', 2) as _motif,
            reasons as _motifs,
            null::varchar as _texte,
            {texts}
        from temp._texts as texts join (
            select row, reasons from temp._judged where reasons is not null
            union all
            select row, reasons from _repeats
        ) as faults on texts.rowid = faults.row
        union all by name
        select
            line as _ligne,
            null::varchar as _colonne,
            '{reading.torn_reason}' as _motif,
            ['{reading.torn_reason}'] as _motifs,
            text as _texte
        from _torn
        order by _ligne
        """
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
