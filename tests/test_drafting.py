"""A drafted contract loads, accepts its own file, hides no doubt and no one's data.

The decoder judges each draft on the file it came from, by the way any source takes.
"""

import csv
import datetime as dt
import gzip
import io
import random
import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from assets.decoding.macros import MACROS
from assets.drafting.detector import detectors
from assets.drafting.draft import Draft, drafted
from assets.drafting.known import About
from assets.drafting.names import name_of, names_of
from assets.drafting.shape import shape_of
from assets.drafting.writing import text_of_draft
from assets.register import read_entry
from checks.contract import NAME, Contract
from checks.loading import read_contract
from pipelines.command import app
from resources.errors import DeclarationError, SourceError
from resources.settings import REPOSITORY
from resources.sql import literal
from resources.warehouse import scratch
from tests.scenario import Scenario

SHARED = REPOSITORY.parent / "shared" / "data"
REAL = {
    # Family, file: received, published, reasons.
    "virgules": ("extraits_alm/communes_alm.csv", 29, 29, {}),
    "virgules_longues": ("cantines/raw/frequentation.csv", 94_633, 94_633, {}),
    "guillemets_crlf": ("cantines/raw/menus_tous.csv", 513, 513, {}),
    "cog": ("cog/insee_v_commune_2026.csv", 37_496, 37_496, {}),
    "points_virgules": ("subventions/SCDL.csv", 4, 4, {}),
    "entetes_variables": ("subventions/SCDL_DILCRAH_2019.csv", 4, 4, {}),
    "barres": ("dvf/valeursfoncieres_echantillon_bouchonne.txt", 2_500, 2_500, {}),
    "dvf": ("dvf/dvf_geoloc_sample_33_2021.csv", 164, 164, {}),
    "adresses": (
        "bal/bal_fixtures_validateur-bal-3.5.2/data/sample.csv",
        15,
        14,
        {"date_der_maj:DATE": 1},
    ),
    "bornes": ("irve/exemple-valide-statique.csv", 2, 2, {}),
    "sirene": ("sirene/sample_unites_legales_OK.csv", 3, 3, {}),
    "geojson": ("extraits_alm/communes_alm.geojson", 29, 29, {}),
    "classeur": ("subventions/SCDL_WITH_EXERCICE_ALT.xlsx", 2, 2, {}),
    "json": ("decoupage/regions.json", 26, 26, {}),
    "json_emboite": ("decp/exemples_139bercy/marches_concessions.json", 2, 2, {}),
    "parquet": ("energie/indic_epci_a_reg.parquet", 78, 71, {"code_zone:FORMAT": 7}),
}
FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def draft_of(path: Path) -> Draft:
    return drafted(path, name_of(path.stem), About(url=f"file:{path}"))


def text_of(draft: Draft) -> str:
    return text_of_draft(draft, Path(), "dpo@example.org", dt.date(2026, 11, 24))


def table(
    folder: Path, titles: Sequence[str], rows: Sequence[Sequence[Any]], **dialect: Any
) -> Path:
    path = folder / "fichier.csv"
    encoding = dialect.pop("encoding", "utf-8")
    text = io.StringIO()
    csv.writer(text, **dialect).writerows([titles, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def column(folder: Path, title: str, values: Sequence[str]) -> Any:
    """The column drafted for these values, beside a number for each row."""
    path = table(folder, ["ligne", title], list(enumerate(values)), delimiter=";")
    draft = draft_of(path)
    return draft.contract.columns[1], " ".join(draft.proposals[1].doubts), draft


def loaded(text: str, folder: Path) -> Contract:
    path = folder / "brouillon.yaml"
    path.write_text(text, encoding="utf-8")
    return read_contract(path, "sources", {"epci": "200000172"})[0]


@pytest.mark.parametrize("name", detectors())
def test_a_detector_knows_its_own_examples(name):
    detector = detectors()[name]
    contract = Contract.model_construct(missing_values=[""])
    scratch().execute(MACROS)

    def found(text: str) -> bool:
        row = scratch().execute(f"select {detector.condition(contract, literal(text))}").fetchone()
        return bool(row and row[0])

    assert {text: found(text) for text in detector.valid} == dict.fromkeys(detector.valid, True)
    assert {text: found(text) for text in detector.invalid} == dict.fromkeys(
        detector.invalid, False
    )


@pytest.mark.parametrize("name", detectors())
def test_no_detector_takes_the_examples_of_another_by_their_shape_alone(name):
    """« W491000001 » is an association and nothing else."""
    detector = detectors()[name]
    contract = Contract.model_construct(missing_values=[""])
    scratch().execute(MACROS)
    for other, its in detectors().items():
        if other == name or not (detector.alone and its.alone):
            continue
        for text in its.valid:
            test = detector.condition(contract, literal(text))
            assert scratch().execute(f"select coalesce({test}, false)").fetchone() == (False,), text


@pytest.mark.slow
@pytest.mark.parametrize("family", REAL)
def test_the_draft_of_a_real_file_loads_and_publishes_it(family, tmp_path):
    file, received, published, reasons = REAL[family]
    scenario = Scenario(tmp_path)
    name = name_of(Path(file).stem)
    draft = draft_of(SHARED / file)
    scenario.write(f"sources/{name}.yaml", text_of(draft))
    if entry := draft.contract.protection.register_entry:
        scenario.register(entry)
    outcome = scenario.build(name)
    assert outcome.state == "published", outcome.message
    assert (outcome.received, outcome.rows, dict(outcome.reasons)) == (
        received,
        published,
        reasons,
    )
    assert outcome.rows + outcome.quarantined == outcome.received


TITLES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "),
    min_size=1,
    max_size=30,
).filter(lambda title: title.strip() == title and not title.isspace())
VALUES = {
    "entiers": st.integers(-(10**6), 10**6).map(str),
    "décimales": st.decimals(-1000, 1000, places=2).map(lambda one: str(one).replace(".", ",")),
    "jours": st.dates(dt.date(1900, 1, 1)).map(lambda day: day.strftime("%d/%m/%Y")),
    "codes": st.from_regex(r"0\d{4}", fullmatch=True),
    "oui": st.sampled_from(["oui", "non", ""]),
    "textes": st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20),
    "rien": st.just(""),
    "secrets": st.sampled_from(["12", "15,5", "s", "ND", "3 500"]),
}


@st.composite
def tables(draw: Any) -> tuple[list[str], list[list[str]]]:
    titles = draw(
        st.lists(TITLES, min_size=1, max_size=5, unique_by=lambda title: title.casefold())
    )
    families = [draw(st.sampled_from(list(VALUES))) for _ in titles]
    rows = draw(st.lists(st.tuples(*(VALUES[name] for name in families)), min_size=1, max_size=12))
    return titles, [list(row) for row in rows]


@pytest.mark.slow
@FEW
@given(drawn=tables(), delimiter=st.sampled_from(",;\t|"))
def test_whatever_a_csv_writer_writes_is_drafted_and_accepted(drawn, delimiter):
    titles, rows = drawn
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = table(folder, titles, rows, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        try:
            draft = draft_of(path)
        except SourceError as error:
            # Nothing but titles: there is no row to describe.
            assert error.code == "VIDE", error
            return
        staged = draft.trial.staged
        assert staged.rows + staged.quarantined == staged.received
        contract = loaded(text_of(draft), folder)
        assert [one.name for one in contract.columns] == [one.name for one in draft.proposals]
        assert 100 * staged.quarantined <= contract.quarantine.max_pct * staged.received


@given(st.lists(st.text(max_size=80), max_size=8))
def test_names_are_names_and_never_twice_the_same(titles):
    names = names_of(titles)
    assert all(re.match(NAME, name) for name in names)
    assert len(set(names)) == len(titles)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Consommation (MWh)", "consommation_mwh"),
        ("idBeneficiaire", "id_beneficiaire"),
        ("CODE INSEE", "code_insee"),
        ("N° de l’école", "n_de_lecole"),
        ("Taux d'œuvre (%)", "taux_d_oeuvre_pct"),
        ("1er lot", "c_1er_lot"),
        ("notificationUE", "notification_ue"),
    ],
)
def test_a_title_becomes_a_name(title, name):
    assert name_of(title) == name


@pytest.mark.parametrize(
    ("title", "values", "type_", "words"),
    [
        ("mesure", ["12,5", "3 120,507", "1"], "number", {"decimal_char": ",", "group_char": " "}),
        ("mesure", ["1.234,5", "12,5", "3"], "number", {"decimal_char": ",", "group_char": "."}),
        ("mesure", ["12.5", "3"], "number", {"decimal_char": "."}),
        ("effectif", ["12", "3000"], "integer", {}),
        ("effectif", ["1 200", "30"], "integer", {"group_char": " "}),
        ("jour", ["31/12/2024", "01/02/2024"], "date", {"format": "%d/%m/%Y"}),
        ("jour", ["2024-12-31"], "date", {}),
        ("jour", ["20241231", "20240102"], "date", {"format": "%Y%m%d"}),
        ("instant", ["31/12/2024 08:30", "01/02/2024 09:00"], "datetime", {}),
        ("annee", ["2023", "2024"], "year", {}),
        ("mois", ["2023-01", "2024-12"], "yearmonth", {}),
        ("heure", ["08:30", "17:05"], "time", {"format": "%H:%M"}),
        ("point", ["[7.48, 48.34]"], "geopoint", {"format": "array"}),
        ("instant", ["2022-10-18T12:35:49+00:00"], "datetime", {}),
        ("gratuit", ["oui", "non"], "boolean", {"true_values": ["oui", "Oui", "OUI"]}),
        ("code_postal", ["49000", "01500"], "string", {"format": "code_postal"}),
        ("acheteur", ["21490007800012", "21490099500012", "26490001000019"], "string", {}),
        ("commune", ["01004", "49007"], "string", {}),
        ("numero", ["12", "14"], "string", {}),
        ("voie", ["12", "14", "16 bis", "2A"], "string", {}),
    ],
)
@pytest.mark.slow
def test_french_forms_get_their_type(tmp_path, title, values, type_, words):
    found, _, draft = column(tmp_path, title, values * 3)
    assert found.type == type_
    assert {word: getattr(found, word) for word in words} == words
    assert draft.trial.staged.quarantined == 0


@pytest.mark.parametrize(
    ("title", "good", "bad", "type_"),
    [
        ("montant", lambda n: f"{n},50", "douze", "number"),
        ("effectif", lambda n: str(n), "beaucoup", "integer"),
        ("jour", lambda n: f"{n % 28 + 1:02d}/05/2024", "31/02/2024", "date"),
    ],
)
@pytest.mark.slow
def test_five_bad_values_of_a_hundred_keep_the_type_and_are_set_aside(
    tmp_path, title, good, bad, type_
):
    values = [bad if n % 20 == 7 else good(n) for n in range(200)]
    found, doubts, draft = column(tmp_path, title, values)
    assert found.type == type_
    assert draft.trial.staged.quarantined == 10
    assert "5,0\u00a0% des valeurs ne sont pas" in doubts


@pytest.mark.slow
def test_a_column_half_of_numbers_stays_text_and_says_so(tmp_path):
    found, doubts, _ = column(tmp_path, "x", ["12", "douze", "15", "quinze", "20"] * 10)
    assert found.type == "string"
    assert "laissé en texte" in doubts


@pytest.mark.slow
def test_leading_zeros_stay_text_even_deep_in_the_file(tmp_path):
    values = [str(n) for n in range(1000, 6000)] + ["0042"]
    found, doubts, draft = column(tmp_path, "repere", values)
    assert found.type == "string"
    assert "commencent par zéro" in doubts
    assert draft.trial.staged.quarantined == 0


@pytest.mark.slow
def test_words_for_no_value_are_declared_and_not_set_aside(tmp_path):
    found, _, draft = column(tmp_path, "montant", ["12,5", "s", "ND", "7"] * 10)
    assert found.type == "number"
    assert set(draft.contract.missing_values) == {"", "s", "ND"}
    assert draft.trial.staged.quarantined == 0


@pytest.mark.slow
def test_a_letter_that_may_be_a_value_is_not_taken_for_a_missing_one(tmp_path):
    _, _, draft = column(tmp_path, "categorie", ["s", "m", "l"] * 10)
    assert draft.contract.missing_values == [""]


@pytest.mark.slow
def test_persons_are_found_protected_and_never_copied(tmp_path):
    people = [("Lefèvre-Test", "Zoé", f"zoe{n}@exemple.fr", "02 41 00 00 00") for n in range(30)]
    path = table(tmp_path, ["Nom", "Prénom", "contact", "Téléphone"], people, delimiter=";")
    draft = draft_of(path)
    text = text_of(draft)
    contract = loaded(text, tmp_path)
    assert [one.personal_data for one in contract.columns] == ["direct"] * 4
    assert contract.access == "restricted"
    assert contract.protection.register_entry == "fichier"
    assert "déléguée à la protection" in text
    for value in {value for row in people for value in row}:
        assert value not in text


@pytest.mark.parametrize(
    ("title", "values", "example"),
    [
        ("Date de naissance", ["13/02/1999", "01/02/2001"], "17/05/1985"),
        ("Date de naissance", ["1999-02-13", "2001-02-01"], "1985-05-17"),
        ("Sexe", ["1", "2"], "1"),
        ("Sexe", ["H", "F"], "F"),
    ],
)
@pytest.mark.slow
def test_an_invented_example_is_written_as_its_column_is(tmp_path, title, values, example):
    found, _, _ = column(tmp_path, title, values * 20)
    assert (found.personal_data, found.example) == ("indirect", example)


@pytest.mark.slow
def test_a_social_security_number_is_found_by_its_key(tmp_path):
    bodies = [1850578006084 + n for n in range(50)]
    values = [f"{body}{97 - body % 97:02d}" for body in bodies]
    found, _, _ = column(tmp_path, "identifiant", values)
    assert found.personal_data == "nir"


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([("A1", "x", 5), ("A2", "x", 5), ("A3", "y", 5)], ["id"]),
        ([("A1", "x", 5), ("A1", "y", 5), ("A2", "x", 5)], ["id", "lieu"]),
        ([("A1", "x", 5), ("A1", "x", 6), ("A2", "x", 5)], []),
    ],
)
@pytest.mark.slow
def test_a_key_is_proposed_where_no_two_rows_share_it(tmp_path, rows, key):
    assert draft_of(table(tmp_path, ["id", "lieu", "mesure"], rows)).contract.key == key


@pytest.mark.slow
def test_strict_repeats_are_told(tmp_path):
    rows = [(f"A{n}", "x") for n in range(30)] + [("A1", "x")]
    draft = draft_of(table(tmp_path, ["id", "lieu"], rows))
    assert draft.contract.key == []
    assert any("répète exactement" in doubt for doubt in draft.key_doubts)


@pytest.mark.slow
def test_a_sparse_column_is_not_said_empty_nor_a_rare_word_set_aside(tmp_path):
    rows = [(n, "7" if n == 4321 else "", "s" if n == 5432 else f"{n},5") for n in range(9000)]
    draft = draft_of(table(tmp_path, ["ligne", "rare", "mesure"], rows, delimiter=";"))
    assert [one.type for one in draft.contract.columns] == ["integer", "integer", "number"]
    assert "s" in draft.contract.missing_values
    assert draft.trial.staged.quarantined == 0
    assert not any("Toujours vide" in doubt for one in draft.proposals for doubt in one.doubts)


def ardoise(*words: str):
    return CliRunner().invoke(app, ["contract", "draft", *words], catch_exceptions=False)


@pytest.mark.slow
class TestCommand:
    def test_the_contract_goes_to_the_screen_and_the_advice_beside(self, tmp_path):
        path = table(tmp_path, ["id", "courriel"], [(f"A{n}", f"a{n}@b.fr") for n in range(30)])
        done = ardoise(str(path))
        assert done.exit_code == 0
        assert loaded(done.stdout, tmp_path).access == "restricted"
        assert "prévenez la personne déléguée" in done.stderr
        assert "30\u00a0lignes reçues" in done.stderr

    def test_a_file_is_written_once_and_never_over_another(self, tmp_path):
        path = table(tmp_path, ["id", "lieu"], [(f"A{n}", "x") for n in range(30)])
        output = tmp_path / "sources" / "lieux.yaml"
        output.parent.mkdir()
        assert ardoise(str(path), "--output", str(output)).exit_code == 0
        contract = loaded(output.read_text(encoding="utf-8"), output.parent)
        assert contract.url == "file:../fichier.csv"
        output.write_text("à moi", encoding="utf-8")
        done = ardoise(str(path), "--output", str(output))
        assert done.exit_code == 1
        assert "existe déjà" in done.stderr
        assert output.read_text(encoding="utf-8") == "à moi"
        assert ardoise(str(path), "--output", str(output), "--force").exit_code == 0

    def test_what_is_personal_comes_with_its_register_entry_to_complete(self, tmp_path):
        """Every word is there, so that the load stops for what is left to say and nothing else."""
        bodies = [1850578006084 + n for n in range(50)]
        rows = [(f"{body}{97 - body % 97:02d}", f"a{body}@b.fr") for body in bodies]
        path = table(tmp_path, ["identifiant", "courriel"], rows)
        output = tmp_path / "sources" / "agents.yaml"
        output.parent.mkdir()
        done = ardoise(str(path), "--output", str(output))
        entry = tmp_path / "register" / "agents.yaml"
        assert str(entry) in done.stderr
        with pytest.raises(DeclarationError) as error:
            read_entry(entry, {"name": "Ici", "dpo": "dpo@example.org"})
        assert set(re.findall(r"« (\w+) » est encore", str(error.value))) >= {
            "main", "article_6", "internal", "nir", "field", "rights",
        }  # fmt: skip
        text = entry.read_text(encoding="utf-8")
        for old, new in (
            ("article_6: à compléter", "article_6: public_task"),
            ("field: à compléter", "field: employment"),
            ("à compléter", "dit par la déléguée"),
        ):
            text = text.replace(old, new)
        entry.write_text(text, encoding="utf-8")
        assert read_entry(entry, {"name": "Ici", "dpo": "dpo@example.org"}).nir is not None

    def test_a_file_that_is_not_there_is_told(self, tmp_path):
        done = ardoise(str(tmp_path / "absent.csv"))
        assert (done.exit_code, done.stdout) == (1, "")
        assert "n’existe pas" in done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.slow
def test_the_encoding_is_that_of_all_the_bytes(tmp_path, encoding):
    rows = [(n, "x") for n in range(2000)] + [(2000, "Beaufort-en-Anjou, dû à l’été")]
    path = table(tmp_path, ["ligne", "objet"], rows, encoding=encoding)
    draft = draft_of(path)
    assert draft.contract.encoding == encoding.removesuffix("-sig")
    assert draft.trial.staged.rows == 2001


@pytest.mark.slow
def test_a_list_is_proposed_where_values_come_back_often(tmp_path):
    generator = random.Random(1)
    values = [generator.choice(["DECHETS", "VOIRIE", "Voirie"]) for _ in range(200)]
    found, doubts, _ = column(tmp_path, "service", values)
    assert set(found.constraints.enum) == {"DECHETS", "VOIRIE", "Voirie"}
    assert "plusieurs façons" in doubts
    few, _, _ = column(tmp_path, "service", ["DECHETS", "VOIRIE", "PARCS"] * 3)
    assert few.constraints.enum is None


@pytest.mark.slow
def test_a_file_in_an_archive_is_looked_at_and_read_by_the_same_words(tmp_path):
    plain = table(tmp_path, ["id", "lieu"], [(f"A{n}", "x") for n in range(30)])
    packed = tmp_path / "fichier.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    archive = tmp_path / "fichier.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(plain, "lieux.csv")
        file.writestr("autres.csv", "a,b\n1,2\n")
    assert draft_of(packed).trial.staged.rows == 30
    draft = draft_of(archive)
    assert draft.contract.member == "lieux.csv"
    assert any("autres.csv" in doubt for doubt in draft.doubts)


def test_lines_before_the_titles_are_skipped_and_told(tmp_path):
    path = tmp_path / "fichier.csv"
    path.write_text("Export du 24/11/2026\n\nid;lieu\n1;x\n2;y\n3;z\n", encoding="utf-8")
    shape = shape_of(path)
    assert (shape.words["skip_lines"], shape.titles) == (2, ["id", "lieu"])
    assert "avant les titres" in shape.doubts[0]


@pytest.mark.slow
def test_the_empty_columns_a_spreadsheet_adds_do_not_hide_the_titles(tmp_path):
    path = tmp_path / "fichier.csv"
    path.write_text("id;lieu;;\n1;x;;\n2;y;;\n", encoding="utf-8")
    assert shape_of(path).titles == ["id", "lieu", "", ""]
    assert list(draft_of(path).contract.by_name) == ["id", "lieu"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "vide"),
        (b"<!doctype html><p>Erreur", "page web"),
        (b"a;b\n1;2;3\n4;5;6\n7;8;9\n", "les lignes en ont 3"),
        (b"a;b\n", "aucune ligne"),
        (b"a;b\n\x81\x8d;2\n", "ni en UTF-8"),
    ],
)
def test_what_cannot_be_drafted_says_why(tmp_path, content, told):
    path = tmp_path / "fichier.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=told):
        draft_of(path)


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        (["1 234,56 €", "12,00 €", "3\u202f000 €"], "euros"),
        (["12,5 %", "100 %", "0,25 %"], "%"),
        (["15.5 EUR", "2 EUR", "7 euros"], "euros"),
    ],
)
@pytest.mark.slow
def test_numbers_written_with_their_unit_are_numbers(tmp_path, texts, unit):
    path = table(tmp_path, ["nom", "valeur"], [[f"n{i}", text] for i, text in enumerate(texts)])
    draft = draft_of(path)
    column = draft.contract.by_name["valeur"]
    assert (column.type, column.unit) == ("number", unit)
    assert "l’unité" in text_of(draft)


@pytest.mark.slow
def test_numbers_of_two_units_stay_texts(tmp_path):
    path = table(tmp_path, ["nom", "poids"], [["a", "3 kg"], ["b", "2 t"], ["c", "1 kg"]])
    assert draft_of(path).contract.by_name["poids"].type == "string"


@pytest.mark.slow
def test_a_heading_with_a_comma_stands_before_the_titles(tmp_path):
    path = tmp_path / "fichier.csv"
    path.write_text("Angers, le 3 mai\nnom,date,montant\na,2024-01-02,3\nb,2024-01-03,4\n")
    assert draft_of(path).contract.skip_lines == 1


def test_a_title_that_is_missing_is_still_refused(tmp_path):
    path = tmp_path / "fichier.csv"
    path.write_text("nom,montant\na,Angers,3\nb,Avrillé,4\nc,Trélazé,5\n")
    with pytest.raises(SourceError, match="un titre manque"):
        draft_of(path)


@pytest.mark.slow
def test_an_establishment_is_named_by_its_own_number(tmp_path):
    rows = [["356000000", "35600000000048"], ["552100554", "55210055400013"]]
    assert draft_of(table(tmp_path, ["siren", "siret"], rows)).contract.key == ["siret"]
