"""How a file is written, found by looking at it: one module of `assets.drafting.shapes` per format.

Only what the contract has a word for. What the columns hold is in `assets.drafting.columns`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from resources.errors import SourceError

START = 1 << 16


@dataclass(frozen=True)
class Shape:
    """The words of a contract that say how the file is read, its titles, what is doubtful."""

    words: Mapping[str, Any]
    titles: Sequence[str]
    doubts: Sequence[str] = field(default=())


def shape_of(path: Path) -> Shape:
    """How a file is written; text nothing else recognises is a delimited file.

    Raises:
        SourceError: empty, a web page, or a file with no table in it.
    """
    with path.open("rb") as file:
        start = file.read(START)
    if not start.strip():
        raise SourceError("VIDE", "le fichier est vide")
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        raise SourceError("NON_CSV", "le fichier est une page web ou du XML, pas un tableau")
    for module in sorted((Path(__file__).parent / "shapes").glob("[!_]*.py")):
        shapes = import_module(f"assets.drafting.shapes.{module.stem}")
        recognises: Callable[[bytes], bool] = shapes.recognises
        if recognises(start):
            found: Shape = shapes.shape(path)
            return found
    from assets.drafting.delimited import shape

    return shape(path)
