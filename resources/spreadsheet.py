"""Rows for a spreadsheet that runs in French: `;`, decimal commas, and no text taken for a formula.

A text that begins like a formula (`=HYPERLINK(…)`) would be executed by whoever opens the file:
it gets an apostrophe, which spreadsheets take for « this is text » (OWASP ASVS 5.0, 1.2.10, and the
CSV injection page of OWASP). Figures and dates are left alone. This is for eyes only: a file meant
for programs keeps what the source wrote.
"""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TextIO

# A full-width sign is folded into its ASCII one by some spreadsheets.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001
BYTE_ORDER_MARK = "\ufeff"


def write_for_spreadsheet(
    file: TextIO, names: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write rows that a spreadsheet opens with a double click, accents included."""
    file.write(BYTE_ORDER_MARK)
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(name) for name in names])
    writer.writerows([_cell(value) for value in row] for row in rows)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "vrai" if value else "faux"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return f"{value}".replace(".", ",")
    return harmless(str(value))
