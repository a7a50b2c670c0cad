"""What the disclosure of one table owes to the others: those it is made of, those beside it.

A table alone is held to its words by `checks.disclosure`. Here, an open table made of personal data
must have such words, and two that count the same units must know what each says of the other.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations, permutations
from pathlib import Path
from typing import Protocol

from checks.contract import Contract
from checks.declaration import shown
from checks.disclosure.words import Disclosure
from resources.errors import DeclarationError
from resources.french import listing


class Made(Protocol):
    """A table of the catalogue, as far as disclosure goes."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def layer(self) -> str: ...  # noqa: D102
    @property
    def contract(self) -> Contract: ...  # noqa: D102
    @property
    def path(self) -> Path: ...  # noqa: D102
    @property
    def upstream(self) -> frozenset[str]: ...  # noqa: D102


def check_disclosure(tables: Mapping[str, Made]) -> None:
    """Hold every open curated table to what it owes.

    Raises:
        DeclarationError: the first that owes something, with what to write.
    """
    opened = [
        table
        for table in tables.values()
        if table.layer == "curated" and table.contract.access == "open"
    ]
    origins = {table.key: personal_upstream(table, tables) for table in opened}
    for table in opened:
        if origins[table.key] and table.contract.disclosure is None:
            read = listing([f"« {key} »" for key in sorted(origins[table.key])])
            raise DeclarationError(
                f"{shown(table.path)} : cette table ouverte lit des données personnelles ({read}) "
                "et ne dit pas comment ses petits effectifs sont protégés. Rien n’a été exécuté. "
                "Ajoutez « disclosure » à son contrat (unités comptées, dimensions, marges), ou "
                "mettez « access: internal »."
            )
    for one, other in combinations(opened, 2):
        if origins[one.key] & origins[other.key]:
            for fault in _between(one, other):
                raise DeclarationError(fault)


def personal_upstream(table: Made, tables: Mapping[str, Made]) -> set[str]:
    """The personal tables a table is made of, but through an open one, protected already."""
    found: set[str] = set()
    for key in table.upstream:
        read = tables[key]
        if read.contract.protection.personal_data != "none":
            found.add(key)
        elif read.contract.access != "open":
            found |= personal_upstream(read, tables)
    return found


def _between(one: Made, other: Made) -> Iterator[str]:
    """What two tables that count the same units let out together."""
    for table, beside in permutations((one, other)):
        mine, theirs = _adding(table), _adding(beside)
        if mine is None or theirs is None or mine.unit != theirs.unit:
            continue
        shared = [name for name in mine.dimensions if name in theirs.dimensions]
        if len(shared) == len(mine.dimensions):
            yield (
                f"{shown(table.path)} : chaque cellule est un total de « {beside.key} », qui "
                "compte les mêmes unités plus finement, et pourrait la rendre quand elle est "
                "masquée. Rien n’a été exécuté. Gardez la plus fine, avec ses totaux dans ses "
                "propres lignes (« totals »), ou mettez l’une des deux « access: internal »."
            )
        elif not any(set(shared) <= set(margin) for margin in mine.margins):
            by = listing([f"« {name} »" for name in shared])
            total = f"les totaux par {by}" if shared else "le total général"
            yield (
                f"{shown(table.path)} : « {beside.key} » compte les mêmes unités et donne "
                f"{total} de cette table. Rien n’a été exécuté. Ajoutez "
                f"[{', '.join(shared)}] à « margins »."
            )


def _adding(table: Made) -> Disclosure | None:
    """The words of a table that publishes numbers that add up; None for another."""
    declared = table.contract.disclosure
    names = table.contract.by_name
    if declared and any(
        name in names for cells in declared.cells for name in (cells.count, *cells.sums)
    ):
        return declared
    return None
