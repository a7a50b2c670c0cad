"""Invented sources, so that the whole platform runs with no network: one generator per module.

`demo:electricite` in a contract is `assets.demo.electricite`: adding a file is enough. Everything a
generator knows of a territory comes from its extracts (`assets.demo.world`); chance is seeded
(`assets.demo.chance`) and every defect is counted (`assets.demo.damage`). No clock, no network, no
constant of one territory, and no real person.

Importing this package costs nothing: generators are imported when they are asked for.
"""

import difflib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from resources.errors import DeclarationError

if TYPE_CHECKING:
    from assets.demo.world import Generated, Options, World

SUPPORT = frozenset({"chance", "damage", "names", "world"})


class Generator(Protocol):
    """What each module of this folder offers."""

    VERSION: int
    """Changes whenever the output for the same inputs would."""

    def generate(self, world: "World", options: "Options") -> "Generated":
        """The bytes of the file, and the count of every defect put in it."""
        ...


def generators() -> list[str]:
    """The names that may follow `demo:`, in alphabetical order."""
    names = {path.stem for path in Path(__file__).parent.glob("[a-z]*.py")}
    return sorted(names - SUPPORT)


def generator(name: str) -> Generator:
    """The generator of a name.

    Raises:
        DeclarationError: there is no such module here.
    """
    known = generators()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" ; le nom le plus proche est « {near[0]} »" if near else ""
        raise DeclarationError(
            f"Le générateur « demo:{name} » n’existe pas{hint}. Rien n’a été exécuté. "
            f"Générateurs connus : {', '.join(known)}."
        )
    return cast(Generator, import_module(f"assets.demo.{name}"))
