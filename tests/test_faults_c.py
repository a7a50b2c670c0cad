"""Faults C of reference/faults.md: what the contract promises, and what a file makes of it.

Each test is named after its fault. C6 is also in `test_decoding`, C7 in `test_table`; C10 and C11,
which the gate judges, are in `test_quality` and `test_table`.
"""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.wording import materialization
from tests.decoding import FEW, TEXTS, column, contract, decode, refused, warehouse, written
from tests.scenario import Scenario

IDLE = """key: [id_arbre]
corrections:
  - {column: essence, value: zzz, becomes: tilleul, reason: coquille, author: SIG, date: 2026-11-12}
"""


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse() as connection:
        yield connection


@FEW
@given(st.permutations(["a", "b", "c"]))
@pytest.mark.slow
def test_c1_columns_in_another_order_give_the_same_rows(connection, order):
    words = contract(column("a"), column("b", type="integer"), column("c"))
    values = {"a": "x", "b": "1", "c": "z"}
    content = ",".join(order) + "\n" + ",".join(values[name] for name in order) + "\n"
    assert decode(connection, content, words).rows == [("x", 1, "z")]


def test_c2_a_new_column_is_reported_and_not_stored(connection):
    decoded = decode(connection, "a,nom_usager,b\n1,Dupont,2\n", TEXTS)
    assert decoded.rows == [("1", "2")]
    assert decoded.staged.extra == ["nom_usager"]


def test_c2_bytes_of_a_new_column_are_held_to_the_encoding_too(connection):
    assert refused(connection, b"a,z,b\n1,\xff,2\n", TEXTS).code == "ENCODAGE"


def test_c4_a_missing_column_is_refused_with_the_closest_title(connection):
    error = refused(connection, "a,bb\n1,2\n", TEXTS)
    assert error.code == "SCHEMA"
    assert "« b » ; le mot le plus proche est « bb »" in str(error)


def test_c4_a_column_under_a_declared_alias_is_found_and_that_is_told(connection):
    words = contract(column("a", aliases=["Commune", "commune"]), column("b"))
    decoded = decode(connection, "commune,b\n1,2\n", words)
    assert decoded.rows == [("1", "2")]
    assert decoded.staged.aliases == {"a": "commune"}


def test_c4_an_optional_column_may_be_absent_and_that_is_told(connection):
    words = contract(column("a"), column("b"), column("c", type="integer", optional=True))
    decoded = decode(connection, "a,b\n1,2\n", words)
    assert decoded.rows == [("1", "2", None)]
    assert decoded.staged.absent == ["c"]
    assert decode(connection, "a,b,c\n1,2,3\n", words).rows == [("1", "2", 3)]


def test_c4_a_column_of_the_key_or_required_is_never_optional(connection):
    for words in (
        contract(column("a"), column("b", optional=True), key=["b"]),
        contract(column("a"), column("b", optional=True, constraints={"required": True})),
    ):
        assert refused(connection, "a\n1\n", words).code == "SCHEMA"


def test_c4_titles_are_told_apart_as_an_eye_does(connection):
    words = contract(column("a", **{"from": "Prix moyen"}), column("b"))
    assert decode(connection, "Prix\u00a0moyen ,b\n1,2\n", words).rows == [("1", "2")]


def test_c4_titles_stand_after_the_lines_to_skip(connection):
    words = contract(column("a", type="integer"), column("b"), skip_lines=2)
    decoded = decode(connection, 'Ventes "2026\n;;\na,b\n1,2\nx,3\n4\n', words)
    assert decoded.rows == [(1, "2")]
    assert decoded.aside == [(5, "a", "TYPE"), (6, None, "NB_COLONNES")]


def test_c5_a_type_that_changed_sets_rows_aside_and_casts_nothing(connection):
    words = contract(column("a", type="integer"))
    decoded = decode(connection, "a\n1\n1.0\ndeux\n", words)
    assert decoded.rows == [(1,)]
    assert decoded.aside == [(3, "a", "TYPE"), (4, "a", "TYPE")]


def test_c6_keys_twice_keep_one_of_the_same_and_none_of_those_that_differ(connection):
    words = contract(column("a"), column("b"), key=["a"])
    decoded = decode(connection, "a,b\n1,x\n1,x\n2,y\n2,z\n3,t\n", words)
    assert decoded.rows == [("1", "x"), ("3", "t")]
    assert decoded.aside == [
        (3, "a", "DOUBLON"),
        (4, "a", "CLE_EN_CONFLIT"),
        (5, "a", "CLE_EN_CONFLIT"),
    ]
    assert decoded.raw == [("1", "x"), ("2", "y"), ("2", "z")]


def test_c6_repeats_keep_their_raw_texts_and_lines_among_other_faults(connection):
    words = contract(column("a"), column("b", type="integer"), key=["a"])
    decoded = decode(connection, 'a,b\n1,2\n"x\ny",z\nt\n 1 , 2 \n\n1,2\n', words)
    assert decoded.rows == [("1", 2)]
    assert decoded.aside == [
        (3, "b", "TYPE"),
        (5, None, "NB_COLONNES"),
        (6, "a", "DOUBLON"),
        (8, "a", "DOUBLON"),
    ]
    assert decoded.raw[2] == (" 1 ", " 2 ")


@pytest.mark.slow
def test_c7_the_same_file_twice_is_one_version(tmp_path):
    scenario = Scenario(tmp_path)
    assert scenario.build("arbres").state == "published"
    assert scenario.build("arbres").state == "unchanged"
    assert scenario.query("select count(*) from quality.versions") == [(1,)]


@pytest.mark.slow
def test_c4_an_agent_is_told_of_aliases_absences_and_corrections(tmp_path):
    scenario = Scenario(tmp_path)
    scenario.edit("sources/arbres.yaml", "from: Hauteur (m)", "from: Hauteur\n    optional: true")
    scenario.edit("sources/arbres.yaml", "from: Planté le", "from: Le\n    aliases: [Planté le]")
    scenario.edit("sources/arbres.yaml", "key: [id_arbre]", IDLE)
    outcome = scenario.build("arbres")
    assert outcome.state == "published"
    assert outcome.absent == ["hauteur_m"]
    assert outcome.aliases == {"plante_le": "Planté le"}
    assert outcome.corrections == [0]
    (warning,) = [one for one in outcome.warnings if one.rule.name == "lecture.corrections"]
    assert "sans effet" in str(warning.observed) and "zzz" not in str(warning.observed)
    told = materialization(outcome)
    assert told["colonnes_absentes"] == "hauteur_m"
    assert told["colonnes_sous_un_autre_titre"] == "plante_le : « Planté le »"
    assert "coquille : " not in told["corrections"].md_str and "0 (" in told["corrections"].md_str


def test_c9_a_code_that_the_vintage_does_not_know_is_set_aside(connection):
    connection.execute("create or replace table sources.lieux as select '49007' as code")
    words = contract(column("a", constraints={"in": "sources.lieux.code"}), column("b"))
    decoded = decode(connection, "a,b\n49007,x\n49999,y\n", words)
    assert decoded.rows == [("49007", "x")]
    assert decoded.aside == [(3, "a", "REFERENCE")]


def correction(**words):
    return {"reason": "coquille du producteur", "author": "SIG", "date": "2026-11-12", **words}


def test_c9_a_code_that_changed_is_mapped_by_a_dated_correction_and_counted(connection):
    words = contract(
        column("a", constraints={"enum": ["49007", "49020"]}),
        column("b", type="integer"),
        corrections=[
            correction(column="a", value="49101", becomes="49020"),
            correction(column="b", value="n.c.", becomes=None),
            correction(column="b", value="12O", becomes="120"),
            correction(column="a", value="99999", becomes="49007"),
        ],
    )
    decoded = decode(connection, "a,b\n49101,1\n 49101 ,n.c.\n49007,12O\n49102,3\n", words)
    assert decoded.rows == [("49020", 1), ("49020", None), ("49007", 120)]
    assert decoded.aside == [(5, "a", "HORS_LISTE")]
    assert decoded.staged.corrections == [2, 1, 1, 0]


def test_c9_a_correction_may_fill_what_is_empty(connection):
    words = contract(
        column("a", constraints={"required": True}),
        column("b"),
        corrections=[correction(column="a", value="", becomes="inconnu")],
    )
    decoded = decode(connection, "a,b\n,1\nx,2\n", words)
    assert decoded.rows == [("inconnu", "1"), ("x", "2")]
    assert decoded.staged.corrections == [1]


@FEW
@given(st.lists(st.floats(-50, 150, allow_nan=False), min_size=1, max_size=6))
@pytest.mark.slow
def test_c11_a_percentage_beyond_its_bounds_is_set_aside(connection, shares):
    words = contract(column("a", type="number", constraints={"minimum": 0, "maximum": 100}))
    decoded = decode(connection, written([[repr(share)] for share in shares], words), words)
    assert decoded.rows == [(share,) for share in shares if 0 <= share <= 100]
