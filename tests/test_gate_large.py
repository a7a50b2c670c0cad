"""The ways of large tables, on tables that are: several groups of rows, several threads.

What they count is held to the plain query each of them avoids.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from checks.quality import evaluate
from checks.rules import Dimension, Rule, Severity

ROWS = 300_000
# A group of rows of DuckDB's storage: what repeats across its edge repeats in two threads.
EDGE = 122_880
KEYS = {
    "croissante": "i",
    "répétée au bord d’un groupe": f"case when i = {EDGE} then i - 1 else i end",
    "répétée loin": f"case when i = {ROWS - 1} then 0 else i end",
    "décroissante": f"{ROWS} - i",
    "en désordre": f"(i * 7919) % {ROWS + 1}",
    "en désordre, répétée": f"(case when i = 250000 then 3 else i end * 7919) % {ROWS + 1}",
    "clairsemée": "(i * 7919) % 1000003 * 1000000007",
    "négative": f"(i * 7919) % {ROWS + 1} - 150000",
    "trouée": "case when i % 7 > 0 then i end",
    "souvent répétée": "i // 3",
    "texte": "'c' || i",
    "texte répété": f"'c' || case when i = {EDGE} then 5 else i end",
    "nombre à virgule": "case when i % 1000 = 0 then 'nan'::double else i / 2 end",
    "jour": "date '2000-01-01' + (i // 2)::integer",
}


@pytest.fixture
def connection(tmp_path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "grande.duckdb")) as opened:
        opened.execute("set threads = 4")
        yield opened


def unexpected(
    connection: duckdb.DuckDBPyConnection, *asked: tuple[str, dict[str, Any]]
) -> list[int | None]:
    rules = [
        Rule(str(place), Dimension.VALIDITY, Severity.CRITICAL, "…", f"expect_{name}", parameters)
        for place, (name, parameters) in enumerate(asked)
    ]
    verdicts = evaluate(connection, "grande", rules)
    assert [verdict.error for verdict in verdicts] == [None] * len(rules)
    return [verdict.unexpected for verdict in verdicts]


def one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_repeats_are_counted_as_a_plain_group_counts_them(connection, key: str) -> None:
    connection.execute(
        f"create table grande as select {KEYS[key]} as cle, i % 2 as moitie "
        f"from range({ROWS}) as numbers(i)"
    )
    connection.execute("checkpoint")
    kept = "cle is not null and cle::varchar <> 'nan'"
    expected = [
        one(
            connection,
            "select coalesce(sum(n), 0) from (select count(*) as n from grande "
            f"where {kept if by == 'cle' else 'true'} group by {by} having count(*) > 1)",
        )
        for by in ("cle", "cle, moitie")
    ]

    found = unexpected(
        connection,
        ("column_values_to_be_unique", {"column": "cle"}),
        ("compound_columns_to_be_unique", {"column_list": ["cle", "moitie"]}),
    )

    assert found == expected


# As many sensors as bits are few enough for, each at its pace; what repeats is planted.
SENSOR, FIVE_MINUTES = "'C' || i % 500", "timestamp '2026-01-01' + to_minutes(5 * (i // 500))"
PAIRS = {
    "un relevé toutes les cinq minutes": (SENSOR, FIVE_MINUTES),
    "un relevé reçu deux fois": (
        f"case when i = {ROWS - 1} then 'C0' else {SENSOR} end",
        f"case when i = {ROWS - 1} then timestamp '2026-01-01' else {FIVE_MINUTES} end",
    ),
    "des relevés sans heure": (
        SENSOR,
        f"case when i between 1000 and 1501 then null else {FIVE_MINUTES} end",
    ),
    "des relevés sans capteur": (f"case when i < 1500 then null else {SENSOR} end", FIVE_MINUTES),
    "des relevés à l’improviste": (
        SENSOR,
        "timestamp '2026-01-01' + to_seconds((hash(i) % 20000)::bigint)",
    ),
    "un relevé par jour, avant 1970": (
        "'C' || i % 100",
        "date '1960-01-01' + (case when i = 7 then 107 else i end // 100)::integer",
    ),
    "deux nombres": ("i % 1000 - 500", "case when i = 5000 then 6 else i // 1000 end"),
    "trois valeurs": ("'C' || i % 3", "i // 3 % 100", "i // 300 - 7"),
    "de grands nombres": ("18446744073709551000::ubigint + i % 100", "i // 100"),
    "un code par ligne": ("'C' || i", "i % 7"),
}


@pytest.mark.slow
@pytest.mark.parametrize("condition", [None, 'col("autre") > 1'])
@pytest.mark.parametrize("pair", PAIRS)
def test_repeated_pairs_are_counted_as_a_plain_group_counts_them(
    connection, pair: str, condition: str | None
) -> None:
    names = list("abc")[: len(PAIRS[pair])]
    columns = ", ".join(f"{each} as {name}" for each, name in zip(PAIRS[pair], names, strict=True))
    connection.execute(
        f"create table grande as select i % 4 as autre, {columns} from range({ROWS}) as numbers(i)"
    )
    connection.execute("checkpoint")
    by = ", ".join(names)
    expected = one(
        connection,
        "select coalesce(sum(n), 0) from (select count(*) as n from grande "
        f"where {'autre > 1' if condition else 'true'} group by {by} having count(*) > 1)",
    )

    found = unexpected(
        connection,
        (
            "compound_columns_to_be_unique",
            {"column_list": names, "ignore_row_if": "never", "row_condition": condition},
        ),
    )

    assert found == [expected]


@pytest.mark.slow
def test_statistics_prove_and_never_condemn(connection) -> None:
    connection.execute(
        "create table grande as select i::integer as entier, "
        "case when i = 5 then null else i end as trouee, "
        "case when i = 7 then 'nan'::double else 1.5 end as mesure, "
        "case when i = 9 then 'ZZ' else 'c' || i % 50 end as code, "
        f"case when i < {EDGE} then 'court' else 'un peu plus long' end as texte "
        f"from range({ROWS}) as numbers(i)"
    )
    # What is deleted or changed leaves statistics wider than the truth.
    connection.execute("delete from grande where entier = 299999")
    connection.execute("update grande set entier = 299998 where entier = 0")
    connection.execute("checkpoint")

    found = unexpected(
        connection,
        ("column_values_to_not_be_null", {"column": "entier"}),
        ("column_values_to_not_be_null", {"column": "trouee"}),
        ("column_values_to_not_be_null", {"column": "mesure"}),
        ("column_values_to_be_between", {"column": "entier", "min_value": 1, "max_value": 299998}),
        ("column_values_to_be_between", {"column": "entier", "max_value": 299998.5}),
        ("column_values_to_be_between", {"column": "entier", "max_value": 299997}),
        ("column_values_to_be_between", {"column": "mesure", "max_value": 1}),
        ("column_values_to_be_between", {"column": "mesure", "min_value": 1, "max_value": 1.5}),
        ("column_values_to_match_regex", {"column": "code", "regex": "^c"}),
        ("column_values_to_be_in_set", {"column": "code", "value_set": ["ZZ"]}),
        ("column_value_lengths_to_be_between", {"column": "texte", "max_value": 16}),
        ("column_value_lengths_to_be_between", {"column": "texte", "max_value": 5}),
    )

    assert found == [0, 1, 1, 0, 0, 2, ROWS - 2, 0, 1, ROWS - 2, 0, ROWS - 1 - EDGE]
