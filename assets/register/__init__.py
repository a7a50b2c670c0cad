"""The register of processings of the territory: one YAML file per processing.

Those beside this file are for the sources shipped with the platform; a territory's own `register/`
folder adds its processings, and says in its own words those that are shipped: an authority answers
for its register, so its file wins. What an entry must say is in `checks.register`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assets.drafting.known import TO_COMPLETE
from checks.contract import NAME
from checks.declaration import Location, read_declaration, shown
from checks.register import Entry
from checks.territory import TerritoryFolder
from resources.errors import DeclarationError

HERE = Path(__file__).parent


def read_register(territory: TerritoryFolder) -> dict[str, Entry]:
    """The processings by name; a `{dpo}` or `{name}` in them is the territory's.

    Raises:
        DeclarationError: an entry that cannot be read or is not complete, with every fault.
    """
    return {
        name: read_entry(path, territory.territory.variables)
        for name, path in sorted(entry_files(territory).items())
    }


def entry_files(territory: TerritoryFolder) -> dict[str, Path]:
    """Where each processing is written.

    Raises:
        DeclarationError: a file that nobody would read.
    """
    found: dict[str, Path] = {}
    for folder in (HERE, territory.folder / "register"):
        for path in sorted(folder.glob("*")):
            if path.suffix in (".yaml", ".yml"):
                found[path.stem] = path
            elif path.is_file() and path.suffix not in (".py", ".md") and path.name[0] != ".":
                raise DeclarationError(
                    f"{shown(path)} : ce fichier ne serait lu par personne (attendu : *.yaml). "
                    "Rien n’a été exécuté. Renommez-le ou retirez-le."
                )
    return found


def own_entries(territory: TerritoryFolder) -> set[str]:
    """The names of the processings that the territory itself writes."""
    files = entry_files(territory)
    return {name for name, path in files.items() if path.is_relative_to(territory.folder)}


def read_entry(path: Path, variables: Mapping[str, str]) -> Entry:
    """One processing.

    Raises:
        DeclarationError: it cannot be read or is not complete, with every fault.
    """
    declaration = read_declaration(path, variables=variables)
    if re.match(NAME, path.stem) is None:
        raise declaration.refusal(
            [((), "le nom du fichier doit être en minuscules sans accent, chiffres et « _ »")]
        )
    if left := list(_left_to_complete(declaration.content, ())):
        raise declaration.refusal(left)
    return declaration.held_to(Entry)


def _left_to_complete(said: Any, place: Location) -> Iterator[tuple[Location, str]]:
    """A drafted word that nobody wrote: an entry is not complete because it is long."""
    if isinstance(said, dict):
        for word, value in said.items():
            yield from _left_to_complete(value, (*place, str(word)))
    elif isinstance(said, list):
        for rank, value in enumerate(said):
            yield from _left_to_complete(value, (*place, rank))
    elif isinstance(said, str) and TO_COMPLETE in said.casefold():
        word = next(one for one in reversed(place) if isinstance(one, str))
        yield place, f"« {word} » est encore « {TO_COMPLETE} »"
