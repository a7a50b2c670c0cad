"""Which rows are at fault: suspects told apart as the file is read, then judged one by one.

Pure SQL over `c0`, `c1`…, the raw texts of a row; what is a value and what is a fault is said in
`values` and `reasons`.
"""

import duckdb

from assets.decoding.crosschecks import crosschecks
from assets.decoding.reading import TEXTS, Reading
from assets.decoding.reasons import FREE, promises, reason
from assets.decoding.shortcuts import Shortcut, shortcut
from assets.decoding.values import cleaned, typed
from checks.contract import Column, Contract
from resources.sql import quoted

FAULTS = "temp._faults"  # (row, line, raw, reasons) of every row that cannot be kept


def streamed(contract: Contract, reading: Reading) -> str:
    """A query giving typed values, and the raw texts of the rows that may be at fault.

    Each text is read the quick way, and a row with a doubt goes with its texts, for
    `judge_suspects` to read again. Not so the careful columns of the reading, where doubts are
    common: their values are had the exact way at once.
    """
    careful = reading.careful
    columns = list(enumerate(contract.columns))
    names = {i: f"q{i}" if i in careful else f"v{i}" for i, _ in columns}
    shorts = {i: shortcut(one, contract, f"c{i}", names[i], reading.met) for i, one in columns}
    quick = ", ".join(f"{short.quick} as {names[i]}" for i, short in shorts.items())
    rows = f"(select *, {quick} from {texts_of(contract, reading)})"
    if careful:
        doubts = ", ".join(f"{shorts[i].doubt} as d{i}" for i in careful)
        values = ", ".join(f"{_careful(shorts[i], i)} as v{i}" for i in careful)
        rows = f"(select *, {values} from (select *, {doubts} from {rows}))"
    # Parts of one `or` in a `case`: DuckDB then looks at the next only where the last said nothing.
    suspect = [
        part
        for i, column in columns
        for part in (
            [_unsound(column, contract, i)]
            if i in careful
            else [shorts[i].doubt, *_faults(column, f"c{i}", f"v{i}")]
        )
    ]
    suspect += [rule.fault for rule in crosschecks(contract)]
    texts = [f"c{i}" for i, _ in columns] + ["line::varchar"] * reading.numbered
    return f"""
        select
            {", ".join(f"v{i}" for i, _ in columns)},
            case when {" or ".join(suspect)} then [{", ".join(texts)}] end as _raw
        from {rows}
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


def _careful(short: Shortcut, index: int) -> str:
    if short.exact is None:
        return f"q{index}"
    return f"case when d{index} then {short.exact} else q{index} end"


def _unsound(column: Column, contract: Contract, index: int) -> str:
    """Whether a row is at fault for a careful column: all is looked at only in doubt."""
    value, written = f"v{index}", cleaned(column, contract, f"c{index}")
    tests = [] if column.type in FREE else [f"({value} is not null or {written} is null)"]
    if column.severity == "critical":
        tests += [f"({test}) is not false" for test, _ in promises(column, written, value)]
    faults = " or ".join(_faults(column, f"c{index}", value)) or "false"
    return f"case when d{index} then not ({' and '.join(tests) or 'true'}) else {faults} end"


def judge_suspects(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract, *, numbered: bool
) -> None:
    """Fill `FAULTS` from the suspects of a staging table, each with all its reasons.

    A suspect that is not at fault is given the values that the exact way finds.
    """
    columns = list(enumerate(contract.columns))
    raw = ", ".join(f"_raw[{i + 1}] as c{i}" for i, _ in columns)
    line = f"_raw[{len(columns) + 1}]::bigint" if numbered else "null::bigint"
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
        create or replace temp table _judged as
        select
            row, line, raw, {", ".join(f"v{i}" for i, _ in columns)},
            list_filter([{told}], lambda one: one is not null)::varchar[] as reasons
        from (
            select *, {found}
            from (
                select *, {values}
                from (
                    select *, {texts}
                    from (
                        select rowid as row, {line} as line, _raw as raw, {raw}
                        from {table}
                        where _raw is not null
                    )
                )
            )
        )
        """
    )
    connection.execute(
        "create or replace temp table _faults as "
        "select row, line, raw, reasons from _judged where len(reasons) > 0"
    )
    _mend(connection, table, contract)
    connection.execute("drop table _judged")


def _mend(connection: duckdb.DuckDBPyConnection, table: str, contract: Contract) -> None:
    """Give the suspects that are not at fault their exact values, where these are others.

    Column by column: a column is written again in each group of rows where one value changes.
    """
    sound = "(select * from _judged where len(reasons) = 0) as judged"
    names = [quoted(column.name) for column in contract.columns]
    differs = [f"staged.{name} is distinct from judged.v{i}" for i, name in enumerate(names)]
    row = connection.execute(
        f"select {', '.join(f'coalesce(bool_or({one}), false)' for one in differs)} "
        f"from {sound} join {table} as staged on staged.rowid = judged.row"
    ).fetchone()
    for i, (name, wrong) in enumerate(zip(names, row or (), strict=True)):
        if wrong:
            connection.execute(
                f"update {table} as staged set {name} = judged.v{i} from {sound} "
                f"where staged.rowid = judged.row and {differs[i]}"
            )
