"""A sheet of a workbook (XLSX, ODS): titles on a line, then a row per line that is not empty.

Line numbers are those of the sheet. The workbook is parsed in another process
(`assets.decoding.sheet_child`), which may die without harm.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from assets.decoding import sheet_child
from assets.decoding.reading import Reading, extra
from assets.decoding.storing import store_streamed
from assets.decoding.titles import check_columns
from assets.decoding.unpacking import limits_of
from checks.contract import Column, Contract
from resources.archives import kind, opened
from resources.errors import SourceError
from resources.settings import REPOSITORY

DEADLINE_S = 600
# The child knows neither the folder it runs in nor any variable: it is told where the code is.
CHILD = (
    f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); "
    "from assets.decoding.sheet_child import main; main()"
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Read the sheet that `sheet:` names, or the only one; `skip_lines` stand before the titles."""
    _refuse_traps(source, contract)
    lines = work / f"{source.stem}.sheet"
    try:
        parse(source, contract, lines)
        return _store(connection, lines, contract)
    finally:
        lines.unlink(missing_ok=True)


def _refuse_traps(source: Path, contract: Contract) -> None:
    if source.stat().st_size == 0:
        raise SourceError("VIDE", "le fichier reçu est vide (0 octet)")
    if kind(source) != "zip":
        raise SourceError(
            "CLASSEUR",
            f"le fichier reçu n’est pas un classeur « {contract.format} », ou il est protégé par "
            "un mot de passe. Un classeur de l’ancien format (.xls) doit être converti",
        )
    limits = limits_of(contract)
    with opened(source, limits) as archive:
        limits.hold(archive.inflated, source.stat().st_size)


def parse(source: Path, contract: Contract, destination: Path) -> None:
    """Write the sheet as lines of JSON: its titles, then each row with its number.

    Raises:
        SourceError: `FEUILLE`, `EN_TETE`, `VIDE` or `CLASSEUR`.
    """
    asked = [str(source), contract.sheet or "", str(contract.skip_lines), str(destination)]
    try:
        child = subprocess.run(
            [sys.executable, "-I", "-c", CHILD, *asked],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a panic may quote a cell
            stdin=subprocess.DEVNULL,
            env={},
            timeout=DEADLINE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _beyond("le temps") from None
    if child.returncode == sheet_child.REFUSED:
        code, message = json.loads(child.stdout)
        raise SourceError(code, message)
    if child.returncode != 0:
        raise _beyond("la mémoire ou le temps")


def _beyond(what: str) -> SourceError:
    return SourceError(
        "CLASSEUR",
        f"le classeur ne se lit pas dans {what} permis : il est abîmé, hostile, ou a une case "
        "égarée très loin des autres. Demandez au producteur un CSV",
    )


def _store(connection: duckdb.DuckDBPyConnection, lines: Path, contract: Contract) -> Reading:
    known = {name: column.header for column in contract.columns for name in column.headers}
    with lines.open(encoding="utf-8") as file:
        titles = [known.get(title, title) for title in json.loads(file.readline())]
        repeated = sorted({title for title in titles if titles.count(title) > 1})
        if repeated:
            told = ", ".join(f"« {title} »" for title in repeated)
            raise SourceError("EN_TETE", f"des colonnes portent le même titre : {told}")
        check_columns(titles, contract)
        rows = store_streamed(connection, contract, _rows(file, titles, contract.columns))
    return Reading(rows, 0, extra(titles, contract), numbered=True)


def _rows(
    lines: Iterator[str], titles: list[str], columns: Sequence[Column]
) -> Iterator[tuple[int, list[str | None]]]:
    order = {title: position for position, title in enumerate(titles)}
    positions = [order.get(column.header) for column in columns]
    moments = [index for index, column in enumerate(columns) if column.type == "datetime"]
    for line in lines:
        number, cells = json.loads(line)
        texts: list[str | None] = [None if at is None else cells[at] for at in positions]
        for index in moments:
            # A day of a column of moments begins at midnight, which a sheet does not show.
            day = texts[index]
            if day is not None and DAY.fullmatch(day):
                texts[index] = f"{day}T00:00:00"
        yield number, texts
