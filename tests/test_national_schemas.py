"""National Table Schemas used verbatim: every one loads, and files are judged as their names say.

The schemas are those of `../shared/data/schemas`, found through the folder a setting names; no file
of theirs is committed.
"""

import csv
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.decoding.stage import stage_source
from assets.platform import Platform
from checks.contract import Contract
from checks.loading import read_contract
from checks.national import SchemaName
from checks.promises import rules_of
from checks.table_schema import column_name, translated
from pipelines.schemas import add_schema
from resources.errors import DeclarationError, SourceError
from resources.settings import Settings, settings_from
from tests.scenario import Scenario
from tests.server import Server, whole
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
SCHEMAS = SHARED / "schemas"
WORDS = """\
title: Essai
publisher: Essai
license: etalab-2.0
theme: référentiel
grain: une ligne par ligne
url: file:essai.csv
cadence: annuelle
access: internal
protection: {personal_data: direct, register: essai}
retention: {keep: 1 year, reason: essai}
budget: {stored_mb: 1, cpu_s: 1}
"""


def table_schemas() -> dict[str, dict[str, Any]]:
    """`scdl/subventions@2.1.1` and what its file says, for each Table Schema of the folder."""
    found = {}
    for path in sorted(SCHEMAS.rglob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(schema, dict) and "fields" in schema:
            owner, name, *_ = path.relative_to(SCHEMAS).parts
            found[f"{owner}/{name}@{schema['version'].removeprefix('v')}"] = schema
    return found


ALL = table_schemas() if SCHEMAS.is_dir() else {}
# Columns that hold someone: a contract that uses the schema says what, or leaves them out.
PERSONAL = {
    "LaMednum/standard-mediation-num@1.0.1": ["telephone"],
    "atlasante/schema-dae@1.0.7": [
        *("expt_email", "expt_tel1", "expt_tel2", "site_email", "tel1", "tel2"),
    ],
    "betagouv/projets-territoire@0.1.0": [
        *("porteur_referent_email", "porteur_referent_fonction", "porteur_referent_nom"),
        *("porteur_referent_prenom", "porteur_referent_telephone"),
    ],
    "cnigfr/schema-friches@1.0.6": ["source_contact"],
    "cnigfr/sites-economiques-etablissement@1.0.1": ["etab_contact_mail", "etab_contact_tel"],
    "etalab/schema-irve-statique@2.3.0": [
        *("contact_amenageur", "contact_operateur", "telephone_operateur"),
    ],
    "openmaraude/schema-stationstaxi@0.1.2": ["no_appel"],
    "scdl/equipements@0.1.5": ["equip_email", "equip_tel"],
    "scdl/prenoms@1.1.6": ["enfant_prenom"],
}


def contract(folder: Path, schema: str, more: str = "", told: bool = True) -> Contract:
    """A contract of a few words and a schema; its personal columns are told unless `told` is no."""
    columns = "".join(
        f"  - {{name: {name}, personal_data: direct}}\n" for name in PERSONAL.get(schema, [])
    )
    if told and columns and "columns:" not in more:
        more = f"columns:\n{columns}{more}"
    path = folder / "sources" / "essai.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{WORDS}schema: {schema}\n{more}", encoding="utf-8")
    return read_contract(path, "sources", {}, [SCHEMAS])[0]


def refusal(folder: Path, schema: str, more: str = "") -> str:
    with pytest.raises(DeclarationError) as error:
        contract(folder, schema, more, told=False)
    return str(error.value)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema sources; create schema quarantine")
        yield connection


def judged(connection, contract: Contract, file: Path, work: Path) -> tuple[int, dict[str, int]]:
    """Rows published, and rows set aside by reason; a refused file raises."""
    staged = stage_source(connection, "essai", contract, file, work)
    return staged.rows, dict(staged.reasons)


# ------------------------------------------------------------------------------------- loading


def test_the_folder_holds_the_38_table_schemas():
    assert len(ALL) == 38


@pytest.mark.parametrize("name", ALL)
def test_every_national_schema_loads_with_all_its_columns(tmp_path, name):
    loaded = contract(tmp_path, name)
    assert [column.header for column in loaded.columns] == [
        field["name"] for field in ALL[name]["fields"]
    ]
    assert len({rule.name for rule in rules_of(loaded)}) == len(rules_of(loaded))


@pytest.mark.parametrize("name", ALL)
def test_every_word_of_a_national_schema_is_evaluated_or_told(tmp_path, name):
    """Constraint by constraint: what the contract does not hold, a caveat names."""
    loaded = contract(tmp_path, name)
    told = "\n".join(loaded.caveats)
    for field, column in zip(ALL[name]["fields"], loaded.columns, strict=True):
        held = column.constraints.model_dump(by_alias=True, exclude_defaults=True)
        for word, value in (field.get("constraints") or {}).items():
            if value in (False, [], None):
                continue
            assert word in held or re.search(rf"« {word} ».*\b{column.name}\b", told), column.name
        for word in {"contraints", "enum", "profiles", "floatNumber", "items"} & set(field):
            assert re.search(rf"« {word} ».*\b{column.name}\b", told), (column.name, word)
    checks = {check["name"] for check in ALL[name].get("custom_checks") or []}
    held = {check.name for check in loaded.custom_checks}
    held |= {f"french-{column.format}-value" for column in loaded.columns}
    assert checks <= held


def test_the_misspelt_words_of_schemas_are_told_and_refused_in_a_contract_of_ours(tmp_path):
    caveats = "\n".join(contract(tmp_path, "MTES-MCT/acceslibre-erp-base@0.0.20").caveats)
    assert "« contraints », inconnu de Table Schema (longitude, latitude)" in caveats
    ours = "columns:\n  - {name: latitude, contraints: {minimum: 0}}\n"
    assert "« contraints » n’est pas un mot connu ici ; le mot le plus proche est" in refusal(
        tmp_path, "MTES-MCT/acceslibre-erp-base@0.0.20", ours
    )


def test_a_pattern_re2_cannot_read_is_told_until_the_contract_writes_its_own(tmp_path):
    name = "cnigfr/sites-economiques-terrain-eco@1.0.1"
    before = contract(tmp_path, name)
    assert before.by_name["terr_refcad"].constraints.pattern is None
    assert any("« pattern »" in caveat and "terr_refcad" in caveat for caveat in before.caveats)
    own = "columns:\n  - {name: terr_refcad, constraints: {pattern: '[0-9A-Z|]+'}}\n"
    after = contract(tmp_path, name, own)
    assert after.by_name["terr_refcad"].constraints.pattern == "[0-9A-Z|]+"
    assert not any("« pattern »" in caveat for caveat in after.caveats)


def test_the_patterns_that_javascript_writes_otherwise_are_read(tmp_path):
    loaded = contract(tmp_path, "scdl/equipements@0.1.5")
    assert loaded.by_name["adr_commune"].constraints.pattern == r"^[A-Za-z\s\-À-ÿ]+$"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("COLL_NOM", "coll_nom"),
        ("nomAttribuant", "nom_attribuant"),
        ("idRAE", "id_rae"),
        ("coordonneesXY", "coordonnees_xy"),
        ("notificationUE", "notification_ue"),
        ("Code commune (INSEE)", "code_commune_insee"),
        ("Numéro", "numero"),
        ("2024_total", "c_2024_total"),
        ("ban-id", "ban_id"),
        ("§", "colonne"),
    ],
)
def test_a_title_becomes_a_name_for_sql(title, name):
    assert column_name(title) == name


def test_two_titles_that_give_one_name_give_two():
    schema = {"fields": [{"name": "Nom"}, {"name": "NOM"}, {"name": "nom"}]}
    assert [column["name"] for column in translated(schema).columns] == ["nom", "nom_2", "nom_3"]


# ------------------------------------------------------------------------- where a schema is found


def test_the_words_of_the_contract_complete_the_schema_and_win(tmp_path):
    loaded = contract(
        tmp_path,
        "scdl/subventions@2.1.1",
        "columns:\n"
        "  - {name: nomAttribuant, severity: warning, aliases: [Attribuant]}\n"
        "  - {name: montant, unit: euros, constraints: {minimum: 23000}}\n"
        "  - {name: origine, description: D’où vient la ligne., example: x}\n"
        "except: [idRAE]\n"
        "missingValues: ['', NC]\n",
    )
    assert loaded.by_name["nom_attribuant"].severity == "warning"
    assert loaded.by_name["nom_attribuant"].headers == ["nomAttribuant", "Attribuant"]
    montant = loaded.by_name["montant"]
    assert (montant.constraints.minimum, montant.constraints.required) == (23000, True)
    assert (loaded.columns[-1].name, "id_rae" in loaded.by_name) == ("origine", False)
    assert loaded.missing_values == ["", "NC"]
    assert loaded.by_name["id_attribuant"].format == "siret"
    assert loaded.by_name["notification_ue"].true_values == ["oui"]


def test_the_key_is_the_primary_key_of_the_schema(tmp_path):
    assert contract(tmp_path, "etalab/schema-passage-a-niveau@0.1.0").key == ["id_pn"]
    assert contract(tmp_path, "CEREMA/schema-aire-livraison@1.0.0", "key: [id]\n").key == ["id"]


@pytest.mark.parametrize("named", ["2.1.1", "v2.1.1", "latest"])
def test_a_schema_beside_the_contracts_is_found_whatever_its_folder_is_called(tmp_path, named):
    text = (SCHEMAS / "scdl/subventions/latest/schema.json").read_text(encoding="utf-8")
    beside = tmp_path / "schemas" / "scdl" / "subventions" / named / "schema.json"
    beside.parent.mkdir(parents=True)
    beside.write_text(text.replace("Nom officiel de", "Ici, nom officiel de"), encoding="utf-8")
    assert (
        "Ici, nom officiel" in contract(tmp_path, "scdl/subventions@2.1.1").columns[0].description
    )


def test_a_data_package_beside_a_schema_is_not_taken_for_it(tmp_path):
    beside = tmp_path / "schemas" / "scdl" / "essai" / "latest"
    beside.mkdir(parents=True)
    (beside / "datapackage.json").write_text('{"version": "1.0.0", "resources": []}')
    assert "n’est pas un Table Schema" in refusal(tmp_path, "scdl/essai@1.0.0")
    (beside / "schema-essai.json").write_text(
        '{"version": "v1.0.0", "fields": [{"name": "a"}], "description": "Essai."}'
    )
    assert [column.name for column in contract(tmp_path, "scdl/essai@1.0.0").columns] == ["a"]


def test_another_version_is_not_taken_for_the_one_that_is_asked(tmp_path):
    message = refusal(tmp_path, "scdl/subventions@1.1.0")
    assert "« scdl/subventions » est là en version 2.1.1, le contrat demande 1.1.0" in message
    assert "ardoise schema add scdl/subventions@1.1.0" in message
    assert "essai.yaml" in message
    assert "ligne 12" in message


def test_a_missing_schema_is_told_with_the_command_that_brings_it(tmp_path):
    message = refusal(tmp_path, "scdl/absent@1.0.0")
    assert "« ardoise schema add scdl/absent@1.0.0 »" in message
    assert "ARDOISE_SCHEMAS" in message


@pytest.mark.parametrize(
    "written", ["scdl/subventions", "subventions@2.1.1", "../../etc@1", "a/b@../../c", "a/..@1"]
)
def test_a_name_that_is_not_one_is_refused(tmp_path, written):
    assert "ne nomme pas un schéma" in refusal(tmp_path, f'"{written}"')
    with pytest.raises(ValueError, match="ne nomme pas"):
        SchemaName.read(written)


def test_a_description_that_is_no_table_schema_is_refused(tmp_path):
    assert "n’est pas un Table Schema" in refusal(tmp_path, "etalab/schema-bal@1.5.0")


def test_a_column_that_is_not_in_the_schema_is_told_with_the_closest_one(tmp_path):
    message = refusal(tmp_path, "scdl/subventions@2.1.1", "columns:\n  - {name: montan}\n")
    assert "« montan » n’est pas une colonne du schéma ; le mot le plus proche est « montant »" in (
        message
    )
    assert "ligne 14" in message
    message = refusal(tmp_path, "scdl/subventions@2.1.1", "except: [montan]\n")
    assert "« montant »" in message


@pytest.mark.parametrize("name", PERSONAL)
def test_a_column_that_looks_personal_must_be_told_or_left_out(tmp_path, name):
    message = refusal(tmp_path, name)
    for column in PERSONAL[name]:
        assert f"la colonne « {column} » semble personnelle" in message
    left_out = contract(tmp_path, name, f"except: [{', '.join(PERSONAL[name])}]\n", told=False)
    assert not set(PERSONAL[name]) & set(left_out.by_name)


def test_the_national_setting_names_one_more_folder_of_schemas(tmp_path):
    assert settings_from({"ARDOISE_SCHEMAS": str(tmp_path)}).schemas == tmp_path
    assert settings_from({}).schemas is None


# ------------------------------------------------------------------------------ ardoise schema add

INDEX = "/schema.data.gouv.fr/schemas.json"


@pytest.fixture
def national(tmp_path) -> Iterator[tuple[Server, Scenario, Settings]]:
    """The national catalogue behind a relay of this machine, and a territory without schemas."""
    with Server() as server:
        server.on(INDEX, whole((SCHEMAS / "schemas.json").read_bytes()))
        for path in SCHEMAS.glob("scdl/*/latest/schema.json"):
            version = json.loads(path.read_text(encoding="utf-8"))["version"]
            address = f"schemas/scdl/{path.parts[-3]}/{version}/schema.json"
            server.on(f"/schema.data.gouv.fr/{address}", whole(path.read_bytes()))
        scenario = Scenario(tmp_path)
        scenario.register("essai")
        yield server, scenario, dataclasses.replace(scenario.settings, outside=server.relay)


def test_a_schema_is_brought_into_the_territory_with_its_licence_and_then_loads(national):
    server, scenario, settings = national
    file = add_schema(Platform(settings), "scdl/subventions@2.1.1")
    assert file == scenario.folder / "schemas/scdl/subventions/2.1.1/schema.json"
    licence = file.with_name("LICENCE.txt").read_text(encoding="utf-8")
    assert "scdl/subventions@2.1.1" in licence
    assert "Licence" in licence
    scenario.write("sources/essai.yaml", WORDS + "schema: scdl/subventions@2.1.1\n")
    assert len(scenario.platform().catalogue.named("essai").contract.columns) == 16
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("scdl/subventions@9.9.9", "n’a pas de version 9.9.9 (publiées : "),
        ("scdl/subvention@2.1.1", "n’est pas au catalogue"),
        ("subventions", "ne nomme pas un schéma"),
    ],
)
def test_a_schema_nobody_publishes_is_told_and_nothing_is_written(national, name, told):
    _, scenario, settings = national
    with pytest.raises(DeclarationError, match=re.escape(told)):
        add_schema(Platform(settings), name)
    assert not (scenario.folder / "schemas").exists()


def test_a_page_of_maintenance_is_not_taken_for_a_catalogue(national):
    server, scenario, settings = national
    server.on(INDEX, whole(b"<html>maintenance</html>"))
    with pytest.raises(SourceError, match="document JSON"):
        add_schema(Platform(settings), "scdl/subventions@2.1.1")
    assert not (scenario.folder / "schemas").exists()


# --------------------------------------------------------------------------- rules between columns

DELIBERATION = {
    "COLL_NOM": "Commune d’exemple",
    "COLL_SIRET": "21490007800012",
    "DELIB_ID": "2026-1",
    "DELIB_DATE": "2026-01-19",
    "DELIB_MATIERE_CODE": "7.5",
    "DELIB_MATIERE_NOM": "Finances locales/Subventions",
    "DELIB_OBJET": "Objet",
    "BUDGET_ANNEE": "2026",
    "BUDGET_NOM": "Budget principal",
    "PREF_ID": "049-1",
    "PREF_DATE": "2026-01-20",
    "VOTE_EFFECTIF": "45",
    "VOTE_REEL": "43",
    "VOTE_POUR": "40",
    "VOTE_CONTRE": "2",
    "VOTE_ABSTENTION": "1",
    "DELIB_URL": "https://example.org/1.pdf",
}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"VOTE_EFFECTIF": "", "VOTE_REEL": "", "VOTE_POUR": "", "VOTE_CONTRE": "",
          "VOTE_ABSTENTION": ""}, None),
        ({"BUDGET_ANNEE": "2025/2026"}, None),
        ({"BUDGET_ANNEE": "2026/2025"}, "budget_annee:FORMAT"),
        ({"BUDGET_ANNEE": "26"}, "budget_annee:FORMAT"),
        ({"BUDGET_NOM": ""}, "budget_annee:MANQUANT"),
        ({"PREF_DATE": "2026-01-18"}, "pref_date:INCOHERENT"),
        ({"PREF_DATE": ""}, None),
        ({"VOTE_POUR": "41"}, "vote_reel:INCOHERENT"),
        ({"VOTE_EFFECTIF": "42"}, "vote_effectif:INCOHERENT"),
        ({"VOTE_CONTRE": ""}, "vote_effectif:MANQUANT"),
        ({"DELIB_MATIERE_NOM": "Cantines/Repas"}, "delib_matiere_nom:FORMAT"),
        ({"DELIB_MATIERE_NOM": "Finances locales / Repas"}, "delib_matiere_nom:FORMAT"),
        ({"COLL_SIRET": "21490007800013"}, "coll_siret:FORMAT"),
    ],
)  # fmt: skip
def test_the_rules_of_deliberations_set_aside_what_breaks_them(
    tmp_path, connection, changed, reason
):
    loaded = contract(tmp_path, "scdl/deliberations@2.1.5", 'dialect: {delimiter: ";"}\n')
    file = tmp_path / "essai.csv"
    row = DELIBERATION | changed
    file.write_text(f"{';'.join(row)}\n{';'.join(row.values())}\n", encoding="utf-8")
    rows, reasons = judged(connection, loaded, file, tmp_path)
    assert (rows, reasons) == ((1, {}) if reason is None else (0, {reason: 1}))


def test_the_gate_judges_again_what_great_expectations_can_say(tmp_path):
    loaded = contract(tmp_path, "scdl/deliberations@2.1.5")
    sentences = {rule.sentence for rule in rules_of(loaded)}
    assert sum(">=" in sentence for sentence in sentences) == 5
    assert sum(" + " in sentence for sentence in sentences) == 1
    assert sum("est renseigné quand" in sentence for sentence in sentences) == 7


def test_a_rule_whose_column_only_warns_is_left_to_the_gate(tmp_path, connection):
    more = 'dialect: {delimiter: ";"}\ncolumns:\n  - {name: delib_matiere_nom, severity: warning}\n'
    loaded = contract(tmp_path, "scdl/deliberations@2.1.5", more)
    row = DELIBERATION | {"DELIB_MATIERE_NOM": "Cantines/Repas"}
    file = tmp_path / "essai.csv"
    file.write_text(f"{';'.join(row)}\n{';'.join(row.values())}\n", encoding="utf-8")
    assert judged(connection, loaded, file, tmp_path) == (1, {})
    (rule,) = [
        rule for rule in rules_of(loaded) if rule.name.startswith("delib_matiere_nom.column_values")
    ]
    assert rule.severity == "warning"


@pytest.mark.parametrize(
    ("check", "value", "holds"),
    [
        ("opening-hours-value", "Mo-Fr 08:00-12:00,14:00-18:00", True),
        ("opening-hours-value", "Mo-Fr 08:00-12:00,Mo-Fr 14:00-18:00,Th 08:00-18:00", True),
        ("opening-hours-value", "24/7", True),
        ("opening-hours-value", "Mo-Sa 09:00-19:00; PH off", True),
        ("opening-hours-value", "Jun-Aug: Mo 10:00-18:00", True),
        ("opening-hours-value", "du lundi au vendredi", False),
        ("opening-hours-value", "Mo 25h", False),
        ("phone-number-value", "02 41 05 40 00", True),
        ("phone-number-value", "+33241054000", True),
        ("phone-number-value", "3607", True),
        ("phone-number-value", "02 41 05 40", False),
        ("phone-number-value", "voir mairie", False),
        ("french-gps-coordinates", "[-0.55, 47.47]", True),
        ("french-gps-coordinates", "[55.45, -20.88]", True),
        ("french-gps-coordinates", "[47.47, -0.55]", False),
        ("french-gps-coordinates", "ici", False),
        ("year-interval-value", "2025/2026", True),
        ("year-interval-value", "2026", False),
        ("french-siren-value", "213500019", False),
    ],
)
def test_each_rule_about_one_column_knows_good_from_bad(tmp_path, connection, check, value, holds):
    path = tmp_path / "sources" / "essai.yaml"
    path.parent.mkdir()
    path.write_text(
        WORDS
        + "description: Essai.\ndialect: {delimiter: '|'}\n"
        + "columns:\n  - {name: a, description: A., example: x}\n"
        + f"custom_checks:\n  - {{name: {check}, params: {{column: a}}}}\n",
        encoding="utf-8",
    )
    loaded, _ = read_contract(path, "sources", {})
    file = tmp_path / "essai.csv"
    file.write_text(f"a\n{value}\n", encoding="utf-8")
    rows, _ = judged(connection, loaded, file, tmp_path)
    assert rows == int(holds)


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        ("{name: sum-columns-value, params: {column: a}}", "demande le paramètre « columns »"),
        ("{name: compare-columns-value, params: {column: a, op: '>', column2: z}}",
         "« z » n’est pas une colonne du contrat"),
        ("{name: compare-column-value, params: {column: a}}", "compare-columns-value"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_in_a_contract_of_ours(tmp_path, checks, told):
    path = tmp_path / "sources" / "essai.yaml"
    path.parent.mkdir()
    path.write_text(
        WORDS
        + "description: Essai.\ncolumns:\n  - {name: a, description: A., example: x}\n"
        + f"custom_checks:\n  - {checks}\n",
        encoding="utf-8",
    )
    with pytest.raises(DeclarationError, match=re.escape(told)):
        read_contract(path, "sources", {})


# --------------------------------------------------------------- the examples schemas give of rows

# Schemas whose own example breaks their own rules: the reason of each, all of them theirs.
WRONG_EXAMPLES = {
    # « Bataille » where the list says « bataille »: seven examples begin with a capital letter.
    "CEREMA/schema-aire-livraison@1.0.0": {
        "disposition:HORS_LISTE",
        "duree_controle:HORS_LISTE",
        "localisation:HORS_LISTE",
        "marquage_etat:HORS_LISTE",
        "panneau_etat:HORS_LISTE",
        "parite_trottoir:HORS_LISTE",
        "type:HORS_LISTE",
    },
    # The whole list is given as the example of a column that takes one of its words.
    "MTES-MCT/acceslibre-erp-base@0.0.20": {
        "accueil_cheminement_rampe:HORS_LISTE",
        "accueil_cheminement_sens_marches:HORS_LISTE",
        "accueil_classes_accessibilite:HORS_LISTE",
        "accueil_personnels:HORS_LISTE",
        "cheminement_ext_devers:HORS_LISTE",
        "cheminement_ext_pente_degre_difficulte:HORS_LISTE",
        "cheminement_ext_pente_longueur:HORS_LISTE",
        "cheminement_ext_rampe:HORS_LISTE",
        "cheminement_ext_sens_marches:HORS_LISTE",
        "entree_marches_rampe:HORS_LISTE",
        "entree_marches_sens:HORS_LISTE",
        "entree_porte_manoeuvre:HORS_LISTE",
        "entree_porte_type:HORS_LISTE",
    },
    # 123456789 does not hold Luhn’s key.
    "atlasante/schema-dae@1.0.7": {"fab_siren:FORMAT", "mnt_siren:FORMAT"},
    # 80295478500028 neither.
    "etalab/schema-stationnement@0.1.5": {"num_siret:FORMAT"},
    # « 17 142.08 »: a space between thousands, which the schema does not declare.
    "scdl/budget@0.8.3": {"bgt_mtrar3112:TYPE"},
    # An apostrophe opens the subject; received at the prefecture before it was voted.
    "scdl/deliberations@2.1.5": {"delib_matiere_nom:FORMAT", "pref_date:INCOHERENT"},
    # « Fruits » with a capital letter; a SIRET without Luhn’s key.
    "scdl/plats-menus-collectifs@0.7.2": {
        "plat_produit_allergene:HORS_LISTE",
        "plat_produit_fournisseur_siret:FORMAT",
    },
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.slow
def test_a_row_of_the_examples_of_a_schema_is_accepted_or_its_fault_is_known(
    tmp_path, connection, name
):
    loaded = contract(tmp_path, name)
    file = tmp_path / "essai.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow([column.header for column in loaded.columns])
        writer.writerow([column.example for column in loaded.columns])
    _, reasons = judged_fully(connection, loaded, file, tmp_path)
    assert reasons == WRONG_EXAMPLES.get(name, set())


def judged_fully(connection, contract: Contract, file: Path, work: Path) -> tuple[int, set[str]]:
    """Rows published, and every reason of the rows set aside, not the first alone."""
    staged = stage_source(connection, "essai", contract, file, work)
    reasons = connection.execute(f"select unnest(_motifs) from {staged.quarantine}").fetchall()
    return staged.rows, {reason for (reason,) in reasons}


# ------------------------------------------------------------------------ files judged as they say

SUBSIDIES = """\
dialect: {delimiter: ";"}
columns:
  - {name: objet, from: object}
"""
# « DILCRAH » writes titles of its own: each is declared, as an agent would after the refusal.
DILCRAH = """\
dialect: {delimiter: ";"}
columns:
  - {name: nomAttribuant, from: "Nom attributaire*"}
  - {name: idAttribuant, from: "Identification de l'attributaire*"}
  - {name: dateConvention, from: "Date de convention*"}
  - {name: referenceDecision, from: "Référence de la décision"}
  - {name: nomBeneficiaire, from: "Nom du bénéficiaire*"}
  - {name: idBeneficiaire, from: "Identification du bénéficiaire*"}
  - {name: objet, from: "Objet de la convention"}
  - {name: montant, from: "Montant total de la subvention*"}
  - {name: nature, from: "Nature de la subvention*"}
  - {name: conditionsVersement, from: "Conditions de versement*"}
  - {name: datesPeriodeVersement, from: "Date de versement"}
  - {name: idRAE, from: "Numéro de référencement au répertoire des entreprises"}
  - {name: notificationUE, from: "Aide notifiée Ã\\_ l'Europe"}
  - name: pourcentageSubvention
    from: Pourcentage du montant de la subvention attribué au bénéficiaire*
"""
# The SIRET of these files are invented, and none holds its key: the schema verbatim publishes no
# row of theirs, as the official validator would. Without the key, each is what its name says.
KEYLESS = """\
  - {name: idAttribuant, format: null}
  - {name: idBeneficiaire, format: null}
"""
MISSING = {"id_attribuant:MANQUANT": 1, "nom_attribuant:MANQUANT": 1}
GRANTS = {
    "SCDL.csv": (2, MISSING),
    "SCDL_LESS_DATA.csv": (1, MISSING),
    "SCDL_ONE_MISSING_MANDATORY.csv": (2, MISSING),
    "SCDL_SECOND_IMPORT.csv": (7, MISSING),
    "SCDL_WITH_EXERCICE.csv": (2, MISSING),
    # No column « montant »: the file is refused whole, with the title.
    "SCDL_MANY_MISSING_MANDATORY.csv": "SCHEMA",
}


@pytest.mark.parametrize("name", GRANTS)
def test_a_file_of_subsidies_is_judged_as_its_name_says(tmp_path, connection, name):
    loaded = contract(tmp_path, "scdl/subventions@2.1.1", SUBSIDIES + KEYLESS)
    expected = GRANTS[name]
    if isinstance(expected, str):
        with pytest.raises(SourceError) as error:
            judged(connection, loaded, SHARED / "subventions" / name, tmp_path)
        assert error.value.code == expected
        assert "« montant »" in str(error.value)
        return
    assert judged(connection, loaded, SHARED / "subventions" / name, tmp_path) == expected


@pytest.mark.parametrize("name", [name for name in GRANTS if GRANTS[name] != "SCHEMA"])
def test_no_invented_siret_passes_the_schema_verbatim(tmp_path, connection, name):
    loaded = contract(tmp_path, "scdl/subventions@2.1.1", SUBSIDIES)
    rows, reasons = judged_fully(connection, loaded, SHARED / "subventions" / name, tmp_path)
    assert rows == 0
    assert {"id_attribuant:FORMAT", "id_attribuant:MANQUANT"} <= reasons


def test_titles_of_one_s_own_are_read_once_declared(tmp_path, connection):
    own = DILCRAH.replace('attributaire*"}', 'attributaire*", format: null}')
    own = own.replace('bénéficiaire*"}', 'bénéficiaire*", format: null}')
    loaded = contract(tmp_path, "scdl/subventions@2.1.1", own)
    file = SHARED / "subventions" / "SCDL_DILCRAH_2019.csv"
    assert judged(connection, loaded, file, tmp_path) == (4, {})


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("etalab/schema-irve-statique@2.3.0", "irve/exemple-valide-statique.csv"),
        ("etalab/schema-irve-dynamique@2.3.0", "irve/exemple-valide-dynamique.csv"),
    ],
)
def test_the_official_valid_files_of_charging_points_are_valid(tmp_path, connection, schema, name):
    """One row of theirs calls itself invalid; its identifiers hold the pattern of the schema."""
    assert judged(connection, contract(tmp_path, schema), SHARED / name, tmp_path) == (2, {})
