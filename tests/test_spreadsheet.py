"""E10: what is exported for a spreadsheet executes nothing; what is published is untouched."""

import csv
import datetime as dt
import io
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from resources.spreadsheet import DANGEROUS, write_for_spreadsheet


def written(rows: list[list[object]]) -> list[list[str]]:
    file = io.StringIO()
    write_for_spreadsheet(file, [f"c{rank}" for rank in range(len(rows[0]))], rows)
    text = file.getvalue()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))[1:]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_e10_no_text_begins_like_a_formula_and_nothing_else_changes(text):
    ((cell,),) = written([[text]]) if text else [("",)]
    assert not cell.startswith(DANGEROUS)
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_e10_the_usual_attacks_are_told_as_texts():
    attacks = [
        "=HYPERLINK(1)",
        "+cmd|'/C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\0=1",
        "\uff1d1",
    ]
    assert written([[attack] for attack in attacks]) == [[f"'{attack}"] for attack in attacks]


def test_e10_figures_and_dates_are_written_as_a_french_spreadsheet_reads_them():
    row = [-3, -2.5, Decimal("1.50"), dt.date(2026, 1, 31), True, None]
    assert written([row]) == [["-3", "-2,5", "1,50", "2026-01-31", "vrai", ""]]


def test_e10_the_title_of_a_column_is_a_text_too():
    file = io.StringIO()
    write_for_spreadsheet(file, ["=a"], [])
    assert file.getvalue() == "\ufeff'=a\r\n"
