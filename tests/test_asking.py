"""What connectors share: addresses as agents write them, rows counted without decoding them, pages
proved whole.
"""

import csv
import io
import json
from urllib.parse import quote

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assets.asking.address import parsed, server
from assets.asking.counting import counted
from assets.asking.rows import Rows, Whole
from assets.asking.tag import MOVING
from resources.errors import SourceError
from tests.portals.asking import contract

FIELD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


# --- Addresses --------------------------------------------------------------------------------


@given(st.dictionaries(st.text("abc_", min_size=1), FIELD, max_size=3))
def test_whatever_is_written_in_percent_form_is_read_back(words):
    written = "&".join(f"{word}={quote(value, safe='')}" for word, value in words.items())
    assert parsed(f"portail/jeu?{written}").words == {w: v.strip() for w, v in words.items()}


def test_a_filter_is_written_as_it_reads():
    said = parsed('portail/jeu?where=nom = "Été + hiver" and a>=2?&host_key=SHA256:a+b/c=')
    assert said.words == {"where": 'nom = "Été + hiver" and a>=2?', "host_key": "SHA256:a+b/c="}


def test_the_path_of_a_server_starts_at_the_account_and_two_slashes_at_the_root():
    assert server(parsed("//a@h/depot/x#1.csv"), 22).path == "depot/x#1.csv"
    assert server(parsed("//a@h:2222//srv/x.csv"), 22).path == "/srv/x.csv"
    assert server(parsed("//a%40b@[::1]:2222/x"), 22).user == "a@b"


@pytest.mark.parametrize("text", ["where=d > now()", "where=d=CURRENT_DATE", "qs=d:[now-7d TO *]"])
def test_a_filter_that_time_moves_is_known(text):
    assert MOVING.search(text)
    assert not MOVING.search("where=inconnu=1 and randonnee='x' and nowhere=2")


# --- Counting ---------------------------------------------------------------------------------


@QUICK
@given(st.lists(st.lists(FIELD, min_size=2, max_size=3), min_size=1, max_size=6), st.booleans())
@example([["a", 'b"c\n'], ["", "\n\n"]], False)
def test_rows_are_counted_as_a_csv_reader_counts_them(tmp_path, rows, ended):
    text = io.StringIO(newline="")
    # Every field between quotes, as in most exports: no line can then be taken for a blank one.
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([["t"], *rows])
    content = text.getvalue() if ended else text.getvalue().removesuffix("\r\n")
    file = tmp_path / "fichier.csv"
    file.write_bytes(content.encode())
    assert counted(file, contract("file:x")) == len(rows)


@QUICK
@given(st.integers(0, 5), st.integers(1, 1 << 20))
def test_a_chunk_may_end_anywhere(tmp_path, rows, width):
    file = tmp_path / "fichier.csv"
    file.write_text("t\n" + f'"{"x" * width}\n"\n' * rows, encoding="utf-8")
    assert counted(file, contract("file:x")) == rows


@pytest.mark.parametrize(
    ("form", "content", "rows"),
    [
        ("csv", b"", 0),
        ("csv", b"a;b\n", 0),
        ("csv", b"a;b\r\n\r\n1;2\r\n", 1),
        ("jsonl", b'{"a": "x\\"y"}\n\n{"a": 2}', 2),
        ("json", b'[{"a": 1}, {"a": 2}]', 2),
        ("geojson", b'{"features": [{}, {}, {}]}', 3),
        ("json", b"{", 0),
        ("geojson", b'{"error": 1}', 0),
        ("parquet", b"PAR1", 0),
    ],
)
def test_each_format_is_counted_and_what_is_none_of_them_holds_nothing(
    tmp_path, form, content, rows
):
    file = tmp_path / "fichier"
    file.write_bytes(content)
    assert counted(file, contract("file:x", format=form)) == rows


# --- Pages ------------------------------------------------------------------------------------


def told(*pages: tuple[list[dict], int | None], key: tuple[str, ...] = ()) -> int:
    whole = Whole(key)
    for rows, total in pages:
        whole.add(rows, total)
    return whole.end()


def numbered(*numbers: int) -> list[dict]:
    return [{"id": number, "v": number % 3} for number in numbers]


def test_pages_that_add_up_are_whole():
    assert told((numbered(1, 2), 4), (numbered(3, 4), None), ([], 4), key=("id",)) == 4


@pytest.mark.parametrize(
    "pages",
    [
        [(numbered(1, 2), 5), (numbered(3, 4), 5)],
        [(numbered(1, 2), 4), (numbered(3, 4, 5), 4)],
        [(numbered(1, 2), 4), (numbered(1, 2), 4)],
        [(numbered(1, 2), 4), (numbered(2, 3), 4)],
        [(numbered(1, 2), 4), (numbered(3, 4), 5)],
    ],
)
def test_pages_lost_doubled_or_moved_are_not(pages):
    with pytest.raises(SourceError) as error:
        told(*pages, key=("id",))
    assert error.value.code == "TRONQUE"


def test_equal_pages_of_one_repeated_row_are_no_fault():
    same = [{"v": "A"}] * 3
    assert told((same, 6), (same, 6)) == 6


def test_a_key_twice_on_one_page_is_for_the_gate():
    assert told((numbered(1, 1), 2), key=("id",)) == 2


@QUICK
@given(
    st.lists(st.dictionaries(st.sampled_from("ab"), FIELD | st.booleans() | st.none()), max_size=5)
)
def test_rows_are_read_back_from_a_csv_as_they_came(tmp_path, rows):
    file = tmp_path / "fichier.csv"
    with Rows(contract("file:x", "a", "b"), {"c0": "a", "c1": "b"}, file) as output:
        output.add(rows, len(rows))
    with file.open(encoding="utf-8", newline="") as text:
        found = list(csv.reader(text))
    words = {None: "", True: "true", False: "false"}
    expected = [[words.get(value := row.get(name), value) for name in "ab"] for row in rows]
    assert found == [["a", "b"], *expected]


def test_nested_values_and_absent_fields_of_json_lines_keep_their_place(tmp_path):
    file = tmp_path / "fichier.jsonl"
    said = contract("file:x", "a", "b", format="jsonl")
    with Rows(said, {"c0": "a", "c1": "b"}, file) as output:
        output.add([{"b": {"x": [1, 2.5]}, "autre": 1}, {"a": "é"}], 2)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines == [{"a": None, "b": {"x": [1, 2.5]}}, {"a": "é", "b": None}]


def test_a_parquet_of_several_row_groups_is_counted(tmp_path):
    file = tmp_path / "fichier.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (from range(250000)) to '{file}' (format parquet, row_group_size 100000)"
        )
    assert counted(file, contract("file:x", format="parquet")) == 250_000
