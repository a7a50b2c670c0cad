"""A received file without some of its rows is read as it was, those rows apart, line for line."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.decoding.macros import MACROS
from assets.decoding.redacted import ROWS, redact
from checks.contract import Contract
from tests.decoding import FEW, Decoded, column, contract, decode, warehouse, written
from tests.workbooks import xlsx

WORDS = ["Aline", "Basile", "Camille", "Aline ; « citée »", "ligne\ncoupée", 'un "guillemet"', ""]
TABLE = [column("nom"), column("nombre", type="integer")]
ROWS_READ = [("Aline", "1"), ("Camille", "2"), ("Basile", "x"), ("Camille", "y"), ("Chloé", "")]


def without(content: bytes, contract: Contract, name: str) -> tuple[bytes | None, int]:
    """What remains of a file once every row and torn line that holds a name is taken out."""
    with TemporaryDirectory() as folder, warehouse() as connection:
        work = Path(folder)
        connection.execute(MACROS)
        file, remains = work / f"essai.{contract.format}", work / "remains"
        file.write_bytes(content)

        def choose(connection):
            found = connection.execute(f"select rowid from {ROWS} where nom = '{name}'").fetchall()
            return {number for (number,) in found}, lambda line: name in line

        went = redact(connection, file, contract, work, choose, remains)
        return remains.read_bytes() if remains.exists() else None, went


def decoded(content: bytes, contract: Contract) -> Decoded:
    with warehouse() as connection:
        return decode(connection, content, contract)


def csv_of(rows, contract: Contract, **words) -> bytes:
    return written(rows, contract, **words).encode(contract.encoding)


def formats() -> dict[str, tuple[bytes, Contract]]:
    plain = contract(*TABLE, dialect={"delimiter": ";"})
    text = csv_of(ROWS_READ, plain)
    found = {
        "csv": (text, plain),
        "csv in cp1252": (
            written(ROWS_READ, plain).encode("cp1252"),
            contract(*TABLE, dialect={"delimiter": ";"}, encoding="cp1252"),
        ),
        "csv of Windows": (csv_of(ROWS_READ, plain, ends="\r\n"), plain),
        "csv under lines": (
            b"Mairie\n\n" + text,
            contract(*TABLE, dialect={"delimiter": ";"}, skip_lines=2),
        ),
        "csv with torn lines": (text + b"Camille;3;4\nDidier;3;4\nAline\n", plain),
        "csv.gz": (gzip.compress(text), plain),
    }
    records = [{"nom": name, "nombre": number} for name, number in ROWS_READ]
    found["json"] = (
        json.dumps({"lignes": records}, indent=1).encode(),
        contract(*TABLE, format="json", records="lignes"),
    )
    lines = "\n".join(["", *(json.dumps(one) for one in records), "cassée", ""])
    found["jsonl"] = (lines.encode(), contract(*TABLE, format="jsonl"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("dedans.csv", text)
    found["zip"] = (
        packed.getvalue(),
        contract(*TABLE, dialect={"delimiter": ";"}, member="dedans.csv"),
    )
    parquet = io.BytesIO()
    pl.DataFrame(records).write_parquet(parquet)
    found["parquet"] = (parquet.getvalue(), contract(*TABLE, format="parquet"))
    return found


@pytest.mark.parametrize("name", formats())
def test_what_remains_is_read_as_it_was_line_for_line(name):
    content, told = formats()[name]
    before = decoded(content, told)
    remains, went = without(content, told, "Camille")
    assert remains is not None and went >= 2
    after = decoded(remains, told)
    gone = {
        line for (line, *_), raw in zip(before.aside, before.raw, strict=True) if "Camille" in raw
    }
    assert after.rows == [row for row in before.rows if row[0] != "Camille"]
    left = [one for one in before.aside if one[0] not in gone]
    if name == "csv with torn lines":  # hers is in no column
        left = [one for one in left if one[0] != 7]
    assert after.aside == left
    assert b"Camille" not in remains


@pytest.mark.slow
def test_a_workbook_without_a_row_is_read_as_it_was():
    told = contract(*TABLE, format="xlsx")
    content = xlsx([["nom", "nombre"], *map(list, ROWS_READ)])
    before = decoded(content, told)
    remains, went = without(content, told, "Camille")
    after = decoded(remains, told)
    assert went == 2
    assert after.rows == [row for row in before.rows if row[0] != "Camille"]
    assert after.lines == [4]


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(WORDS), st.sampled_from(["1", "x", ""])), min_size=1, max_size=8
    ),
    ends=st.sampled_from(["\n", "\r\n"]),
)
@FEW
@pytest.mark.slow
def test_any_text_loses_a_name_and_nothing_else(rows, ends):
    told = contract(*TABLE, dialect={"delimiter": ";"})
    content = csv_of(rows, told, ends=ends)
    remains, went = without(content, told, "Camille")
    assert went == sum(name == "Camille" for name, _ in rows)
    if went == len(rows):
        return  # nothing is left to be read
    before, after = decoded(content, told), decoded(remains or content, told)
    assert after.rows == [row for row in before.rows if row[0] != "Camille"]
    kept = [one for one, raw in zip(before.aside, before.raw, strict=True) if raw[0] != "Camille"]
    assert after.aside == kept


def test_a_file_loses_rows_twice():
    content, told = formats()["csv"]
    first, _ = without(content, told, "Camille")
    assert first is not None
    second, went = without(first, told, "Aline")
    assert went == 1 and second is not None
    assert decoded(second, told).rows == [("Chloé", None)]
    assert without(second, told, "Zoé") == (None, 0)


def test_a_column_that_was_not_kept_is_said_to_be_missing():
    content, told = formats()["csv"]
    remains, _ = without(content, told, "Camille")
    more = contract(*TABLE, column("ville"), dialect={"delimiter": ";"})
    with warehouse() as connection, pytest.raises(Exception, match="« ville »"):
        decode(connection, remains, more)
