"""Workbooks (XLSX, ODS): which sheet, how many lines stand before its titles.

The workbook is parsed by the decoder's own child process, which may die without harm.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from assets.decoding.workbook import parse
from assets.drafting.packed import LIMITS, workbook_format
from assets.drafting.shape import Shape
from checks.contract import Contract, Transport
from resources.archives import opened
from resources.errors import SourceError

SKIPPED = 12  # lines before the titles, at most


def recognises(start: bytes) -> bool:
    """What is still an archive once archives are unpacked is a workbook."""
    return start.startswith(b"PK")


def shape(path: Path) -> Shape:
    """The first sheet that has titles, and the first line that can be them.

    Raises:
        SourceError: `CLASSEUR`, or no sheet has a line of titles.
    """
    with opened(path, LIMITS) as archive:
        form = workbook_format(archive)
    if form is None:
        raise SourceError("CLASSEUR", "le fichier n’est ni un tableau, ni un classeur lisible")
    refusal: SourceError | None = None
    sheets = _sheets(path, form)
    for sheet in sheets:
        for skipped in range(SKIPPED):
            try:
                titles, rows = _read(path, form, sheet, skipped)
            except SourceError as error:
                refusal = refusal or error
                continue
            if rows and len(titles) > 1:
                return Shape(
                    {"format": form}
                    | ({"sheet": sheet} if sheet else {})
                    | ({"skip_lines": skipped} if skipped else {}),
                    titles,
                    list(_doubts(sheet, sheets, skipped)),
                )
    raise refusal or SourceError("EN_TETE", "aucune feuille n’a de ligne de titres")


def _sheets(path: Path, form: str) -> list[str]:
    """The names to try; an empty one stands for the only sheet."""
    try:
        _read(path, form, "", 0)
    except SourceError as error:
        if error.code == "FEUILLE":
            return re.findall("« (.+?) »", str(error).partition("laquelle lire")[2])
    return [""]


def _read(path: Path, form: str, sheet: str, skipped: int) -> tuple[list[str], int]:
    """The titles, and how many rows follow."""
    asked = Contract.model_construct(
        format=form, sheet=sheet or None, skip_lines=skipped, transport=Transport()
    )
    with TemporaryDirectory(prefix="ardoise-") as folder:
        lines = Path(folder) / "lignes"
        parse(path, asked, lines)
        with lines.open(encoding="utf-8") as file:
            return json.loads(file.readline()), sum(1 for _ in file)


def _doubts(sheet: str, sheets: list[str], skipped: int) -> Iterator[str]:
    others = ", ".join(f"« {name} »" for name in sheets if name != sheet)
    if others:
        yield f"Feuille « {sheet} » ; les autres ({others}) ne sont pas lues."
    if skipped:
        yield f"Lignes avant les titres : {skipped}, à vérifier."
