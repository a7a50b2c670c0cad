"""Which rows are at fault: suspects told apart as the file is read, then judged one by one.

Pure SQL over `c0`, `c1`…, the raw texts of a row; what is a value and what is a fault is said in
`values` and `reasons`.
"""

import duckdb

from assets.decoding.crosschecks import crosschecks
from assets.decoding.reading import TEXTS, Reading
from assets.decoding.reasons import FREE, promises, reason
from assets.decoding.shortcuts import shortcut
from assets.decoding.values import cleaned, typed
from checks.contract import Column, Contract

FAULTS = "temp._faults"  # (row, line, raw, reasons) of every row that cannot be kept


def streamed(contract: Contract, reading: Reading) -> str:
    """A query giving typed values, and the raw texts of the rows that may be at fault.

    In steps, so that DuckDB computes each thing once, and the exact way only for the rows whose
    texts are not plain: casts (`q`), what puts them in doubt (`d`), values (`v`).
    """
    columns = list(enumerate(contract.columns))
    shorts = [shortcut(column, contract, f"c{i}", f"q{i}", reading.met) for i, column in columns]
    numbered = list(enumerate(shorts))
    quick = ", ".join(f"{short.quick} as q{i}" for i, short in numbered)
    unsure = ", ".join(f"{short.doubt} as d{i}" for i, short in numbered)
    values = ", ".join(
        f"q{i} as v{i}"
        if short.exact is None
        else f"case when d{i} then {short.exact} else q{i} end as v{i}"
        for i, short in numbered
    )
    doubts = [f"d{i}" for i, _ in numbered]
    doubts += [fault for i, column in columns for fault in _faults(column, f"c{i}", f"q{i}")]
    doubts += [rule.fault for rule in crosschecks(contract, "q")]
    sound = [test for i, column in columns for test in _sound(column, contract, i)]
    sound += [f"({rule.fault}) is not true" for rule in crosschecks(contract)]
    texts = ", ".join(f"c{i}" for i, _ in columns)
    # Nested: DuckDB would try the parts of an `and` in another order, and pay for all of them.
    suspects = f"case when doubt then case when {' and '.join(sound) or 'true'} then null else"
    line = f"{suspects} line end end" if reading.numbered else "null::bigint"
    return f"""
        select
            {", ".join(f"v{i}" for i, _ in columns)},
            {suspects} [{texts}] end end as _raw,
            {line} as _line
        from (
            select *, {values}, {" or ".join(doubts)} as doubt
            from (
                select *, {unsure}
                from (select *, {quick} from {texts_of(contract, reading)})
            )
        )
    """


def texts_of(contract: Contract, reading: Reading) -> str:
    """What the rows are read from; a text stored empty is no text, as in a delimited file."""
    if reading.texts != TEXTS:
        return reading.texts
    columns = ", ".join(f"nullif(c{i}, '') as c{i}" for i, _ in enumerate(contract.columns))
    return f"(select * replace ({columns}) from {TEXTS})"


def _faults(column: Column, text: str, value: str) -> list[str]:
    """What a plain value may break: true where it does, null where there is no value."""
    if column.severity != "critical":
        return []
    told = promises(column, text, value)
    return [f"not ({test})" for test, _ in told]


def _sound(column: Column, contract: Contract, index: int) -> list[str]:
    """What is true of every row that is not at fault for this column."""
    value, written = f"v{index}", cleaned(column, contract, f"c{index}")
    tests = [] if column.type in FREE else [f"({value} is not null or {written} is null)"]
    if column.severity == "critical":
        tests += [f"({test}) is not false" for test, _ in promises(column, written, value)]
    return tests


def judge_suspects(connection: duckdb.DuckDBPyConnection, table: str, contract: Contract) -> None:
    """Fill `FAULTS` from the suspects of a staging table, each with all its reasons."""
    columns = list(enumerate(contract.columns))
    raw = ", ".join(f"_raw[{i + 1}] as c{i}" for i, _ in columns)
    texts = ", ".join(f"{cleaned(column, contract, f'c{i}')} as t{i}" for i, column in columns)
    values = ", ".join(f"{typed(column, f't{i}')} as v{i}" for i, column in columns)
    faults = [(column.name, reason(column, f"t{i}", f"v{i}")) for i, column in columns]
    faults += [
        (rule.column, f"case when {rule.fault} then '{rule.code}' end")
        for rule in crosschecks(contract)
    ]
    found = ", ".join(f"{why} as r{i}" for i, (_, why) in enumerate(faults))
    told = ", ".join(f"'{name}:' || r{i}" for i, (name, _) in enumerate(faults))
    connection.execute(
        f"""
        create or replace temp table _faults as
        select row, _line as line, _raw as raw, reasons
        from (
            select *, list_filter([{told}], lambda one: one is not null)::varchar[] as reasons
            from (
                select *, {found}
                from (
                    select *, {values}
                    from (
                        select *, {texts}
                        from (
                            select rowid as row, _line, _raw, {raw}
                            from {table}
                            where _raw is not null
                        )
                    )
                )
            )
        )
        where len(reasons) > 0
        """
    )
