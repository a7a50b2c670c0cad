"""A sheet of a workbook as lines of JSON: `main` runs in a process that may die.

The parser is native code and aborts on hostile files (cells A1 and XFD1048576 ask it for 400 GB):
it lives here, with bounded memory and time, and no environment. What is made of the lines is in
`assets.decoding.workbook`.
"""

import datetime as dt
import json
import resource
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from assets.decoding.sheet_display import shown_otherwise

MEMORY = 3 << 30  # bytes of address space; a hundred thousand rows of twenty take 0.2
CPU_S = 300
CELLS = 40_000_000
REFUSED = 3  # exit status: why is on the standard output


def main() -> None:
    """Read `source sheet skipped destination`."""
    source, sheet, skipped, destination = sys.argv[1:]
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    found = _sheet(source, sheet)
    titles, rows = _table(found, _shown(source, found), int(skipped))
    with Path(destination).open("w", encoding="utf-8") as file:
        file.write(_line(titles))
        file.writelines(_line([number, texts]) for number, texts in rows)


def _sheet(source: str, wanted: str) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(source)
        shown = [
            one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible
        ]
        if not wanted and len(shown) == 1:
            wanted = shown[0]
        if wanted not in book.sheet_names:
            told = ", ".join(f"« {name} »" for name in book.sheet_names)
            what = f"n’a pas de feuille « {wanted} »" if wanted else "a plusieurs feuilles"
            _refuse("FEUILLE", f"le classeur {what} ; dites par « sheet » laquelle lire : {told}")
        return book.get_sheet_by_name(wanted)
    except PasswordError:
        _refuse("CLASSEUR", "le classeur est protégé par un mot de passe")
    except CalamineError:
        _refuse("CLASSEUR", "le fichier reçu n’est pas un classeur lisible")


def _shown(source: str, sheet: Any) -> list[list[Any]]:
    """The cells of a sheet, from its first line, with the zeros and errors it shows."""
    if sheet.total_height * sheet.total_width > CELLS:
        _refuse("CLASSEUR", f"la feuille a plus de {CELLS // 1_000_000} millions de cases")
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for row, column, shown in shown_otherwise(source, sheet.name):
        if row < len(rows) and column < len(rows[row]):
            cell = rows[row][column]
            if isinstance(shown, str):
                rows[row][column] = shown
            elif isinstance(cell, float) and cell.is_integer() and cell >= 0:
                rows[row][column] = str(int(cell)).zfill(shown)
    return rows


def _table(
    sheet: Any, rows: list[list[Any]], skipped: int
) -> tuple[list[str], Iterator[tuple[int, list[str | None]]]]:
    """The titles, and each row that is not empty with its number in the sheet, from 1 on."""
    _refuse_merged(sheet.merged_cell_ranges or [], skipped)
    rows = rows[skipped:]
    if not rows:
        _refuse("VIDE", "la feuille n’a pas de ligne de titres")
    titles = [" ".join((_text(cell) or "").split()) for cell in rows[0]]
    used = [any(row[at] != "" for row in rows[1:]) for at in range(len(titles))]
    for at, title in enumerate(titles):
        if used[at] and not title:
            _refuse("EN_TETE", f"la colonne {_letters(at)} a des valeurs et pas de titre")
    kept = [at for at, title in enumerate(titles) if title]
    numbered = enumerate(rows[1:], skipped + 2)
    return [titles[at] for at in kept], (
        (number, [_text(row[at]) for at in kept])
        for number, row in numbered
        if any(cell != "" for cell in row)
    )


def _refuse_merged(ranges: list[Any], line: int) -> None:
    """A title over several columns, or of several lines, is the title of none."""
    for (top, left), (bottom, right) in ranges:
        if top <= line <= bottom and (left < right or top < bottom):
            where = f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"
            _refuse("EN_TETE", f"des cases de la ligne de titres sont fusionnées ({where})")


def _text(cell: object) -> str | None:
    """A cell as Excel shows it, dates in ISO 8601; a day of 0 o’clock is a date."""
    match cell:
        case "" | None:
            return None
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return _number(float(cell))
        case dt.datetime():
            moment = _to_the_millisecond(cell)
            return moment.date().isoformat() if moment.time() == dt.time() else moment.isoformat()
        case dt.timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case dt.date() | dt.time():
            return cell.isoformat()
    return str(cell)


def _number(value: float) -> str:
    """Fifteen digits, the precision of Excel: 0.1 + 0.2 is 0.3 there."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{Decimal(f'{value:.15g}'):f}"


def _to_the_millisecond(moment: dt.datetime) -> dt.datetime:
    """Times are fractions of a day: 10:30 may come as 10:29:59.999999."""
    moment += dt.timedelta(microseconds=500)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _letters(at: int) -> str:
    """The name of a column: A, Z, AA…"""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _refuse(code: str, message: str) -> Any:
    sys.stdout.write(json.dumps([code, message]))
    sys.exit(REFUSED)
