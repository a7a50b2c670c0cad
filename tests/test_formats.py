"""French numbers, by their keys: DuckDB's SQL says of each what python-stdnum says."""

import string
from collections.abc import Callable

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban, luhn
from stdnum.fr import nir, siren, siret

from checks.formats import FORMATS

DIGITS = string.digits
THEIRS: dict[str, Callable[[str], bool]] = {
    "siren": siren.is_valid,
    "siret": siret.is_valid,
    "nir": nir.is_valid,
    "iban": iban.is_valid,
}


def held(name: str, values: list[str | None]) -> list[bool | None]:
    """What DuckDB says of each value."""
    with duckdb.connect() as connection:
        query = f"select {FORMATS[name].holds('v')} from (select unnest(?::varchar[]) as v)"
        return [row[0] for row in connection.execute(query, [values]).fetchall()]


def numbers(length: int, start: str = "") -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length, max_size=length).map(lambda drawn: start + drawn)


@st.composite
def spelled(draw: st.DrawFn, number: st.SearchStrategy[str]) -> str:
    """A number as people write it: spaces, dots, lower case; sometimes cut short."""
    text = draw(number)
    separator = draw(st.sampled_from(["", "", " ", "."]))
    if separator:
        at = draw(st.integers(0, len(text)))
        text = text[:at] + separator + text[at:]
    return draw(st.sampled_from([text, text, text.lower(), text[:-1], text + "0"]))


def with_luhn(start: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return start.map(lambda digits: digits + str(luhn.calc_check_digit(digits)))


sirens = with_luhn(numbers(8)) | numbers(9)
establishments = st.one_of(
    st.tuples(with_luhn(numbers(8)), numbers(4))
    .map("".join)
    .map(lambda digits: digits + str(luhn.calc_check_digit(digits))),
    numbers(5, "356000000"),
    st.just("35600000000048"),
    numbers(14),
)
persons = st.builds(
    lambda start, department, rest, right: (
        (body := start + department + rest)
        + (nir.calc_check_digits(body) if right and department != "2C" else "07")
    ),
    numbers(5),
    numbers(2) | st.sampled_from(["2A", "2B", "2C"]),
    numbers(6),
    st.booleans(),
)
accounts = st.builds(
    lambda bank, account, key, right: (
        f"FR{iban.calc_check_digits('FR00' + bank + account + key) if right else '42'}"
        f"{bank}{account}{key}"
    ),
    numbers(10),
    st.text(DIGITS + string.ascii_uppercase, min_size=11, max_size=11),
    numbers(2),
    st.booleans(),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "drawn"),
    [("siren", sirens), ("siret", establishments), ("nir", persons), ("iban", accounts)],
)
def test_a_key_is_what_python_stdnum_says(name: str, drawn: st.SearchStrategy[str]) -> None:
    @settings(max_examples=30, deadline=None, database=None)
    @given(st.lists(spelled(drawn), min_size=100, max_size=100))
    def each_is_alike(values: list[str]) -> None:
        assert dict(zip(values, held(name, list(values)), strict=True)) == {
            value: THEIRS[name](value) for value in values
        }

    each_is_alike()


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("siren", "732 829 320", "732829321"),
        ("siret", "356 000 000 00048", "35600000000049"),
        ("nir", "2 53 07 2B 073 004 70", "253072C07300443"),
        ("iban", "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02607"),
        ("rna", "W491000123", "491000123"),
        ("iris", "490070101", "4900701"),
        ("code_commune", "2A004", "20004"),
        ("code_postal", "49000", "4900"),
        ("finess", "490000031", "490000032"),
        ("finess", "2A0000014", "2C0000014"),
        ("uai", "0490001K", "0490001A"),
        ("telephone", "0241054000", "241054000"),
        ("email", "mairie@exemple.fr", "mairie"),
        ("uri", "https://exemple.fr/a", "exemple.fr"),
        ("uuid", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0"),
        ("binary", "QXJkb2lzZQ==", "QXJkb2lzZ"),
    ],
)
def test_a_format_takes_the_right_and_refuses_the_wrong(name: str, good: str, bad: str) -> None:
    assert held(name, [good, bad, None]) == [True, False, None]


def test_every_format_has_an_example_above() -> None:
    marks = test_a_format_takes_the_right_and_refuses_the_wrong.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(FORMATS)
