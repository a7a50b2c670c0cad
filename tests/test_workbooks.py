"""XLSX and ODS: what a sheet shows, as text; what cannot be read without harm is refused (E7)."""

import datetime as dt
from typing import Any

import pytest

from assets.decoding import sheet_child
from resources.errors import SourceError
from tests.decoded import column, contract, decode
from tests.workbooks import Code, merging, ods, xlsx

pytestmark = pytest.mark.slow  # a process for each workbook

AB = contract("a", "b", format="xlsx")


def refused(content: bytes, held=AB) -> SourceError:
    with pytest.raises(SourceError) as error:
        decode(content, held)
    return error.value


def test_rows_are_found_under_their_titles_in_any_order():
    decoded = decode(xlsx([["b", "c", "a"], ["1", "x", "2"]]), AB)
    assert decoded.rows == [("2", "1")]
    assert decoded.extra == ["c"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (45.12, "45.12"),
        (0.1 + 0.2, "0.3"),
        (99000000000001, "99000000000001"),
        (1e-7, "0.0000001"),
        (-3, "-3"),
        (True, "true"),
        (False, "false"),
        (" texte ", "texte"),
        (dt.date(2023, 3, 14), "2023-03-14"),
        (dt.datetime(2024, 1, 31, 10, 29, 59), "2024-01-31T10:29:59"),
        (dt.timedelta(hours=25, minutes=10), "25:10:00"),
        ("=A1*2→84.5", "84.5"),
        ("01004", "01004"),
        (Code(1004), "01004"),
        ("#N/A", "#N/A"),
    ],
)
def test_a_cell_is_the_text_that_excel_shows_with_dates_in_iso(cell, text):
    assert decode(xlsx([["a", "b"], [cell, "x"]]), AB).rows == [(text, "x")]


def test_an_error_of_a_sheet_is_not_a_missing_value():
    held = contract("a", column("b", type="number"), format="xlsx")
    decoded = decode(xlsx([["a", "b"], ["x", "#DIV/0!"], ["y", None]]), held)
    assert decoded.aside == [(2, "b", "TYPE")]
    assert decoded.rows == [("y", None)]


def test_days_and_moments_are_typed_by_the_contract():
    held = contract(column("a", type="date"), column("b", type="datetime"), format="xlsx")
    decoded = decode(
        xlsx(
            [
                ["a", "b"],
                [dt.date(2024, 2, 29), dt.date(2024, 2, 29)],
                [45000, dt.datetime(2024, 1, 1, 8, 30)],
            ]
        ),
        held,
    )
    assert decoded.rows == [(dt.date(2024, 2, 29), dt.datetime(2024, 2, 29))]
    assert decoded.aside == [(3, "a", "DATE")]


def test_titles_are_looked_for_after_the_lines_skipped_and_rows_keep_their_numbers():
    held = contract("a", column("b", type="integer"), format="xlsx", skip_lines=2)
    content = xlsx([["Export du 3 mars"], [], ["a", "b"], ["x", 1], [None, None], ["y", "z"]])
    decoded = decode(content, held)
    assert decoded.rows == [("x", 1)]
    assert decoded.aside == [(6, "b", "TYPE")]


def test_empty_rows_and_columns_are_none():
    content = xlsx([["a", "b", None, ""], ["x", None, None], [None, None], ["", ""]])
    assert decode(content, AB).rows == [("x", None)]


def test_titles_may_be_written_on_several_lines_of_their_cell():
    held = contract("a", column("b", **{"from": "Montant demandé"}), format="xlsx")
    assert decode(xlsx([["a", "Montant\n demandé "], ["x", 1]]), held).rows == [("x", "1")]


@pytest.mark.parametrize("ranges", [["A1:B1"], ["B1:B2"], ["A5:B5", "B1:C1"]])
def test_merged_titles_are_refused(ranges):
    content = xlsx([["a", "b", "c"], ["x", "y", "z"]], merged=merging(*ranges))
    assert refused(content).code == "EN_TETE"


def test_a_merged_line_above_the_titles_changes_nothing():
    held = contract("a", "b", format="xlsx", skip_lines=1)
    content = xlsx([["Export"], ["a", "b"], ["x", "y"]], merged=merging("A1:B1"))
    assert decode(content, held).rows == [("x", "y")]


@pytest.mark.parametrize("titles", [["a", "b", "a"], ["a", "b", None]])
def test_a_repeated_title_or_a_column_without_one_is_refused(titles):
    assert refused(xlsx([titles, ["1", "2", "3"]])).code == "EN_TETE"


def test_the_sheet_is_named_when_there_are_several():
    content = xlsx([["x"], ["1"]], Données=[["a", "b"], ["1", "2"]])
    assert "« Feuille », « Données »" in str(refused(content))
    held = contract("a", "b", format="xlsx", sheet="Données")
    assert decode(content, held).rows == [("1", "2")]
    held = contract("a", "b", format="xlsx", sheet="Donnees")
    assert refused(content, held).code == "FEUILLE"


def test_a_hidden_sheet_is_not_a_choice_to_make():
    content = xlsx([["a", "b"], ["1", "2"]], hidden="Listes", Listes=[["x"]])
    assert decode(content, AB).rows == [("1", "2")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "VIDE"),
        (b"a,b\n1,2\n", "CLASSEUR"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "CLASSEUR"),
        (xlsx([["a", "b"], ["1", "2"]])[:-400], "ARCHIVE"),
        (ods([["a", "b"], ["1", "2"]]).replace(b"content.xml", b"contenu.xml"), "CLASSEUR"),
        (xlsx([]), "VIDE"),
        (xlsx([["a", "b"]]), "VIDE"),
        (xlsx([["a", "c"], ["1", "2"]]), "SCHEMA"),
    ],
)
def test_what_is_not_the_workbook_expected_is_refused(content, code):
    assert refused(content).code == code


def test_e7_a_cell_at_the_end_of_the_sheet_kills_only_the_child():
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(xlsx([["a", "b"], ["1", "2"]], raw=far)).code == "CLASSEUR"
    assert decode(xlsx([["a", "b"], ["1", "2"]]), AB).rows == [("1", "2")]


def test_e7_a_million_rows_as_wide_as_the_sheet_kill_only_the_child():
    rows = "".join(
        f'<row r="{y}"><c r="A{y}"><v>1</v></c><c r="XFD{y}"><v>1</v></c></row>'
        for y in range(3, 1_000_003)
    )
    assert refused(xlsx([["a", "b"], ["1", "2"]], raw=rows)).code in ("CLASSEUR", "BOMBE")


def test_e7_a_sheet_with_too_many_cells_is_refused():
    rows = '<row r="2600"><c r="XFD2600"><v>1</v></c></row>'
    error = refused(xlsx([["a", "b"], ["1", "2"]], raw=rows))
    assert (error.code, "40 millions" in str(error)) == ("CLASSEUR", True)


def test_the_child_sees_nothing_of_the_platform(monkeypatch):
    seen: dict[str, Any] = {}

    def run(command, **words):
        seen.update(words, command=command)
        raise SourceError("ESSAI", "")

    monkeypatch.setenv("ARDOISE_WEBHOOK", "secret")
    monkeypatch.setattr("subprocess.run", run)
    assert refused(xlsx([["a"]])).code == "ESSAI"
    assert seen["env"] == {}
    assert "-I" in seen["command"]


def test_an_opendocument_sheet_is_read_alike():
    held = contract("a", "b", column("c", type="date"), format="ods")
    content = ods([["a", "b", "c"], [1004.5, True, dt.date(2023, 3, 14)], [None, "é", None]])
    assert decode(content, held).rows == [
        ("1004.5", "true", dt.date(2023, 3, 14)),
        (None, "é", None),
    ]


def test_the_columns_of_a_sheet_are_named_as_excel_names_them():
    assert [sheet_child._letters(at) for at in (0, 25, 26, 701, 702, 16383)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip
