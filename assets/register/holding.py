"""Every contract held to the register before anything is read, and to what its query reads.

What is at fault is said by `checks.coupling` and `assets.register.inheritance`; here, who is looked
at, and the refusal with its file and its line.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from assets.decoding.values import TYPES
from assets.register.inheritance import Made, inheritance_faults
from checks.contract import Layer
from checks.coupling import coupling_faults
from checks.declaration import Location, shown
from checks.loading import declared
from checks.register import Entry
from checks.territory import TerritoryFolder


class Declared(Made, Protocol):
    """A table of the catalogue, with where it is declared."""

    @property
    def path(self) -> Path: ...  # noqa: D102
    @property
    def layer(self) -> Layer: ...  # noqa: D102


def hold_to_the_register(
    tables: Iterable[Declared], register: Mapping[str, Entry], territory: TerritoryFolder
) -> None:
    """No table is read, whatever its profile, whose personal data the register does not know.

    Raises:
        DeclarationError: every fault of the first contract that has one.
    """
    where, dpo = shown(territory.folder / "register"), territory.territory.dpo
    for table in tables:
        _refuse(table, list(coupling_faults(table.contract, register, where, dpo)), territory)


def hold_to_what_is_read(tables: Mapping[str, Declared], territory: TerritoryFolder) -> None:
    """No table is declared less personal than what it is made of, unless it says why.

    Raises:
        DeclarationError: every fault of the first contract that has one.
    """
    for table in tables.values():
        _refuse(table, list(inheritance_faults(table, tables, TYPES)), territory)


def _refuse(
    table: Declared, faults: Sequence[tuple[Location, str]], territory: TerritoryFolder
) -> None:
    if not faults:
        return
    declaration, _ = declared(table.path, table.layer, territory.territory.variables)
    if table.contract.national_schema:  # its columns are not numbered as the file's
        faults = [(place[:1], sentence) for place, sentence in faults]
    raise declaration.refusal(faults)
