"""Which field of a source stands behind each column of a contract."""

from collections.abc import Collection

from checks.contract import Column, Contract
from resources.errors import SourceError


def fields(contract: Contract, known: Collection[str], what: str) -> dict[str, str]:
    """The source's field by column name; a missing one is left out, and told when the file is read,
    as for any other source.

    Raises:
        SourceError: `EN_TETE`, when there is none at all; `what` is « cette table »…
    """
    found = {column.name: _field(column, known) for column in contract.columns}
    kept = {name: field for name, field in found.items() if field is not None}
    if not kept:
        raise SourceError(
            "EN_TETE", f"aucune colonne du contrat n’existe dans {what} (voir « from »)"
        )
    return kept


def titled(contract: Contract) -> dict[str, str]:
    """The usual field of each column, where the source does not tell its fields beforehand."""
    return {column.name: column.header for column in contract.columns}


def _field(column: Column, known: Collection[str]) -> str | None:
    return next((header for header in column.headers if header in known), None)
