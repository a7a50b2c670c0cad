"""Tables with or without somebody in them, for the tests of the scanner.

Nobody is real: telephone numbers are in the ranges ARCEP keeps for fiction, e-mail addresses in the
domains RFC 2606 reserves, and the NIR are computed.
"""

from collections.abc import Sequence

import duckdb

from checks.contract import Contract
from checks.protection import Finding, found_in
from resources.sql import literal, quoted

PHONE, MAIL = "06 39 98 12 34", "camille.durand@example.org"


def nir(body: str) -> str:
    """Thirteen characters and their key."""
    digits = body.replace("2A", "19").replace("2B", "18")
    return f"{body}{97 - int(digits) % 97:02d}"


def table(connection: duckdb.DuckDBPyConnection, **columns: Sequence[object]) -> str:
    """A table of these columns; how SQL calls it."""
    connection.execute("create or replace table essai (ligne integer)")
    rows = max(len(values) for values in columns.values())
    connection.execute(f"insert into essai from range({rows})")
    for name, values in columns.items():
        kind = connection.execute(f"select typeof({literal(list(values))}[1])").fetchall()[0][0]
        if all(value is None or isinstance(value, str) for value in values):
            kind = "varchar"
        connection.execute(
            f"create or replace table essai as select essai.*, texts[rowid + 1]::{kind} as "
            f"{quoted(name)} from essai, (select {literal(list(values))} as texts)"
        )
    connection.execute("alter table essai drop ligne")
    return "essai"


def found(
    connection: duckdb.DuckDBPyConnection, contract: Contract | None = None, **columns
) -> dict[str, list[str]]:
    """The kinds found in each column."""
    return {
        name: [one.kind for one in findings]
        for name, findings in found_in(connection, table(connection, **columns), contract).items()
    }


def only(
    connection: duckdb.DuckDBPyConnection, values: Sequence[object], name: str = "valeur"
) -> list[Finding]:
    """What is found in one column alone."""
    return list(found_in(connection, table(connection, **{name: values})).get(name, []))
