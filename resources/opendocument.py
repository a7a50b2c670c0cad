"""OpenDocument files (ISO/IEC 26300), for agents who paste and complete: texts and spreadsheets.

The only module that knows odfdo. What is written in them is decided by `assets`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Section = Mapping[str, Any]


def write_text(path: Path, title: str, sections: Sequence[Section], day: dt.date) -> None:
    """A text: a title, then sections of `title`, `paragraphs`, `points` and `table`.

    A table has `caption`, `head` and `rows` of texts. Written aside, then renamed.
    """
    # 0.2 CPU-s: paid only when a document is written.
    from odfdo import Document, Header, List, Paragraph, Table

    document = Document("text")
    body = document.body
    body.clear()
    body.append(Header(1, title))
    for section in sections:
        if section.get("title"):
            body.append(Header(2, str(section["title"])))
        for paragraph in section.get("paragraphs", ()):
            body.append(Paragraph(plain(paragraph)))
        if points := section.get("points"):
            body.append(List([plain(point) for point in points]))
        if found := section.get("table"):
            body.append(Paragraph(str(found["caption"])))
            table = Table(_table_name(str(found["caption"])))
            for cells in (found["head"], *found["rows"]):
                table.append(_row(cells))
            body.append(table)
    _save(document, path, title, day)


def write_sheets(
    path: Path, title: str, sheets: Mapping[str, Sequence[Sequence[object]]], day: dt.date
) -> None:
    """A spreadsheet: rows of cells by sheet. Numbers stay numbers, all else is text."""
    from odfdo import Document, Table

    document = Document("spreadsheet")
    document.body.clear()
    for name, rows in sheets.items():
        table = Table(_table_name(name))
        for cells in rows:
            table.append(_row(cells))
        document.body.append(table)
    _save(document, path, title, day)


def plain(text: str) -> str:
    """A sentence of a page without its stress marks."""
    return str(text).replace("**", "")


def _row(cells: Sequence[object]) -> Any:
    from odfdo import Cell, Row

    row = Row()
    for value in cells:
        if isinstance(value, int | float) and not isinstance(value, bool):
            row.append(Cell(value))
        else:
            row.append(Cell(text=plain("" if value is None else str(value))))
    return row


def _table_name(name: str) -> str:
    """What office suites accept as the name of a table."""
    return "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in name)[:60]


def _save(document: Any, path: Path, title: str, day: dt.date) -> None:
    moment = dt.datetime(day.year, day.month, day.day)
    document.meta.title = title
    document.meta.creation_date = moment
    document.meta.date = moment
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}")
    document.save(str(aside), pretty=False)
    aside.replace(path)
