"""The doors of the scanner: a table, a table and its contract, a file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from checks.contract import Contract
from checks.protection.columns import Place, places_of
from checks.protection.dates import births
from checks.protection.declared import cleared, declares_persons, failed, undeclared, verdicts
from checks.protection.files import tables_in
from checks.protection.finding import Finding
from checks.protection.judgement import findings_of, leads_to_somebody
from checks.protection.search import search
from checks.rules import Verdict


def scan(connection: duckdb.DuckDBPyConnection, table: str, contract: Contract) -> list[Verdict]:
    """The verdicts on a table: one for the whole, one for each thing found and not declared.

    A search that fails is a failed verdict.
    """
    try:
        places = places_of(connection, table, contract)
        findings = _found(connection, table, places, contract)
    except duckdb.Error as error:  # its message may quote a value
        return [failed(type(error).__name__)]
    return verdicts(contract, len(places), undeclared(contract, findings))


def found_in(
    connection: duckdb.DuckDBPyConnection, table: str, contract: Contract | None = None
) -> Mapping[str, list[Finding]]:
    """What each column of a table holds, declared or not.

    With its contract, a column is also known by its titles, those that can hold nothing are not
    read, and what is declared of one tells about the others.
    """
    found: dict[str, list[Finding]] = {}
    for finding in _found(connection, table, places_of(connection, table, contract), contract):
        found.setdefault(finding.column, []).append(finding)
    return found


def scan_file(path: Path) -> list[Finding]:
    """What a published file holds; the columns of a DuckDB file are `schema.table.column`.

    Raises:
        ArdoiseError: the file cannot be read, or is of no known kind.
    """
    with tables_in(path) as (connection, tables):
        return [
            replace(finding, column=prefix + finding.column)
            for prefix, table in tables
            for finding in _found(connection, table, places_of(connection, table), None)
        ]


def _found(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    places: Sequence[Place],
    contract: Contract | None,
) -> list[Finding]:
    """Everything found, declared or not; what a contract cleared leads to nobody."""

    def nobody(finding: Finding) -> bool:
        return contract is not None and cleared(contract, finding)

    persons = declares_persons(contract)
    searched = search(connection, table, places)
    findings = findings_of(places, searched, persons=persons, nobody=nobody)
    persons = persons or leads_to_somebody(findings, nobody)
    born = births(connection, table, places, persons=persons)
    known = {(one.column, one.kind) for one in findings}
    return [*findings, *(one for one in born if (one.column, one.kind) not in known)]
