"""The scanner of personal data: what it finds, what it leaves alone, what it does to a version."""

import random
import string
from dataclasses import replace
from importlib import import_module

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.platform import Platform
from checks.contract import Contract
from checks.loading import read_contract
from checks.protection import found_in, scan, scan_file
from checks.protection.glance import every_glance
from checks.protection.kind import kinds
from pipelines.run import run
from resources.errors import ArdoiseError, DeclarationError
from resources.journal import Journal
from resources.messages import announce_refusals
from resources.settings import REPOSITORY, Home, Messages
from resources.sql import literal
from tests.messaging import mail_server, webhook
from tests.persons import MAIL, PHONE, found, nir, only, table
from tests.scenario import GOOD, Scenario

WORDS = "Le lampadaire est éteint devant la maison."


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        yield connection


def holds(connection, test: str) -> bool:
    return connection.execute(f"select {test}").fetchall() == [(True,)]


# --- what each kind knows ---------------------------------------------------------------------


@pytest.mark.parametrize("name", kinds())
def test_a_kind_knows_its_own_examples(connection, name):
    kind = kinds()[name]
    texts = [*kind.valid, *kind.invalid, *kind.nobody]
    known = {text: holds(connection, kind.condition(literal(text))) for text in texts}
    assert known == {text: text in kind.valid for text in texts}


@pytest.mark.parametrize("name", kinds())
def test_whatever_a_mark_finds_among_words_is_seen_at_a_glance(connection, name):
    for mark in kinds()[name].marks:
        for text in kinds()[name].valid:
            sentence = literal(f"{WORDS} {text}")
            if mark.where != "whole" and holds(connection, mark.condition(sentence)):
                assert holds(connection, f"regexp_matches({sentence}, {every_glance()})"), text


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789 .-/+()@aAbBéFRnle\u00a0\u202f", max_size=60))
@example("0033 6 39 98 12 34")
@example("1 85 05 2A 004 084 95")
@pytest.mark.slow
def test_no_text_at_all_has_a_mark_that_the_glance_does_not_see(connection, text):
    for kind in kinds().values():
        for mark in kind.marks:
            if mark.where != "whole" and holds(connection, mark.condition(literal(text))):
                assert holds(connection, f"regexp_matches({literal(text)}, {every_glance()})")


@pytest.mark.parametrize(
    "written",
    [
        "{0}{1}{2}{3}{4}{5}{6}",
        "{0} {1} {2} {3} {4} {5} {6}",
        "{0}.{1}.{2}.{3}.{4}.{5}.{6}",
        "{0}\u00a0{1}\u00a0{2}\u00a0{3}\u00a0{4}\u00a0{5}\u202f{6}",
        "n° {0} {1} {2} {3} {4} {5} / {6}.",
    ],
)
@pytest.mark.parametrize("body", ["1850578006084", "285052A004084", "185052B004084"])
def test_a_nir_is_found_in_every_spelling(connection, written, body):
    whole = nir(body)
    parts = (whole[0], whole[1:3], whole[3:5], whole[5:7], whole[7:10], whole[10:13], whole[13:])
    assert [one.kind for one in only(connection, [WORDS, written.format(*parts)])] == ["nir"]
    assert [one.kind for one in only(connection, [written.format(*parts).lower()])] == ["nir"]


@pytest.mark.parametrize(
    "number",
    [
        "06 39 98 12 34", "06.39.98.12.34", "06-39-98-12-34", "0639 98 12 34", "+33 6 39 98 12 34",
        "+33639981234", "0033639981234", "00 33 6 39 98 12 34", "+33 (0)6 39 98 12 34",
        "06\u00a039\u00a098\u00a012\u00a034", "+262 692 12 34 56",
    ],
)  # fmt: skip
def test_a_telephone_is_found_in_every_spelling(connection, number):
    assert [one.kind for one in only(connection, [WORDS, f"Me joindre au {number}, merci."])] == [
        "telephone"
    ]


def test_the_address_of_a_desk_is_nobodys_and_that_of_a_person_is_somebodys(connection):
    desks = ["mairie@example.org", "contact@example.org", "ce.0490001k@example.org"]
    assert only(connection, desks) == []
    assert [one.cells for one in only(connection, [*desks, MAIL])] == [1]


def test_first_names_are_known_without_a_title_and_communes_are_not(connection):
    names = ["Camille", "Léa", "JEAN-PIERRE", "Aïcha", "Zlatan"]
    assert [one.kind for one in only(connection, names)] == ["prenom"]
    assert only(connection, ["Nantes", "Angers", "Trélazé", "Saint-Clair", "Rose"]) == []
    assert only(connection, ["Jules Ferry", "Jean Jaurès", "Marie Curie"], "nom_ecole") == []


def test_a_surname_is_known_by_its_title_or_by_the_first_name_beside_it(connection):
    surnames = ["Zidane", "Le Goff", "N’Diaye"]
    assert found(connection, nom=surnames) == {}
    assert found(connection, nom_usager=surnames) == {"nom_usager": ["nom"]}
    beside = found(connection, nom=surnames, prenom=["Camille", "Hugo", "Éloi"])
    assert beside == {"nom": ["nom"], "prenom": ["prenom"]}


def test_an_address_is_somebodys_only_beside_somebody(connection):
    addresses = ["12 rue des Tilleuls", "3 bis avenue de la Gare", "7 place du Marché"]
    assert found(connection, adresse=addresses) == {}
    assert "adresse" in found(connection, adresse=addresses, courriel=[MAIL, None, None])
    assert found(connection, adresse_domicile=addresses) == {"adresse_domicile": ["adresse"]}


def test_dates_of_birth_are_known_by_a_title_or_by_their_span_among_persons(connection):
    births = [f"{1930 + n}-05-17" for n in range(60)]
    columns = {"jour": births, "prenom": ["Camille", "Hugo", "Éloi"] * 20}
    assert set(found(connection, **columns)) == {"jour", "prenom"}
    connection.execute("alter table essai alter jour type date")
    assert set(found_in(connection, "essai")) == {"jour", "prenom"}
    connection.execute("create or replace table essai as select jour, 'x' as prenom from essai")
    assert set(found_in(connection, "essai")) == set()
    assert found(connection, ne_le=births) == {"ne_le": ["naissance"]}


def test_civilities_tell_a_name_and_not_an_office_or_a_street(connection):
    assert [one.kind for one in only(connection, ["Demande de Mme Durand pour sa fille"])] == [
        "nom"
    ]
    nobody = ["Madame la Préfète", "M. le Maire", "12 rue Madame de Sévigné", "M. 49", "MM 12"]
    assert only(connection, nobody) == []


# --- what only looks so -----------------------------------------------------------------------


@pytest.mark.slow
def test_f17_a_telephone_in_one_row_of_a_hundred_is_found_in_the_whole_column(connection):
    """F17: a sample of the beginning would see none of them."""
    texts = [f"{WORDS} {n}" for n in range(20_000)]
    for rank in range(10_000, 20_000, 50):
        texts[rank] += f" Rappeler au {PHONE}."
    (finding,) = only(connection, texts, "remarque")
    assert (finding.kind, finding.cells, finding.of) == ("telephone", 200, 20_000)
    assert finding.in_words
    assert finding.told.endswith("texte libre à risque")


@pytest.mark.slow
def test_f18_random_numbers_are_nobodys_number(connection):
    """F18: one in ten passes Luhn, one in a hundred a key by 97."""
    draw = random.Random(18)
    for length in (9, 10, 13, 14, 15):
        numbers = ["".join(draw.choices(string.digits, k=length)) for _ in range(3_000)]
        assert only(connection, numbers) == [], length
        assert only(connection, [int(number) for number in numbers]) == [], length
    references = [
        f"{''.join(draw.choices(string.ascii_uppercase, k=2))}-{draw.randint(100, 999)}-"
        f"{''.join(draw.choices(string.ascii_uppercase, k=2))}"
        for _ in range(3_000)
    ]
    assert only(connection, references) == []


def test_e19_a_cell_made_to_stall_regular_expressions_costs_nothing_more(connection):
    """E19: RE2 takes a time proportional to the cell. What `re` would never end is ended here."""
    traps = ["a" * 100_000, "a" * 100_000 + "@", "0 1" * 40_000, "1 " * 60_000, "é" * 90_000 + "!"]
    traps += ["M. " * 30_000, "(" * 100_000, "a@" * 50_000, "FR76 " * 20_000]
    assert only(connection, traps) == []


# --- the verdict ------------------------------------------------------------------------------

CONTRACT = """\
title: Essai
description: Essai.
publisher: Essai
license: etalab-2.0
theme: référentiel
grain: une ligne
url: file:essai.csv
cadence: mensuelle
columns:
  - name: remarque
    title: Remarque
    description: Texte.
    example: x
{words}
access: internal
{table}
retention: {{keep: 1 year, reason: essai}}
budget: {{stored_mb: 1, cpu_s: 1}}
"""
CLEARED = """\
    cleared:
      - {kind: telephone, reason: standard de la mairie, author: Délégué, date: 2026-11-24,
         fondement: "CRPA, art. D312-1-3"}
"""
DIRECT = ("    personal_data: direct", "protection: {personal_data: direct, register: essai}")


@pytest.fixture
def contract(tmp_path):
    def read(words: str = "", table: str = "") -> Contract:
        path = tmp_path / "essai.yaml"
        path.write_text(CONTRACT.format(words=words, table=table), encoding="utf-8")
        return read_contract(path, "sources", {})[0]

    return read


def refusals(connection, contract, *values) -> list[str]:
    told = scan(connection, table(connection, remarque=values), contract)
    return [str(one.observed) for one in told if one.refuses and "kind" in one.rule.parameters]


def test_what_is_found_and_not_declared_refuses_and_says_what_to_do(connection, contract):
    (told,) = refusals(connection, contract(), WORDS, f"Au {PHONE}", None)
    assert told.startswith("un numéro de téléphone dans 50\u00a0% des valeurs (1 sur 2)")
    assert "personal_data: direct" in told
    assert "cleared" in told
    assert PHONE not in told


def test_what_is_declared_passes_and_the_verdict_still_says_what_was_read(connection, contract):
    said = contract(*DIRECT)
    assert refusals(connection, said, f"Au {PHONE}") == []
    (verdict,) = scan(connection, "essai", said)
    assert verdict.passed
    assert str(verdict.observed).startswith("1\u00a0colonne lue en entier")


def test_a_nir_in_a_column_declared_direct_is_a_mismatch(connection, contract):
    (told,) = refusals(connection, contract(*DIRECT), nir("1850578006084"))
    assert "décret n° 2019-341" in told


def test_what_somebody_answered_for_passes_and_nothing_else_does(connection, contract):
    said = contract(CLEARED)
    assert refusals(connection, said, f"Au {PHONE}") == []
    assert len(refusals(connection, said, f"Au {PHONE} ou {MAIL}")) == 1


def test_a_kind_that_does_not_exist_cannot_be_answered_for(contract):
    with pytest.raises(DeclarationError, match="le mot le plus proche est « telephone »"):
        contract(CLEARED.replace("kind: telephone", "kind: telefone"))


def test_a_search_that_fails_is_a_failed_verdict(connection, contract):
    (verdict,) = scan(connection, "absente", contract())
    assert verdict.refuses
    assert "n’a pas pu se terminer" in str(verdict.error)


@pytest.mark.slow
def test_an_undeclared_finding_keeps_the_published_version_and_warns_the_dpo_once(tmp_path):
    scenario = Scenario(tmp_path)
    assert scenario.build("arbres").state == "published"
    scenario.write("arbres.csv", GOOD.replace("taillé", f"Taillé, rappeler Mme Durand au {PHONE}"))
    outcome = scenario.build("arbres")
    assert outcome.state == "refused"
    assert "« Remarque » ne porte pas un numéro de téléphone sans le dire" in outcome.message
    assert PHONE not in outcome.message
    assert scenario.query("select count(*) from sources.arbres where remarque = 'taillé'") == [(1,)]
    scenario.build("arbres")
    lines = [line for _, line in scenario.platform().journal.lines()]
    (warning,) = [line for line in lines if line["event"] == "donnee_personnelle"]
    assert {one["kind"] for one in warning["found"]} == {"telephone", "nom"}
    assert "aucune fiche au registre" in warning["message"]
    assert PHONE not in str(lines) and "Durand" not in str(lines)


@pytest.mark.parametrize("values", ["'x'", "1::bigint", "date '2026-11-24'", "[1]"])
def test_a_table_without_a_row_holds_nobody(connection, values):
    connection.execute(f"create or replace table essai as select {values} as valeur limit 0")
    assert found_in(connection, "essai") == {}


@pytest.mark.slow
def test_a_curated_table_is_scanned_too(tmp_path):
    scenario = Scenario(tmp_path)
    written = f"    essence || ' {MAIL}' as essence,\n    count(*)"
    scenario.edit("curated/arbres_par_essence.sql", "    essence,\n    count(*)", written)
    assert scenario.build("arbres").state == "published"
    assert "une adresse électronique" in scenario.build("arbres_par_essence").message


@pytest.mark.slow
def test_f20_what_was_found_is_told_everywhere_without_any_value(tmp_path, capfd, caplog):
    """F20: logs, events, messages, journal, results and pages, after a run that found somebody."""
    scenario = Scenario(tmp_path)
    told = GOOD.replace(
        "taillé", f"Rappeler Mme Kerbrat au {PHONE}, {MAIL}, {nir('1850578006084')}"
    )
    scenario.write("arbres.csv", told)
    with webhook([]) as (url, messages):
        settings = replace(scenario.settings, messages=Messages(webhook=url))
        run(Platform(settings))
    assert {message["subject"].partition(" : ")[0] for message in messages} == {
        "[Ardoise] Version refusée",
        "[Ardoise] Donnée personnelle non déclarée",
    }
    artefacts = {"sorties": "".join(capfd.readouterr()) + caplog.text + repr(messages)}
    for name in ("quality.results", "quality.versions", "sobriety.ledger"):
        artefacts[name] = repr(scenario.query(f"from {name}"))
    kept = ("landing", "warehouse")
    for path in scenario.home.path.rglob("*"):
        if path.is_file() and not any(each in path.parts for each in kept):
            artefacts[str(path)] = path.read_bytes().decode("latin-1")
    assert any(name.endswith(".db") and "protection" in text for name, text in artefacts.items())
    words = ("Kerbrat", PHONE, PHONE.replace(" ", ""), MAIL, nir("1850578006084"))
    assert [(n, w) for n, text in artefacts.items() for w in words if w in text] == []


@pytest.mark.slow
def test_the_dpo_is_written_to_once_beside_the_usual_recipient(tmp_path):
    home = Home(tmp_path / "data")
    for message in ("Un numéro.", "Un numéro.", "Une adresse."):
        Journal(home.journal).write("donnee_personnelle", table="sources.a", message=message)
    with mail_server() as (port, received):
        messages = Messages(smtp_host="127.0.0.1", smtp_port=port, recipient="donnees@example.org")
        announce_refusals(home, messages, dpo="dpo@example.org")
        announce_refusals(home, messages, dpo="dpo@example.org")
    assert len(received) == 2
    assert all("dpo@example.org" in mail and "donnees@example.org" in mail for mail in received)


# --- published files --------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "jsonl"])
def test_a_published_file_is_searched_whatever_its_format(connection, tmp_path, suffix):
    path = tmp_path / f"essai.{suffix}"
    source = table(connection, contact=[None, PHONE, WORDS], commune=["01004"] * 3)
    written = {"csv": "csv", "parquet": "parquet"}.get(suffix, "json")
    connection.execute(f"copy {source} to {literal(path)} (format {written})")
    (finding,) = scan_file(path)
    assert (finding.column, finding.kind, finding.cells) == ("contact", "telephone", 1)


def test_every_table_of_a_duckdb_file_is_searched(connection, tmp_path):
    path = tmp_path / "ouvert.duckdb"
    with duckdb.connect(str(path)) as file:
        file.execute("create schema curated")
        file.execute(f"create table curated.essai as select {literal(MAIL)} as contact")
    (finding,) = scan_file(path)
    assert (finding.column, finding.kind) == ("curated.essai.contact", "courriel")


def test_a_file_that_cannot_be_searched_is_not_said_to_be_clean(tmp_path):
    path = tmp_path / "essai.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(ArdoiseError, match="Ne le diffusez pas"):
        scan_file(path)
    with pytest.raises(ArdoiseError, match="n’a pas été analysé"):
        scan_file(tmp_path / "essai.pdf")


# --- the labelled corpus ----------------------------------------------------------------------


@pytest.mark.slow
def test_the_labelled_corpus_is_found_and_no_look_alike_is(connection, monkeypatch):
    """`make bench-scanner` prints the figures; this holds them to what docs/protection.md says."""
    monkeypatch.syspath_prepend(str(REPOSITORY / "bench"))
    corpus = import_module("scanner_corpus").tables()
    assert sum(len(column.values) for _, each in corpus for column in each) >= 20_000
    missed, wrong = [], []
    for name, columns in corpus:
        values = {column.name: column.values for column in columns}
        seen = found(connection, **values)
        for column in columns:
            kinds_seen = set(seen.get(column.name, []))
            missed += [(name, column.name, kind) for kind in column.kinds - kinds_seen]
            wrong += [(name, column.name, kind) for kind in kinds_seen - column.kinds]
    assert wrong == []
    # A surname under a title that says nothing, and a name in words without a civility.
    assert missed == [("export_sans_titres", "c9", "nom"), ("signalements", "note", "nom")]
