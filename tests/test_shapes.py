"""Regular expressions written as GLOB say what RE2 says of every text."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.formats import FORMATS
from checks.shapes import matches, shapes_of
from resources.sql import literal

atoms = st.sampled_from(
    ["[0-9]", r"\d", "[A-Z]", "[0-9A-B]", "[a/]", r"[\d_]", "a", "2", "-", r"\.", r"\+", " ", "é"]
)
times = st.sampled_from(["", "", "", "{2}", "{3}", "{0}", "{1,2}", "?"])
pieces = st.tuples(atoms, times).map("".join)
sequences = st.lists(pieces, max_size=4).map("".join)
groups = st.tuples(
    st.sampled_from(["(", "(?:"]), st.lists(sequences, min_size=1, max_size=3), times
).map(lambda drawn: f"{drawn[0]}{'|'.join(drawn[1])}){drawn[2]}")
patterns = st.tuples(
    st.sampled_from(["^", "^", "^", ""]),
    st.lists(pieces | groups, max_size=4).map("".join),
    st.sampled_from(["$", "$", "", "|a$"]),
).map("".join)
texts = st.text("0129aABZz-._+/ \n\0é[]*?^", max_size=7)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@settings(deadline=None)
@given(pattern=patterns, drawn=st.lists(texts, min_size=1, max_size=20))
@example(pattern="^a|b$", drawn=["ax", "xb", "a"])
@example(pattern="^[0-9]{2}", drawn=["12", "123", "1", "12\n"])
@example(pattern="^(a|ab)c?$", drawn=["a", "ab", "ac", "abc", "abcc"])
def test_what_is_written_as_a_shape_says_what_the_expression_says(
    connection, pattern: str, drawn: list[str]
) -> None:
    apart = connection.execute(
        f"select count(*) from (select unnest(?) as t) "
        f"where {matches('t', pattern)} is distinct from regexp_matches(t, {literal(pattern)})",
        [[*drawn, None]],
    ).fetchone()

    assert apart == (0,)


@pytest.mark.parametrize(
    ("pattern", "shapes"),
    {
        "^[0-9]{3}$": ["[0-9][0-9][0-9]"],
        r"^\d{2}\.\d[A-Z]$": ["[0-9][0-9].[0-9][A-Z]"],
        "^(?:(?:[0-9]{2}|2[AB])[0-9]{2})$": ["[0-9][0-9][0-9][0-9]", "2[AB][0-9][0-9]"],
        "^[0-9]{4}-[0-9]{2}$": ["[0-9][0-9][0-9][0-9]-[0-9][0-9]"],
        "^RNA?$": ["RN", "RNA"],
        "^C[0-9]": ["C[0-9]*"],
    }.items(),
)
def test_codes_of_a_fixed_length_are_written_as_shapes(pattern: str, shapes: list[str]) -> None:
    assert shapes_of(pattern) == shapes


@pytest.mark.parametrize(
    "pattern",
    [
        "[0-9]{3}$",
        "^[^@]+$",
        "^a|b$",
        "^(?i)a$",
        "^.{3}$",
        "^[A-]$",
        "^[z-a]$",
        r"^\w{2}$",
        "^a{2}?$",
    ],
)
def test_what_a_shape_cannot_say_is_left_to_the_expression(pattern: str) -> None:
    assert shapes_of(pattern) is None


def test_an_expression_which_costs_less_than_its_shapes_stays_one() -> None:
    assert shapes_of("^[0-9ABCDEF]{20}$") is None


def test_most_french_codes_are_written_as_shapes() -> None:
    written = [name for name, each in FORMATS.items() if shapes_of(each.shape)]

    assert len(written) >= 5, written
