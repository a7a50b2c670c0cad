"""The control itself: a staged open table hidden where it must be, and the verdicts on it.

A cell that can be hidden is hidden; what hiding cannot protect is refused. See
`docs/decisions/0033-small-cells-are-hidden-rows-are-refused.md`.
"""

import duckdb

from checks.contract import Contract
from checks.disclosure.verdicts import (
    anonymity_verdicts,
    cell_verdicts,
    memory_verdict,
    moved_verdicts,
    public_verdict,
)
from checks.rules import Verdict
from resources.french import listing
from resources.keys import Keys


def prepare(contract: Contract) -> None:
    """Import what the control of a table will need: once, and not that table's cost."""
    declared = contract.disclosure
    if declared and declared.cells and (declared.margins or declared.totals):
        from checks.disclosure import secondary

        secondary.prepare()


def control(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    contract: Contract,
    keys: Keys,
    *,
    published: bool = False,
) -> list[Verdict]:
    """Hide what a staged table must not tell; what was found of it. Nothing without the word.

    `published`: some version of it stands, which anyone may have kept.
    """
    declared = contract.disclosure
    if declared is None:
        return []
    verdicts = []
    if declared.already_public:
        verdicts.append(public_verdict(declared))
    if declared.quasi_identifiers:
        verdicts += anonymity_verdicts(connection, table, declared)
    if declared.cells:
        # NumPy: paid only where cells are hidden.
        from checks.disclosure.moves import vanished
        from checks.disclosure.releases import remembered
        from checks.disclosure.suppression import suppress

        for index, hidden in enumerate(suppress(connection, table, key, contract, keys)):
            names = declared.hidden_by(index, contract.by_name)
            told = listing([contract.by_name[name].label for name in names])
            verdicts += cell_verdicts(declared, hidden, told)
        if published:
            verdicts.append(memory_verdict(remembered(connection, key)))
        verdicts += moved_verdicts(vanished(connection, key, contract))
    return verdicts
