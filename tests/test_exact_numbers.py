"""A18: numbers with declared decimals are kept exact, or their row is set aside; never rounded."""

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.contract import Contract
from tests.decoding import FEW, column, contract, decode, warehouse
from tests.scenario import Scenario

EUROS = {"type": "number", "decimals": 2, "decimalChar": ",", "groupChar": " ", "bareNumber": False}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse() as connection:
        yield connection


def amounts(**words) -> Contract:
    return contract(column("a", **({"type": "number", "decimals": 2} | words)), column("b"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", "0.10"),
        ("205189.5", "205189.50"),
        ("-12.3400", "-12.34"),
        ("+7", "7.00"),
        (".5", "0.50"),
        ("1.5e3", "1500.00"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_an_amount_is_the_decimal_that_is_written(connection, text, value):
    decoded = decode(connection, f"a,b\n{text},x\n", amounts())
    assert decoded.rows == [(Decimal(value), "x")]
    assert decoded.staged.quarantined == 0


@pytest.mark.parametrize(
    "text", ["1.005", "12.345", "1e-30", "0.0000000000000000001", "10000000000000000", "1_0", "inf"]
)
def test_an_amount_that_would_be_rounded_is_set_aside(connection, text):
    decoded = decode(connection, f"a,b\n{text},x\n", amounts())
    assert (decoded.rows, decoded.aside) == ([], [(2, "a", "TYPE")])


@pytest.mark.parametrize("text", ["1 234,50 €", "1\u202f234,50\u00a0€", "1\u00a0234,5", "1234,50"])
def test_an_amount_written_in_french_is_exact(connection, text):
    decoded = decode(connection, f'a,b\n"{text}",x\n', amounts(**EUROS))
    assert decoded.rows == [(Decimal("1234.50"), "x")]


def test_an_amount_whose_point_may_group_is_set_aside(connection):
    decoded = decode(connection, 'a,b\n"1.234",x\n', amounts(**EUROS))
    assert decoded.aside == [(2, "a", "TYPE")]


@FEW
@given(cents=st.lists(st.integers(-(10**18) + 1, 10**18 - 1), min_size=1, max_size=30))
@pytest.mark.slow
def test_every_amount_comes_back_and_their_sum_is_exact(connection, cents):
    rows = "".join(f"{Decimal(one).scaleb(-2):f},x\n" for one in cents)
    decoded = decode(connection, f"a,b\n{rows}", amounts())
    assert [row[0] for row in decoded.rows] == [Decimal(one).scaleb(-2) for one in cents]
    total = connection.execute("select sum(a) from sources._staging_essai").fetchone()
    assert total == (Decimal(sum(cents)).scaleb(-2),)


def test_the_bounds_of_an_amount_are_exact(connection):
    words = amounts(constraints={"minimum": 0.1, "maximum": 0.3, "enum": ["0.10", "0.3", "0.4"]})
    decoded = decode(connection, "a,b\n0.1,x\n0.30,x\n0.4,x\n0.2,x\n", words)
    assert [str(row[0]) for row in decoded.rows] == ["0.10", "0.30"]
    assert decoded.reasons == ["HORS_BORNES", "HORS_LISTE"]


@pytest.mark.slow
def test_exact_heights_pass_the_gate_and_reach_whoever_reads_them(tmp_path):
    scenario = Scenario(tmp_path)
    scenario.edit(
        "sources/arbres.yaml", '    decimalChar: ","', '    decimalChar: ","\n    decimals: 1'
    )
    scenario.edit(
        "curated/arbres_par_essence.sql", "type: number, unit", "type: number, decimals: 3, unit"
    )
    assert scenario.build("arbres").state == "published"
    assert scenario.build("arbres_par_essence").state == "published"
    heights = scenario.query("select hauteur_m from sources.arbres order by id_arbre")
    assert heights == [(Decimal("12.5"),), (None,), (Decimal("7.0"),)]
    means = scenario.query("select hauteur_moyenne_m from curated.arbres_par_essence order by 1")
    assert means == [(Decimal("7.000"),), (Decimal("12.500"),), (None,)]
