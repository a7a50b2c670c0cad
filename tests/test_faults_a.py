"""Faults A of reference/faults.md: bytes, encodings, dialect of a delimited file.

Each test is named after its fault. Transport is in `test_faults_b`, meaning in `test_faults_c`.
"""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.decoding.bytes import LONGEST
from resources.errors import SourceError
from resources.settings import REPOSITORY
from tests.decoding import (
    FEW,
    NARROW,
    NBSP,
    TEXTS,
    column,
    contract,
    decode,
    refused,
    warehouse,
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse() as connection:
        yield connection


def test_a1_a_byte_order_mark_is_accepted_and_the_title_is_clean(connection):
    assert decode(connection, "a,b\né,x\n".encode("utf-8-sig"), TEXTS).rows == [("é", "x")]


def test_a2_windows_text_is_decoded_exactly_and_never_as_latin_1(connection):
    words = contract(column("a"), column("b"), encoding="cp1252")
    content = "a,b\n12 € l’Œuvre,x\n".encode("cp1252")
    assert decode(connection, content, words).rows == [("12 € l’Œuvre", "x")]
    latin = contract(column("a"), column("b"), encoding="latin-1")
    assert refused(connection, content, latin).code == "ENCODAGE"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a4_utf_16_is_read_or_refused_but_never_mangled(connection, codec):
    content = "a,b\nété,x\n".encode(codec)
    words = contract(column("a"), column("b"), encoding="utf-16")
    if codec == "utf-16":
        assert decode(connection, content, words).rows == [("été", "x")]
    else:  # without a mark, nobody knows in which order the bytes are
        assert refused(connection, content, words).code == "ENCODAGE"
    with pytest.raises(SourceError):
        decode(connection, content, TEXTS)


def test_a6_an_empty_file_is_refused_and_the_staging_table_is_not_made(connection):
    assert refused(connection, b"", TEXTS).code == "VIDE"


def test_a7_a_file_with_its_titles_alone_is_refused(connection):
    assert refused(connection, b"a,b\n", TEXTS).code == "VIDE"


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><body>Erreur</body></html>",
        b"\n\n  <html>\n",
        b"\xef\xbb\xbf<?xml version='1.0'?><a/>",
    ],
)
def test_a8_a_web_page_is_no_table(connection, content):
    assert refused(connection, content, TEXTS).code == "NON_CSV"


@pytest.mark.parametrize("content", [b'{"error": "quota"}', b'[{"a": 1}]', b'{"a":1}\n{"a":2}\n'])
def test_a9_json_is_no_table(connection, content):
    assert refused(connection, content, TEXTS).code == "NON_CSV"


@pytest.mark.parametrize("header", ["a,b,a", "a,b,,", "a,b,a ", "a,b,\u200ba", '"a","b","a"'])
def test_a11_titles_repeated_or_missing_are_refused_not_renamed(connection, header):
    assert refused(connection, f"{header}\n1,2,3,4\n", TEXTS).code == "EN_TETE"


@FEW
@given(st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=8))
@pytest.mark.slow
def test_a13_mixed_line_ends_all_end_a_line(connection, ends):
    content = "a,b\n" + "".join(f"{rank},x{end}" for rank, end in enumerate(ends))
    rows = decode(connection, content, TEXTS).rows
    assert rows == [(str(rank), "x") for rank, _ in enumerate(ends)]


def test_a14_a_misplaced_quote_sets_its_line_aside_and_no_other(connection):
    decoded = decode(connection, 'a,b\n"x"y,1\n2,3\n4,5\n', TEXTS)
    assert decoded.lines == [2]
    assert decoded.rows == [("2", "3"), ("4", "5")]


@pytest.mark.parametrize("other", ['"p\nq",9', '9,"p\n\nq"'])
def test_a14_also_where_another_field_holds_a_line_end(connection, other):
    decoded = decode(connection, f'a,b\n{other}\n"x"y,1\n2,3\n{other}\n"z"t,5\n6,7\n', TEXTS)
    height = other.count("\n") + 1
    assert decoded.lines == [2 + height, 4 + 2 * height]
    assert ("2", "3") in decoded.rows and ("6", "7") in decoded.rows


def test_a14_a_quote_that_nothing_closes_refuses_the_file(connection):
    """Nobody can tell whether the lines that follow are rows or the end of a text."""
    error = refused(connection, 'a,b\n1,"2\n3,4\n5,6\n', TEXTS)
    assert error.code == "GUILLEMETS"
    assert "ligne 2" in str(error)


def test_a14_a_quote_within_a_text_is_a_letter_as_another(connection):
    decoded = decode(connection, 'a,b\nécran 24",x\n"p\nq",5" \n', TEXTS)
    assert decoded.rows == [('écran 24"', "x"), ("p\nq", '5"')]


@pytest.mark.parametrize("line", ["1", "1,2,3", "1;2", ",,,x"])
def test_a15_a_ragged_line_is_set_aside(connection, line):
    decoded = decode(connection, f"a,b\n1,2\n{line}\n3,4\n", TEXTS)
    assert decoded.aside == [(3, None, "NB_COLONNES")]
    assert len(decoded.rows) == 2


HUGE = """
import resource, sys, tempfile
from pathlib import Path
from tests.decoding import TEXTS, decode, warehouse
from resources.errors import SourceError
with tempfile.TemporaryDirectory() as folder, warehouse() as connection:
    decode(connection, b"a,b\\n1,2\\n", TEXTS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    from assets.decoding.stage import stage_source
    file = Path(folder) / "essai.csv"
    with file.open("wb") as out:
        out.write(b"a,b\\n1,")
        for _ in range(40):
            out.write(b"x" * 1_000_000)
        out.write(b"\\n3,4\\n")
    try:
        stage_source(connection, "essai", TEXTS, file, Path(folder))
    except SourceError as error:
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(error.code, after - before < 20_000)
"""


@pytest.mark.slow
def test_a16_a_line_of_forty_megabytes_is_refused_and_memory_stays_flat():
    done = subprocess.run(
        [sys.executable, "-c", HUGE], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["LIGNE_TROP_LONGUE", "True"]


def test_a16_a_long_text_that_is_no_trap_is_read_whole(connection):
    text = "é" * 1_500_000
    assert len(text.encode()) < LONGEST
    assert decode(connection, f"a,b\n{text},1\n2,3\n", TEXTS).rows == [(text, "1"), ("2", "3")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234,5", 1234.5),
        ("1 234,50", 1234.5),
        (f"1{NBSP}234,50", 1234.5),
        (f"1{NARROW}234{NARROW}567,8", 1234567.8),
        ("-0,1", -0.1),
        ("1 234,50 €", 1234.5),
    ],
)
def test_a18_numbers_of_france_are_read_exactly(connection, text, value):
    words = contract(
        column("a", type="number", decimalChar=",", groupChar=" ", bareNumber="€" not in text),
        dialect={"delimiter": ";"},
    )
    assert decode(connection, f"a\n{text}\n", words).rows == [(value,)]


@pytest.mark.parametrize("text", ["1.234", "1.234,5", "1,234,5", "12 34,5", "1 2345", "1,5 €"])
def test_a18_a_number_that_means_two_things_is_set_aside(connection, text):
    words = contract(
        column("a", type="number", decimalChar=",", groupChar=" "), dialect={"delimiter": ";"}
    )
    assert decode(connection, f"a\n{text}\n", words).reasons == ["TYPE"]


@pytest.mark.parametrize("text", ["01004", "005520176", "0241050505", "2A004", "1E5", "0x10"])
def test_a19_codes_keep_their_zeros(connection, text):
    assert decode(connection, f"a,b\n{text},x\n", TEXTS).rows == [(text, "x")]


def test_a20_a_code_that_is_no_number_after_many_that_are_is_text_as_they_are(connection):
    content = "a,b\n" + "".join(f"{rank:05d},x\n" for rank in range(30_000)) + "2A004,x\n"
    decoded = decode(connection, content, TEXTS)
    assert decoded.rows[7] == ("00007", "x")
    assert decoded.rows[-1] == ("2A004", "x")


@pytest.mark.parametrize("layout", ["%d/%m/%Y", None, "any"])
@pytest.mark.parametrize("text", ["31/02/2026", "00/00/0000", "2026-13-01", "45000", "01/02/26"])
def test_a21_a_date_that_is_none_is_set_aside_and_never_null(connection, text, layout):
    words = contract(column("a", type="date", format=layout))
    assert decode(connection, f"a\n{text}\n", words).aside == [(2, "a", "DATE")]


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u200f"])
@pytest.mark.slow
def test_a24_invisible_characters_are_reported_and_titles_found_all_the_same(connection, hidden):
    decoded = decode(connection, f"a,b\nx{hidden}y,1\n", TEXTS)
    assert decoded.staged.hidden
    assert decoded.rows == [(f"x{hidden}y", "1")]
    titles = decode(connection, f"a{hidden},b\nx,1\n", TEXTS)
    assert titles.rows == [("x", "1")] and titles.staged.hidden
    assert not decode(connection, "a,b\nl’été €,1\n".encode("utf-8-sig"), TEXTS).staged.hidden


# --- the family around them -------------------------------------------------------------------


PIECES = [b'"', b",", b"\n", b"\r", b"a", b" ", b"\xe9", b"\xc3\xa9", b"1", b"\x00"]


@FEW
@given(
    st.binary(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=24).map(b"".join),
    st.sampled_from(["utf-8", "cp1252", "latin-1", "utf-16"]),
)
@pytest.mark.slow
def test_random_bytes_are_read_or_refused_and_nothing_is_lost(connection, content, encoding):
    words = contract(column("a", type="integer"), column("b"), encoding=encoding)
    start = "a,b\n".encode(encoding)
    try:
        decoded = decode(connection, start + content, words)
    except SourceError as error:
        assert error.code and str(error)
    else:
        assert decoded.staged.received == decoded.staged.rows + decoded.staged.quarantined


@FEW
@given(
    st.lists(
        st.lists(st.text("aé \"'\n,;|1", max_size=4), min_size=2, max_size=2),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([",", ";", "|", "\t"]),
    st.sampled_from(['"', "'"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@pytest.mark.slow
def test_rows_and_lines_are_those_of_an_independent_reader(
    connection, rows, delimiter, quote, ends, quoting
):
    """Every second row has a letter where a number is asked for."""
    words = contract(
        column("n", type="integer"),
        column("a"),
        column("b"),
        dialect={"delimiter": delimiter, "quoteChar": quote},
    )
    file = io.StringIO(newline="")
    writer = csv.writer(
        file, delimiter=delimiter, quotechar=quote, lineterminator=ends, quoting=quoting
    )
    writer.writerow(["n", "a", "b"])
    for rank, row in enumerate(rows):
        writer.writerow([f"{rank}x" if rank % 2 else str(rank), *row])
    reader = csv.reader(
        io.StringIO(file.getvalue().replace("\r\n", "\n"), newline=""),
        delimiter=delimiter,
        quotechar=quote,
    )
    expected, aside, line = [], [], 1
    for number, *texts in reader:
        if number.isdecimal():
            trimmed = [text.strip(f" {NBSP}{NARROW}\t") or None for text in texts]
            expected.append((int(number), *trimmed))
        elif line > 1:
            aside.append(line)
        line = reader.line_num + 1
    decoded = decode(connection, file.getvalue(), words)
    assert decoded.rows == expected
    assert decoded.lines == aside
