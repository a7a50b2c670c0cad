"""Columns read behind a pseudonym: the clear text is replaced as it is read, before it is stored.

It is held to its promises while it is clear; what comes next, staging table and quarantine
included, only ever sees its pseudonym. What a pseudonym is, is in `resources.pseudonyms`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import duckdb

from assets.decoding.judging import texts_of
from assets.decoding.reading import TORN, Reading
from assets.decoding.reasons import promises
from assets.decoding.values import cleaned, typed
from checks.contract import Column, Constraints, Contract
from resources.pseudonyms import SHAPE, Pseudonyms

# In the place of a text that breaks its promises: it is no pseudonym, and has nobody's.
FAULTY = "(valeur refusée)"


@contextmanager
def veiled(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    contract: Contract,
    pseudonyms: Pseudonyms | None,
) -> Iterator[tuple[Reading, Contract]]:
    """The reading behind pseudonyms, and the contract of what is then read.

    Both as they are where the contract asks for no pseudonym.
    """
    domains = {
        f"c{index}": column.pseudonym
        for index, column in enumerate(contract.columns)
        if column.pseudonym is not None
    }
    if not domains:
        yield reading, contract
        return
    if pseudonyms is None:
        raise ValueError("a contract that asks for pseudonyms is read with the platform's keys")
    behind = replace(
        reading,
        texts=_behind(texts_of(contract, reading), contract, domains, pseudonyms),
        again=_behind(reading.again, contract, domains, pseudonyms),
        alone=_behind(reading.alone, contract, domains, pseudonyms),
    )
    with pseudonyms.within(connection, sorted(set(domains.values()))):
        yield behind, _kept(contract)


def hide_torn(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget the texts of torn lines: nobody knows where in them the column stands."""
    connection.execute(f"update {TORN} set text = null")


def _behind(
    relation: str, contract: Contract, domains: dict[str, str], pseudonyms: Pseudonyms
) -> str:
    """SQL of the same rows, each text of these columns cleaned, judged, then replaced."""
    read, clean, told, passing = [], [], [], []
    for index, column in enumerate(contract.columns):
        if column.pseudonym is None:
            continue
        text = f"c{index}"
        # In one step, so that DuckDB cleans the text once.
        read.append(f"{_faulty(column, contract, text)} as _faulty_{text}")
        read.append(f"{cleaned(column, contract, text)} as _clean_{text}")
        clean.append(f"_clean_{text} as {text}")
        told.append(f"if(_faulty_{text}, '{FAULTY}', {text}) as {text}")
        passing += [f"_faulty_{text}", f"_clean_{text}"]
    cleaned_once = f"(select *, {', '.join(read)} from {relation})"
    readable = f"(select * replace ({', '.join(clean)}) from {cleaned_once})"
    hashed = pseudonyms.replaced(readable, domains)
    return f"(select * exclude ({', '.join(passing)}) replace ({', '.join(told)}) from {hashed})"


def _faulty(column: Column, contract: Contract, text: str) -> str:
    """SQL that is true of a clear text which breaks a promise; the missing one is judged later."""
    if column.severity != "critical":
        return "false"
    written = cleaned(column, contract, text)
    tests = [
        f"({test}) is false"
        for test, code in promises(column, written, typed(column, written))
        if code != "MANQUANT"
    ]
    return f"({' or '.join(tests) or 'false'})"


def _kept(contract: Contract) -> Contract:
    """The contract of what is read: of a pseudonym, only that it is one can still be asked."""
    columns = [
        column
        if column.pseudonym is None
        else column.model_copy(
            update={
                "format": None,
                "constraints": Constraints(
                    required=column.constraints.required,
                    unique=column.constraints.unique,
                    pattern=SHAPE,
                ),
            }
        )
        for column in contract.columns
    ]
    veil = {column.name for column in contract.columns if column.pseudonym is not None}
    corrections = [one for one in contract.corrections if one.column not in veil]
    said = {name: getattr(contract, name) for name in type(contract).model_fields}
    return Contract.model_validate({**said, "columns": columns, "corrections": corrections})
