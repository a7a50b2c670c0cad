"""Pseudonyms: one for a value in a domain, none that tells it, none of two keys in one table.

F8 and F9 of the list of faults are here, each test named by its number.
"""

import hashlib
import hmac
import json
import re
import unicodedata

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.keys import Key, Keys
from resources.pseudonyms import PLAIN, SHAPE, Pseudonyms, normalized, pseudonym
from tests.scenario import Scenario

KEY = Key(2, bytes(range(32)))
FRENCH = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿœæ’- 0123456789@."), max_size=40
)


def test_it_is_the_hmac_of_the_domain_and_the_value():
    told = hmac.new(KEY.value, b"usagers\x1fdurand", hashlib.sha256).hexdigest()
    assert pseudonym("  DURAND ", "usagers", KEY) == f"k2:{told[:32]}"


@given(FRENCH)
def test_case_accents_decomposed_and_outer_spaces_make_no_other_person(value):
    meant = pseudonym(value, "usagers", KEY)
    assert pseudonym(value.upper(), "usagers", KEY) == meant
    assert pseudonym(unicodedata.normalize("NFD", value), "usagers", KEY) == meant
    assert pseudonym(f" \t{value}\u00a0", "usagers", KEY) == meant


@given(st.text())
def test_canonically_equal_texts_have_one_pseudonym(value):
    found = {
        pseudonym(unicodedata.normalize(form, value), "usagers", KEY) for form in ("NFC", "NFD")
    }
    assert found == {pseudonym(value, "usagers", KEY)}


@given(st.text(), st.text())
def test_two_values_have_two_pseudonyms(one, other):
    same = normalized(one) == normalized(other)
    assert (pseudonym(one, "u", KEY) == pseudonym(other, "u", KEY)) is same


@given(st.text())
def test_it_has_one_shape_or_is_empty_as_the_value_is(value):
    found = pseudonym(value, "usagers", KEY)
    assert re.fullmatch(SHAPE, found) if value.strip() else found == ""


@pytest.fixture(scope="module")
def within(tmp_path_factory):
    """A connection that knows the pseudonyms of a domain."""
    made = Pseudonyms(Keys(tmp_path_factory.mktemp("keys")))
    with duckdb.connect(":memory:") as connection, made.within(connection, ["usagers"]):
        yield connection, made


@given(st.text(st.characters(codec="utf-8")))
def test_sql_and_python_give_the_same(within, value):
    connection, made = within
    query = made.replaced("(select ? as valeur)", {"valeur": "usagers"})
    (found,) = connection.execute(f"select valeur from {query}", [value]).fetchone()
    assert found == pseudonym(value, "usagers", made.current("usagers"))


def test_every_character_that_sql_takes_for_plain_is(within):
    connection, _ = within
    rows = connection.execute(
        "select chr(i::int), lower(chr(i::int)) from range(1, 55296) as t(i) "
        f"where regexp_full_match(chr(i::int), '[{PLAIN}]')"
    ).fetchall()
    assert len(rows) > 300
    assert all(normalized(char) == lower.strip() for char, lower in rows)


def test_no_value_stays_no_value(within):
    connection, made = within
    query = made.replaced("(select null::varchar as valeur)", {"valeur": "usagers"})
    assert connection.execute(f"select valeur from {query}").fetchone() == (None,)


def test_the_key_is_in_no_text_of_sql_and_gone_afterwards(tmp_path):
    made = Pseudonyms(Keys(tmp_path))
    connection = duckdb.connect(":memory:")
    key = made.current("usagers").value
    with made.within(connection, ["usagers"]):
        told = made.replaced("(select 'x' as valeur)", {"valeur": "usagers"})
        assert key.hex() not in told and repr(key) not in told
    (left,) = connection.execute("select count(*) from duckdb_variables()").fetchone()
    assert left == 0
    assert key.hex() not in repr(made.current("usagers"))


def test_f8_two_domains_never_give_one_pseudonym_to_a_person(tmp_path):
    made = Pseudonyms(Keys(tmp_path))
    usagers = pseudonym("durand", "usagers", made.current("usagers"))
    agents = pseudonym("durand", "agents", made.current("agents"))
    assert usagers != agents
    assert made.current("usagers").value != made.current("agents").value
    # Were two domains given one key by mistake, the domain is part of what is hashed.
    assert pseudonym("durand", "usagers", KEY) != pseudonym("durand", "agents", KEY)


def test_f8_the_keys_of_pseudonyms_are_not_those_of_anything_else(tmp_path):
    keys = Keys(tmp_path)
    assert Pseudonyms(keys).current("effacement").value != keys.current("effacement").value


# ------------------------------------------------------------------------------------ in a table

FILE = """\
Identifiant;essence;Hauteur (m);Planté le;remarque
A-001;tilleul;12,5;21/03/1998;Élodie Canari
A-002;platane;s;01/11/1950; élodie CANARI
A-003;érable;7;15/04/2020;
A-004;chêne;7;15/04/2020;Zacharie Serin
A-005;tilleul;7;15/04/2020;Bob
A-006;tilleul;7;Ludovic Pinson
A-001;tilleul;12,5;21/03/1998;Élodie Canari
"""
NAMES = ("Canari", "CANARI", "Serin", "Bob", "Pinson")


def personal(tmp_path, domain: str = "jardiniers") -> Scenario:
    """The trees, whose gardeners are read behind a pseudonym; rows are at fault in every way."""
    found = Scenario(tmp_path)
    found.protected()
    found.edit(
        "sources/arbres.yaml",
        "    example: taillé\n",
        "    example: taillé\n    personal_data: direct\n    identifies: person\n"
        f"    pseudonym: {domain}\n    constraints: {{minLength: 5}}\n",
    )
    found.edit(
        "sources/arbres.yaml",
        "access: open\n",
        "protection: {personal_data: direct, register: arbres}\naccess: restricted\n",
    )
    found.edit("sources/arbres.yaml", "{max_pct: 60}", "{max_pct: 90}")
    found.register("arbres")
    found.write("arbres.csv", FILE)
    return found


@pytest.mark.slow
def test_the_clear_value_never_reaches_the_warehouse(tmp_path):
    scenario = personal(tmp_path)
    outcome = scenario.build("arbres")
    assert outcome.state == "published", outcome.message
    assert dict(outcome.reasons) == {
        "id_arbre:DOUBLON": 1,
        "essence:HORS_LISTE": 1,
        "remarque:FORMAT": 1,
        "NB_COLONNES": 1,
    }
    rows = dict(scenario.query("select id_arbre, remarque from sources.arbres"))
    key = scenario.platform().pseudonyms.current("jardiniers")
    assert rows == {
        "A-001": pseudonym("Élodie Canari", "jardiniers", key),
        "A-002": pseudonym("Élodie Canari", "jardiniers", key),
        "A-003": None,
    }
    for file in scenario.home.path.rglob("*"):
        if file.is_file() and not file.is_relative_to(scenario.home.landing):
            content = file.read_bytes()
            assert not any(name.encode() in content for name in NAMES), file


@pytest.mark.slow
def test_a_row_set_aside_keeps_its_pseudonym_and_nothing_clear(tmp_path):
    scenario = personal(tmp_path)
    scenario.build("arbres")
    rows = scenario.query("select _motif, remarque, _texte from quarantine.arbres order by _ligne")
    key = scenario.platform().pseudonyms.current("jardiniers")
    assert rows == [
        ("HORS_LISTE", pseudonym("Zacharie Serin", "jardiniers", key), None),
        ("FORMAT", "(valeur refusée)", None),
        ("NB_COLONNES", None, None),
        ("DOUBLON", pseudonym("Élodie Canari", "jardiniers", key), None),
    ]


@pytest.mark.slow
def test_rows_that_pass_through_python_are_behind_pseudonyms_too(tmp_path):
    scenario = personal(tmp_path)
    for old, new in (
        ("url: file:../arbres.csv", "url: file:../arbres.jsonl\nformat: jsonl"),
        ('dialect: {delimiter: ";"}\n', ""),
    ):
        scenario.edit("sources/arbres.yaml", old, new)
    row = {"Identifiant": "A-001", "essence": "tilleul", "Hauteur (m)": "7", "Planté le": ""}
    lines = [
        {**row, "remarque": "Élodie Canari"},
        {**row, "Identifiant": "A-002", "remarque": "Bob"},
    ]
    text = "\n".join(json.dumps(line) for line in lines) + '\n{"remarque": "Ludovic Pinson"\n'
    scenario.write("arbres.jsonl", text)
    outcome = scenario.build("arbres")
    assert dict(outcome.reasons) == {"remarque:FORMAT": 1, "JSON": 1}
    for file in scenario.home.path.rglob("*"):
        if file.is_file() and not file.is_relative_to(scenario.home.landing):
            assert not any(name.encode() in file.read_bytes() for name in NAMES), file


@pytest.mark.slow
def test_f8_tables_of_two_domains_do_not_join(tmp_path):
    scenario = personal(tmp_path)
    text = (scenario.folder / "sources/arbres.yaml").read_text(encoding="utf-8")
    scenario.write(
        "sources/bancs.yaml", text.replace("pseudonym: jardiniers", "pseudonym: menuisiers")
    )
    for name in ("arbres", "bancs"):
        assert scenario.build(name).state == "published"
    joined = scenario.query("select 1 from sources.arbres join sources.bancs using (remarque)")
    assert joined == []


@pytest.mark.slow
def test_f9_a_new_key_makes_the_table_again_and_no_pseudonym_of_the_former_is_left(tmp_path):
    scenario = personal(tmp_path)
    scenario.build("arbres")
    assert scenario.build("arbres").state == "unchanged"
    before = dict(scenario.query("select id_arbre, remarque from sources.arbres"))
    scenario.platform().pseudonyms.rotate("jardiniers")
    assert scenario.build("arbres").state == "published"
    after = dict(scenario.query("select id_arbre, remarque from sources.arbres"))
    assert {str(one)[:3] for one in before.values() if one} == {"k1:"}
    assert {str(one)[:3] for one in after.values() if one} == {"k2:"}
    every = scenario.platform().pseudonyms.every("Élodie Canari", "jardiniers")
    assert every == [before["A-001"], after["A-001"]]


@pytest.mark.slow
def test_f9_a_table_of_two_keys_is_refused(tmp_path):
    from checks.promises import rules_of
    from checks.quality import evaluate

    scenario = personal(tmp_path)
    scenario.build("arbres")
    contract = scenario.platform().catalogue.named("arbres").contract
    with scenario.platform().warehouse.writing() as connection:
        connection.execute(
            "update sources.arbres set remarque = replace(remarque, 'k1:', 'k2:') "
            "where id_arbre = 'A-002'"
        )
        rules = [rule for rule in rules_of(contract) if rule.name.startswith("remarque.")]
        verdicts = {v.rule.name: v for v in evaluate(connection, "sources.arbres", rules)}
        assert verdicts["remarque.pseudonyme"].passed
        assert verdicts["remarque.cle_unique"].refuses
        connection.execute("update sources.arbres set remarque = 'Bob' where id_arbre = 'A-001'")
        verdicts = {v.rule.name: v for v in evaluate(connection, "sources.arbres", rules)}
        assert verdicts["remarque.pseudonyme"].refuses


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("type: number\n    pseudonym: x", "attend un texte"),
        ("pseudonym: x\n    constraints: {in: sources.arbres.essence}", "comparée à une autre"),
    ],
)
def test_a_column_that_cannot_have_a_pseudonym_is_refused(tmp_path, words, told):
    from resources.errors import DeclarationError

    scenario = personal(tmp_path)
    scenario.edit(
        "sources/arbres.yaml", "pseudonym: jardiniers\n    constraints: {minLength: 5}", words
    )
    with pytest.raises(DeclarationError, match=told):
        scenario.platform().catalogue  # noqa: B018
