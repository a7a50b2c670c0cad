"""From bytes to rows, through the public door `stage_source`: nothing lost, nothing invented.

published + quarantined = received on whatever is drawn; each line number equals the one an
independent reader finds. What the gate says afterwards is in `test_quality` and `test_table`.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.errors import SourceError
from tests.decoding import (
    FEW,
    NARROW,
    NBSP,
    SPACES,
    TEXTS,
    column,
    contract,
    decode,
    refused,
    warehouse,
    written,
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse() as connection:
        yield connection


# What goes wrong in real files: quotes, delimiters, accents, invisible spaces, line ends.
texts = st.text(
    st.sampled_from("aé7œ€ ,;'\"\\\t\n" + NBSP + NARROW + "\u2019\ufeff#|"), max_size=6
) | st.sampled_from(["", "null", "NULL", "NaN", "00123", '""', "\\N", "a\nb", "-", "'"])


@FEW
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), st.sampled_from([";", ",", "\t"]))
@pytest.mark.slow
def test_texts_come_back_exactly_whatever_they_hold(connection, rows, delimiter):
    words = contract(column("a"), column("b"), dialect={"delimiter": delimiter})
    decoded = decode(connection, written(rows, words), words)
    assert decoded.aside == []
    assert decoded.rows == [tuple(text.strip(SPACES) or None for text in row) for row in rows]


@FEW
@given(
    st.lists(st.lists(st.text("ab1", max_size=2), min_size=1, max_size=4), min_size=1, max_size=9),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
@pytest.mark.slow
def test_lines_set_aside_have_the_number_an_independent_reader_gives_them(connection, rows, ends):
    """Torn lines, blank lines and letters in a column of integers."""
    words = contract(column("a", type="integer"), column("b"))
    content = ends.join(["a,b", *(",".join(row) for row in rows)])
    kept, aside = [], []
    for line, text in enumerate(content.split(ends)[1:], 2):
        fields = text.split(",")
        if not text:
            continue
        while len(fields) > 2 and fields[-1] == "":
            fields.pop()  # a spreadsheet's trailing separators hold nothing
        number = fields[0] == "" or fields[0].isdecimal()
        (kept if len(fields) == 2 and number else aside).append(line)
    if not kept and not aside:
        assert refused(connection, content, words).code == "VIDE"
        return
    decoded = decode(connection, content, words)
    assert decoded.lines == aside
    assert decoded.staged.rows == len(kept)


@FEW
@given(
    st.lists(
        st.sampled_from(
            ["1,x", "z,y", '2,"p\nq"', '"u\nv",w', "3", "4,5,6", "", '"7","8\n\n9"', '"k",""""']
        ),
        min_size=1,
        max_size=10,
    )
)
@pytest.mark.slow
def test_line_numbers_hold_where_fields_span_several_lines(connection, records):
    words = contract(column("a", type="integer"), column("b"))
    content = "a,b\n" + "\n".join(records) + "\n"
    reader = csv.reader(io.StringIO(content, newline=""))
    expected, line = [], 1
    for record in reader:
        if record and line > 1 and not (len(record) == 2 and record[0].isdecimal()):
            expected.append(line)
        line = reader.line_num + 1
    if not any(records):
        assert refused(connection, content, words).code == "VIDE"
        return
    assert decode(connection, content, words).lines == expected


@FEW
@given(
    st.lists(st.decimals(-(10**9), 10**9, places=3, allow_nan=False), min_size=1, max_size=6),
    st.sampled_from([" ", NBSP, NARROW, ""]),
    st.sampled_from([",", "."]),
)
@pytest.mark.slow
def test_every_number_written_the_french_way_is_read_back_exactly(
    connection, numbers, space, comma
):
    words = contract(
        column("a", type="number", decimalChar=comma, groupChar=" "), dialect={"delimiter": ";"}
    )
    told = [f"{number:,.3f}".translate({44: space or None, 46: comma}) for number in numbers]
    decoded = decode(connection, written([[text] for text in told], words), words)
    assert decoded.rows == [(float(number),) for number in numbers]


@FEW
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=6))
@pytest.mark.slow
def test_every_integer_of_64_bits_is_read_back_exactly(connection, numbers):
    words = contract(column("a", type="integer"))
    decoded = decode(connection, written([[str(number)] for number in numbers], words), words)
    assert decoded.rows == [(number,) for number in numbers]


@FEW
@given(
    st.lists(st.dates(dt.date(1000, 1, 1)), min_size=1, max_size=6),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y"]),
)
@pytest.mark.slow
def test_every_date_written_as_the_contract_says_is_read_back(connection, days, layout):
    words = contract(column("a", type="date", format=layout))
    decoded = decode(connection, written([[f"{day:{layout}}"] for day in days], words), words)
    assert decoded.rows == [(day,) for day in days]


@FEW
@given(
    st.lists(st.datetimes(dt.datetime(1000, 1, 1)), min_size=1, max_size=6),
    st.sampled_from([None, "%d/%m/%Y %H:%M:%S"]),
)
@pytest.mark.slow
def test_every_instant_written_as_the_contract_says_is_read_back(connection, instants, layout):
    words = contract(column("a", type="datetime", format=layout))
    moments = [moment.replace(microsecond=0) for moment in instants]
    told = [f"{moment:{layout}}" if layout else moment.isoformat() for moment in moments]
    decoded = decode(connection, written([[text] for text in told], words), words)
    assert decoded.rows == [(moment,) for moment in moments]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"type": "date", "format": "%d/%m/%Y"}, "31/02/2026"),
        ({"type": "date", "format": "%d/%m/%Y"}, "29/02/2025"),
        ({"type": "date", "format": "%d/%m/%Y"}, "01/01/0026"),
        ({"type": "date", "format": "%d/%m/%Y"}, "01/01/26"),
        ({"type": "date", "format": "%d/%m/%Y"}, "1/1/2026"),
        ({"type": "date", "format": "%d/%m/%Y"}, "2026-01-01"),
        ({"type": "date", "format": "%d/%m/%Y"}, "46023"),
        ({"type": "date"}, "2026-13-01"),
        ({"type": "datetime"}, "2026-02-30T10:00"),
        ({"type": "datetime"}, "2026-02-03 25:00"),
        ({"type": "datetime"}, "2026-02-03"),
    ],
)
def test_a_day_that_does_not_exist_is_set_aside(connection, words, text):
    decoded = decode(connection, f"a\n{text}\n", contract(column("a", **words)))
    assert decoded.aside == [(2, "a", "DATE")]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"type": "integer"}, "1.0"),
        ({"type": "integer"}, "1e3"),
        ({"type": "integer"}, str(2**63)),
        ({"type": "integer"}, "٣"),
        ({"type": "integer"}, "0x1F"),
        ({"type": "integer"}, "1_000"),
        ({"type": "integer"}, "1 000"),
        ({"type": "number"}, "1,5"),
        ({"type": "number"}, "nan"),
        ({"type": "number"}, "inf"),
        ({"type": "number"}, "1e400"),
        ({"type": "number"}, "1.2.3"),
        ({"type": "number", "decimalChar": ","}, "1.5"),
        ({"type": "number", "decimalChar": ","}, "12 €"),
        ({"type": "year"}, "26"),
        ({"type": "year"}, "20266"),
        ({"type": "boolean"}, "peut-être"),
    ],
)
def test_a_text_that_is_no_value_of_its_type_is_set_aside(connection, words, text):
    words = contract(column("a", **words), dialect={"delimiter": ";"})
    assert decode(connection, f"a\n{text}\n", words).aside == [(2, "a", "TYPE")]


@pytest.mark.parametrize(
    ("words", "text", "value"),
    [
        ({"type": "integer"}, "-7", -7),
        ({"type": "integer", "groupChar": " "}, f"1{NARROW}234{NBSP}567", 1234567),
        ({"type": "integer", "groupChar": "'"}, "1'234", 1234),
        ({"type": "number"}, "-0.5e-3", -0.0005),
        ({"type": "number", "decimalChar": ",", "groupChar": "."}, "1.234,5", 1234.5),
        ({"type": "year"}, "2026", 2026),
        ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, "oui", True),
        ({"type": "boolean"}, "0", False),
        ({"type": "string"}, "01004", "01004"),
        ({"type": "string"}, "2A004", "2A004"),
        ({"type": "string"}, "1E5", "1E5"),
        ({"type": "string", "format": "telephone"}, "06 39.98-12 34", "0639981234"),
        ({"type": "string", "format": "code_postal"}, "01500", "01500"),
    ],
)
def test_a_text_becomes_the_value_its_column_promises(connection, words, text, value):
    words = contract(column("a", **words), dialect={"delimiter": ";"})
    assert decode(connection, f"a\n{text}\n", words).rows == [(value,)]


@pytest.mark.parametrize(
    ("constraints", "text", "reason"),
    [
        ({"required": True}, "", "MANQUANT"),
        ({"required": True}, "s", "MANQUANT"),
        ({"pattern": r"[A-Z]\d"}, "A12", "FORMAT"),
        ({"pattern": "a|b"}, "ab", "FORMAT"),
        ({"enum": ["un", "deux"]}, "Un", "HORS_LISTE"),
        ({"minLength": 3}, "éé", "LONGUEUR"),
        ({"maxLength": 1}, "éé", "LONGUEUR"),
    ],
)
def test_a_broken_promise_sets_the_row_aside_with_its_reason(connection, constraints, text, reason):
    words = contract(column("a", constraints=constraints), column("b"), missingValues=["", "s"])
    decoded = decode(connection, f"a,b\n{text},x\n", words)
    assert decoded.aside == [(2, "a", reason)]
    assert decoded.raw == [(text or None, "x")]


@pytest.mark.parametrize("text", ["-1", "101", "1000000000"])
def test_a_number_out_of_its_bounds_is_set_aside(connection, text):
    words = contract(column("a", type="integer", constraints={"minimum": 0, "maximum": 100}))
    assert decode(connection, f"a\n{text}\n", words).reasons == ["HORS_BORNES"]


def test_a_promise_that_only_warns_sets_no_row_aside(connection):
    words = contract(column("a", severity="warning", constraints={"enum": ["x"]}))
    assert decode(connection, "a\ny\n", words).rows == [("y",)]


def test_a_missing_value_is_never_zero(connection):
    words = contract(column("a", type="number"), column("b"), missingValues=["", "s", "secret"])
    decoded = decode(connection, "a,b\ns,1\nsecret,2\n,3\n0,4\n", words)
    assert [value for value, _ in decoded.rows] == [None, None, None, 0.0]


def test_a_value_unknown_of_the_reference_is_set_aside(connection):
    connection.execute("create or replace table sources.lieux as select '01004' as code")
    words = contract(column("a", constraints={"in": "sources.lieux.code"}), column("b"))
    decoded = decode(connection, "a,b\n01004,x\n1004,x\n,x\n", words)
    assert decoded.aside == [(3, "a", "REFERENCE")]


# --- identifiers ------------------------------------------------------------------------------


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, written from the norm and not from our SQL."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def with_key(start: str) -> str:
    return next(start + key for key in "0123456789" if luhn(start + key))


digits_8 = st.text("0123456789", min_size=8, max_size=8)
digits_13 = st.text("0123456789", min_size=13, max_size=13)


@FEW
@given(st.lists(digits_13, min_size=1, max_size=5), st.sampled_from(["", " ", NBSP, NARROW]))
@pytest.mark.slow
def test_a_siret_is_kept_when_its_key_holds_spaces_or_not(connection, starts, space):
    words = contract(column("a", format="siret"))
    sirets = [with_key(with_key(start[:8]) + start[8:12]) for start in starts]
    told = [space.join((s[:3], s[3:6], s[6:9], s[9:])) for s in sirets]
    decoded = decode(connection, written([[text] for text in told], words), words)
    assert decoded.rows == [(siret,) for siret in sirets]


@FEW
@given(st.lists(st.text("0123456789", min_size=14, max_size=14), min_size=1, max_size=5))
@pytest.mark.slow
def test_a_siret_whose_key_does_not_hold_is_set_aside(connection, sirets):
    words = contract(column("a", format="siret"))
    decoded = decode(connection, written([[siret] for siret in sirets], words), words)
    assert decoded.rows == [(one,) for one in sirets if luhn(one) and luhn(one[:9])]


def test_a_siret_whose_siren_has_no_valid_key_is_set_aside_and_not_left_to_the_gate(connection):
    """As python-stdnum: the gate would refuse the whole table for it."""
    words = contract(column("a", format="siret"))
    wrong = "00000000100008"
    assert luhn(wrong) and not luhn(wrong[:9])
    decoded = decode(connection, f"a\n{wrong}\n55210055400013\n", words)
    assert decoded.rows == [("55210055400013",)]
    assert decoded.reasons == ["FORMAT"]


@pytest.mark.parametrize(
    ("shape", "right", "wrong"),
    [
        ("iban", "FR76 3000 6000 0112 3456 7890 189", "FR76 3000 6000 0112 3456 7890 188"),
        ("finess", "490000031", "490000030"),
        ("uai", "0490001K", "0490001A"),
        ("rna", "W491000001", "491000001"),
        ("code_commune", "2A004", "20004"),
    ],
)
def test_a_row_whose_identifier_is_wrong_is_set_aside_alone(connection, shape, right, wrong):
    words = contract(column("a", format=shape))
    decoded = decode(connection, f"a\n{right}\n{wrong}\n", words)
    assert [row[0] for row in decoded.rows] == [right]
    assert decoded.reasons == ["FORMAT"]


@FEW
@given(st.lists(digits_8, min_size=1, max_size=5))
@pytest.mark.slow
def test_a_siren_is_judged_by_its_key(connection, starts):
    words = contract(column("a", format="siren"))
    sirens = [with_key(start) for start in starts] + [start + "7" for start in starts]
    decoded = decode(connection, written([[siren] for siren in sirens], words), words)
    assert decoded.rows == [(siren,) for siren in sirens if luhn(siren)]


def test_a_siret_gets_back_the_zero_a_spreadsheet_took(connection):
    words = contract(column("a", format="siret"))
    whole = with_key(with_key("05508104") + "0001")
    decoded = decode(connection, f"a\n{whole[1:]}\n{whole[2:]}\n", words)
    assert decoded.rows == [(whole,)]
    assert decoded.reasons == ["FORMAT"]


def test_the_sirets_of_la_poste_are_judged_by_their_own_key(connection):
    """Establishment 35600000000048 fails Luhn only for the head office; others sum to 5n."""
    words = contract(column("a", format="siret"))
    office = "35600000049837"
    assert sum(map(int, office)) % 5 == 0 and not luhn(office)
    decoded = decode(connection, f"a\n{office}\n35600000049838\n", words)
    assert decoded.rows == [(office,)]


@pytest.mark.parametrize("shape", ["siret", "siren", "email", "code_postal", "telephone"])
def test_letters_in_an_identifier_set_its_row_aside_alone(connection, shape):
    words = contract(column("a", format=shape), column("b"))
    decoded = decode(connection, "a,b\n§,1\n2100X0046,2\n,3\n", words)
    assert decoded.reasons == ["FORMAT", "FORMAT"]
    assert decoded.rows == [(None, "3")]


# --- encodings --------------------------------------------------------------------------------

PHRASES = {
    "utf-8": "L’œuvre coûte 12 € — ÿ\u202f!",
    "cp1252": "L’œuvre coûte 12 € Œ",
    "latin-1": "Élève façade ÿ",
    "utf-16": "L’œuvre coûte 12 €\u202f𝄞",
}


@pytest.mark.parametrize("encoding", PHRASES)
def test_each_declared_encoding_is_read_exactly(connection, encoding):
    words = contract(column("a"), column("b"), encoding=encoding)
    decoded = decode(connection, f"a,b\n{PHRASES[encoding]},x\n", words)
    assert decoded.rows == [(PHRASES[encoding], "x")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_first_title(connection, encoding):
    words = contract(column("a"), column("b"), encoding=encoding.removesuffix("-sig"))
    assert decode(connection, "a,b\né,x\n".encode(encoding), words).rows == [("é", "x")]


def test_a_letter_split_between_two_blocks_is_read_whole(connection):
    line = "x" * 1023 + ",é\n"
    content = "a,b\n" + line * 1100
    decoded = decode(connection, content, TEXTS)
    assert decoded.staged.rows == 1100
    assert {b for _, b in decoded.rows} == {"é"}


@pytest.mark.parametrize(
    ("declared", "actual"),
    [("utf-8", "cp1252"), ("utf-8", "latin-1"), ("cp1252", "utf-8"), ("latin-1", "utf-8")],
)
def test_another_encoding_than_the_declared_one_is_refused_not_mangled(
    connection, declared, actual
):
    words = contract(column("a"), column("b"), encoding=declared)
    error = refused(connection, "a,b\nété à Évry,x\n".encode(actual), words)
    assert error.code == "ENCODAGE"
    assert declared in str(error)


def test_the_euro_sign_of_windows_is_no_control_character_of_latin_1(connection):
    words = contract(column("a"), column("b"), encoding="latin-1")
    assert refused(connection, "a,b\n12 €,x\n".encode("cp1252"), words).code == "ENCODAGE"


def test_a_byte_cp1252_does_not_know_is_told_with_its_place(connection):
    words = contract(column("a"), column("b"), encoding="cp1252")
    error = refused(connection, b"a,b\nx\x81,y\n", words)
    assert error.code == "ENCODAGE"
    assert "octet 6 " in str(error)


# --- files that are not what they should be ---------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "VIDE"),
        (b"a,b\n", "VIDE"),
        (b"a,b", "VIDE"),
        (b"a,b\n\n\n", "VIDE"),
        (b"\n", "VIDE"),
        (b"<!DOCTYPE html>\n<html><body>Maintenance</body></html>\n", "NON_CSV"),
        (b"\xef\xbb\xbf  <html>\n", "NON_CSV"),
        (b'{"error": "quota"}\n', "NON_CSV"),
        (b'{"error": "quota", "code": 429}\n', "NON_CSV"),
        (b'[{"a": 1, "b": 2}]\n', "NON_CSV"),
        (b"a,b,a\n1,2,3\n", "EN_TETE"),
        (b"a,b,,\n1,2,3,4\n", "EN_TETE"),
        (b"x,y\n1,2\n", "SCHEMA"),
        (b'a,b\n1,"2\n3,4\n5,6\n', "GUILLEMETS"),
    ],
)
def test_a_file_that_is_not_the_promised_table_is_refused_with_its_code(connection, content, code):
    error = refused(connection, content, TEXTS)
    assert error.code == code
    assert str(error)


def test_a_missing_column_is_told_with_the_closest_title(connection):
    words = contract(column("code_commune", **{"from": "Code commune"}), column("b"))
    error = refused(connection, "Code comune,b\n1,2\n", words)
    assert error.code == "SCHEMA"
    assert "« Code commune » ; le mot le plus proche est « Code comune »" in str(error)


def test_columns_are_found_by_their_title_in_any_order(connection):
    decoded = decode(connection, "b,zzz, a ,yyy\n2,3,1,4\n", TEXTS)
    assert decoded.rows == [("1", "2")]
    assert decoded.staged.extra == ["zzz", "yyy"]


def test_columns_are_found_in_any_order_where_a_field_spans_lines(connection):
    decoded = decode(connection, 'b,zzz,a\n2,3,"1\n1"\n', TEXTS)
    assert decoded.rows == [("1\n1", "2")]
    assert decoded.staged.extra == ["zzz"]


def test_a_title_that_spans_two_lines_is_read_like_any_other(connection):
    words = contract(column("a", **{"from": "prix\n(€)"}), column("b"))
    decoded = decode(connection, '"prix\n(€)",b\n1,2\n3\n', words)
    assert decoded.rows == [("1", "2")]
    assert decoded.aside == [(4, None, "NB_COLONNES")]


def test_lone_carriage_returns_end_lines_too(connection):
    decoded = decode(connection, "a,b\r1,2\r3\r4,5", TEXTS)
    assert decoded.rows == [("1", "2"), ("4", "5")]
    assert decoded.aside == [(3, None, "NB_COLONNES")]


@pytest.mark.parametrize("filled", ["", " ", '" "'])
def test_columns_without_title_nor_value_are_told_and_not_read(connection, filled):
    decoded = decode(connection, f"a,b,,\n1,2,,\n3,4,{filled},\n5,6\n", TEXTS)
    assert decoded.rows == [("1", "2"), ("3", "4")]
    assert decoded.aside == [(4, None, "NB_COLONNES")]
    assert decoded.staged.extra == ["(sans titre)"]


def test_columns_without_title_that_hold_a_value_refuse_the_file(connection):
    error = refused(connection, "a,b,,\n1,2,,\n3,4,,x\n", TEXTS)
    assert error.code == "EN_TETE"
    assert "pas vides" in str(error)


def test_one_column_without_title_is_not_asked_for(connection):
    decoded = decode(connection, ",a,b\n0,1,2\n", TEXTS)
    assert (decoded.rows, decoded.staged.extra) == ([("1", "2")], ["(sans titre)"])


@pytest.mark.slow
def test_many_torn_lines_together_are_all_set_aside(connection):
    """DuckDB's threads lose some of them: ten megabytes are what one thread reads at a time."""
    good, torn = "1," + "x" * 250 + "\n", "1,2," + "x" * 250 + "\n"
    decoded = decode(connection, "a,b\n" + good * 1000 + torn * 90_000 + good * 1000, TEXTS)
    assert (len(decoded.rows), len(decoded.aside)) == (2000, 90_000)
    assert decoded.lines == list(range(1002, 91_002))


@pytest.mark.slow
def test_a_large_file_of_torn_lines_is_refused_before_they_are_kept(connection):
    content = "a,b\n" + ("1,2," + "x" * 100 + "\n") * 250_000
    assert refused(connection, content, TEXTS).code == "COLONNES"


def test_a_torn_line_is_kept_as_it_was_written(connection):
    decode(connection, "a,b\n1,2\nx,y,z\n", TEXTS)
    kept = connection.execute("select _ligne, _texte from quarantine._staging_essai").fetchall()
    assert kept == [(3, "x,y,z")]


def test_an_open_quote_on_the_last_line_sets_that_line_aside_alone(connection):
    decoded = decode(connection, 'a,b\n1,2\n3,"4\n', TEXTS)
    assert decoded.rows == [("1", "2")]
    assert decoded.lines == [3]


@pytest.mark.parametrize("other", ["x,y", '"x\nx",y'])
def test_the_fate_of_a_line_does_not_depend_on_the_others(connection, other):
    """One field that spans two lines changes how the whole file is read."""
    decoded = decode(connection, f"a,b\n{other}\n1,2,\n3,4,,\n5\n6,7,8\n,\n", TEXTS)
    assert decoded.rows[1:] == [("1", "2"), ("3", "4"), (None, None)]
    assert decoded.reasons == ["NB_COLONNES", "NB_COLONNES"]


def test_a_very_long_text_is_read_whole_on_one_line_or_several(connection):
    for end in ("", "\n"):
        text = "é" * 200_000 + end + "x"
        decoded = decode(connection, f'a,b\n"{text}",1\n', TEXTS)
        assert decoded.rows == [(text, "1")]


def test_another_quote_and_delimiter_are_those_of_the_dialect(connection):
    words = contract(column("a"), column("b"), dialect={"delimiter": "|", "quoteChar": "'"})
    decoded = decode(connection, "a|b\n'1|2'|l''eau\n'l''eau'|\"\n", words)
    assert decoded.rows == [("1|2", "l''eau"), ("l'eau", '"')]


# --- repeats ----------------------------------------------------------------------------------

KEYED = contract(column("a"), column("b"), column("c"), key=["a", "b"])


def test_identical_repeats_leave_the_first_line(connection):
    decoded = decode(connection, "a,b,c\n1,1,x\n2,1,y\n1,1,x\n1,1, x \n", KEYED)
    assert sorted(decoded.rows) == [("1", "1", "x"), ("2", "1", "y")]
    assert decoded.aside == [(4, "a", "DOUBLON"), (5, "a", "DOUBLON")]


def test_contradicting_repeats_are_all_set_aside(connection):
    decoded = decode(connection, "a,b,c\n1,1,x\n2,1,y\n1,1,z\n1,1,x\n", KEYED)
    assert decoded.rows == [("2", "1", "y")]
    assert decoded.aside == [(line, "a", "CLE_EN_CONFLIT") for line in (2, 4, 5)]


def test_repeats_are_found_where_a_part_of_the_key_is_missing(connection):
    decoded = decode(connection, "a,b,c\n1,,x\n1,,x\n2,,x\n2,,y\n", KEYED)
    assert decoded.rows == [("1", None, "x")]
    assert decoded.reasons == ["DOUBLON", "CLE_EN_CONFLIT", "CLE_EN_CONFLIT"]


def test_a_row_set_aside_for_itself_contradicts_nobody(connection):
    words = contract(column("a"), column("b", type="integer"), key=["a"])
    decoded = decode(connection, "a,b\n1,x\n1,2\n", words)
    assert decoded.rows == [("1", 2)]
    assert decoded.reasons == ["TYPE"]


def test_a_unique_column_that_may_be_empty_may_be_empty_twice(connection):
    words = contract(column("a", constraints={"unique": True}), column("b"))
    decoded = decode(connection, "a,b\n,1\n,2\n7,3\n7,4\n", words)
    assert decoded.rows == [(None, "1"), (None, "2")]
    assert decoded.reasons == ["CLE_EN_CONFLIT", "CLE_EN_CONFLIT"]


@FEW
@given(
    st.lists(
        st.tuples(st.sampled_from("12"), st.sampled_from("12"), st.sampled_from("xy")),
        min_size=1,
        max_size=8,
    )
)
@pytest.mark.slow
def test_after_repeats_are_set_aside_no_key_is_left_twice(connection, rows):
    decoded = decode(connection, written(rows, KEYED), KEYED)
    keys = [row[:2] for row in decoded.rows]
    assert len(keys) == len(set(keys))
    sure = {row[:2] for row in rows if len({r for r in rows if r[:2] == row[:2]}) == 1}
    assert set(keys) == sure


# --- GeoJSON and Parquet ----------------------------------------------------------------------

SHAPES = contract(
    column("code"),
    column("geometry", type="geojson", constraints={"required": True}),
    format="geojson",
)


def feature(code: object, geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


POINT = {"type": "Point", "coordinates": [5.2, 46.2]}


def test_geojson_objects_become_rows_with_their_geometry(connection):
    decoded = decode(connection, collection(feature("01004", POINT)), SHAPES)
    ((code, geometry),) = decoded.rows
    assert code == "01004"
    assert json.loads(geometry) == POINT


def test_a_geojson_object_without_geometry_is_set_aside(connection):
    decoded = decode(connection, collection(feature("1", None), feature("2", POINT)), SHAPES)
    assert decoded.aside == [(1, "geometry", "MANQUANT")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "VIDE"),
        (b"<html></html>", "NON_GEOJSON"),
        (b"[]", "NON_GEOJSON"),
        (b'{"features": 3}', "NON_GEOJSON"),
        (b'{"features": []}', "VIDE"),
        (collection({"type": "Feature", "properties": {"cod": 1}, "geometry": None}), "SCHEMA"),
        (b"\xff\xfe\x00", "ENCODAGE"),
    ],
)
def test_a_file_that_is_no_geojson_is_refused(connection, content, code):
    assert refused(connection, content, SHAPES).code == code


def test_parquet_values_are_read_as_their_texts_are(connection, tmp_path):
    words = contract(column("a", type="integer"), column("b"), format="parquet")
    file = tmp_path / "x.parquet"
    connection.execute(
        f"copy (select * from (values ('7', '01004', 1), ('x', 'é', 2)) as t(a, b, z)) "
        f"to '{file}' (format parquet)"
    )
    decoded = decode(connection, file.read_bytes(), words)
    assert decoded.rows == [(7, "01004")]
    assert decoded.aside == [(2, "a", "TYPE")]
    assert decoded.staged.extra == ["z"]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"a,b\n1,2\n"])
def test_a_file_that_is_no_parquet_is_refused(connection, content):
    words = contract(column("a"), format="parquet")
    assert refused(connection, content, words).code == "NON_PARQUET"


def test_no_error_repeats_a_value_of_the_file(connection):
    secret = "Martine-Dupont"
    for content in (f'a,b\n{secret},"x\n', f"a,c\n{secret},x\n", f"a,b\n{secret}\u0081,x\n"):
        words = contract(column("a", personal_data="direct"), column("b"), encoding="latin-1")
        try:
            decoded = decode(connection, content, words)
        except SourceError as error:
            assert secret not in str(error)
        else:
            assert secret not in str(decoded.staged)
