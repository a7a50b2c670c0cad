"""The quick way and the exact one: the same values, whatever is drawn."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.decoding.macros import MACROS
from assets.decoding.shortcuts import MET, shortcut
from assets.decoding.values import cleaned, typed
from resources.sql import literal
from tests.decoding import column, contract

COLUMNS = [
    {"type": "string"},
    {"type": "any"},
    {"type": "integer"},
    {"type": "integer", "groupChar": " "},
    {"type": "integer", "bareNumber": False},
    {"type": "number"},
    {"type": "number", "decimalChar": ","},
    {"type": "number", "decimalChar": ",", "groupChar": "."},
    {"type": "number", "decimalChar": ",", "groupChar": " ", "bareNumber": False},
    {"type": "number", "decimals": 2},
    {"type": "number", "decimals": 0},
    {"type": "number", "decimals": 18},
    {"type": "number", "decimals": 2, "decimalChar": ",", "groupChar": " ", "bareNumber": False},
    {"type": "year"},
    {"type": "date"},
    {"type": "date", "format": "%d/%m/%Y"},
    {"type": "date", "format": "%Y"},
    {"type": "date", "format": "any"},
    {"type": "datetime"},
    {"type": "time"},
    {"type": "yearmonth"},
    {"type": "boolean"},
    {"type": "string", "format": "siret"},
]
PLAIN = {"integer": "7", "date": "2026-01-05"}
WORDS = ["", "ND", "0", "1e3", "0x1F", "0b1", "1_000", "inf", "-Infinity", "nan", "NaN", "epoch"]
WORDS += ["infinity", "2026-1-5", "2026/01/05", "2026-01-05 BC", "0026-01-05", "12026-01-05"]
WORDS += [
    "12.5",
    ".5",
    "5.",
    "1.",
    "+5",
    "-0",
    "007",
    " 7",
    "7 ",
    "7\u00a0",
    "\u202f7",
    "\t7",
    "7\n",
]
WORDS += ["9223372036854775807", "9223372036854775808", "1e400", "1,5", "1.234", "1.234,5"]
WORDS += ["1.50", "1.005", "1.5000", "1e-30", "1.5e1", "0.1", "1234567890123456.78", "1e17"]
WORDS += ["12345678901234.567000001", "99999999999999999.99", "0.000000000000000001", "1 234,50"]
WORDS += ["2026-01-05T10:00:00", "2026-01-05 10:00:00.5", "2026-01-05T10:00:00Z", "2026", "0999"]
WORDS += [
    "31/12/2026",
    "1/1/2026",
    "31/02/2026",
    "true",
    "TRUE",
    "1",
    "٣",
    "²",
    "1e-5",
    "1E5",
    "--1",
]
written = st.sampled_from(WORDS) | st.text(
    " \t\u00a0\u202f_.,0123456789eE+-:/TZxinfa%€", max_size=12
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        yield connection


@pytest.mark.parametrize("words", COLUMNS, ids=str)
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(written | st.none(), min_size=1, max_size=40))
@pytest.mark.slow
def test_the_quick_value_is_the_exact_one(connection, words, texts):
    """In doubt, the exact way is taken; without a doubt, its value was known."""
    declared = contract(column("a", **words), missingValues=["", "ND", "0"])
    (held,) = declared.columns
    exact = typed(held, cleaned(held, declared, "c"))
    drawn = ", ".join(f"({literal(text or None)}::varchar)" for text in texts)
    met = "".join(one for one in MET if any(one in (text or "") for text in texts))
    short = shortcut(held, declared, "c", "q", met)
    rows = connection.execute(
        f"select c, q, {exact}, {short.doubt} from (select c, {short.quick} as q "
        f"from (values {drawn}) as drawn(c))"
    ).fetchall()
    for text, quick, true, doubt in rows:
        assert doubt or quick == true or short.exact is None, text
    if plain := PLAIN.get(words["type"]) if len(words) == 1 else None:
        assert not any(doubt for text, *_, doubt in rows if text in (plain, None))
