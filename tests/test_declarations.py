"""What an agent misspells: told in French with the file, the line and the remedy, nothing written.

Declarations only; what a well-formed contract does to a file is in `test_decoding`.
"""

import re

import pytest

from assets.catalogue import Catalogue
from assets.platform import Platform
from pipelines.run import run
from resources.errors import DeclarationError
from resources.settings import Settings
from tests.scenario import TREES, TREES_PER_KIND, Scenario

SOURCE = "sources/arbres.yaml"
CURATED = "curated/arbres_par_essence.sql"
REMEDY = re.compile(r"Corrigez|Renommez|Retirez|Précisez|déclarez")


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    return Scenario(tmp_path)


def refusal(scenario: Scenario) -> str:
    """What the load says; a refusal always names a remedy and never writes anything."""
    with pytest.raises(DeclarationError) as refused:
        run(scenario.platform())
    message = str(refused.value)
    assert REMEDY.search(message), message
    assert not scenario.home.path.exists()
    return message


def line_of(text: str, word: str) -> int:
    """The line a word is on, counted from 1."""
    return text[: text.index(word)].count("\n") + 1


SOURCE_FAULTS = {
    "a misspelt word": ("title: Arbres d’", "titel: Arbres d’", "titel:", "« title »"),
    "a misspelt word of a column": (
        "    unit: m\n",
        "    unti: m\n",
        "unti:",
        "« unti » n’est pas un mot connu ici ; le mot le plus proche est « unit »",
    ),
    "a misspelt constraint": (
        "minimum: 0, maximum: 60",
        "minimun: 0, maximum: 60",
        "minimun:",
        "« minimum »",
    ),
    "a repeated word": (
        "encoding: utf-8\n",
        "encoding: utf-8\nencoding: cp1252\n",
        "encoding: cp1252",
        "« encoding » est déjà écrit",
    ),
    "an unknown variable": (
        "example: tilleul",
        'example: "{epcy}"',
        "{epcy}",
        "« {epcy} » n’existe pas dans le fichier du territoire ; le mot le plus proche est « epci",
    ),
    "an unknown cadence": (
        "cadence: mensuelle",
        "cadence: mensuel",
        "cadence: mensuel",
        "« mensuelle »",
    ),
    "an unknown theme": (
        "theme: aménagement",
        "theme: amenagement",
        "theme:",
        "« aménagement »",
    ),
    "an unknown encoding": ("encoding: utf-8", "encoding: utf8", "encoding:", "« utf-8 »"),
    "an unknown type": ("type: number", "type: nombre", "type: nombre", "« nombre »"),
    "a number where a text is expected": (
        "example: tilleul",
        "example: 200000172",
        "example: 200000172",
        "guillemets",
    ),
    "a text where a number is expected": (
        "maximum: 60",
        "maximum: soixante",
        "maximum: soixante",
        "« maximum » attend un nombre",
    ),
    "a broken regular expression": (
        "^A-\\d{3}$",
        "^A-(\\d{3}$",
        "pattern:",
        "expression régulière",
    ),
    "an unknown column in the key": (
        "key: [id_arbre]",
        "key: [id_arbr]",
        "key:",
        "« id_arbr » n’est pas une colonne du contrat ; le mot le plus proche est « id_arbre »",
    ),
    "a column twice": (
        "name: remarque",
        "name: essence",
        "name: essence\n    title: Remarque",
        "« essence » est déclarée deux fois",
    ),
    "a name with an accent": (
        "name: id_arbre",
        "name: numéro_arbre",
        "name: numéro_arbre",
        "« name » n’a pas la forme attendue",
    ),
    "an unknown text format": (
        "    example: taillé",
        "    format: sirte\n    example: taillé",
        "format: sirte",
        "« siret »",
    ),
    "a retention in words": ("keep: 10 years", "keep: dix ans", "keep: dix", "« keep »"),
    "a personal column in a table that says none": (
        "    example: taillé",
        "    personal_data: direct\n    example: taillé",
        "",
        "la colonne « remarque » est personnelle, mais « protection » dit « none »",
    ),
    "a personal column without a register entry": (
        "    example: taillé",
        "    personal_data: direct\n    example: taillé",
        "",
        "ajoutez « register »",
    ),
    "a personal column in an open table": (
        "    example: taillé",
        "    personal_data: direct\n    example: taillé",
        "access: open",
        "ne peut pas être « open »",
    ),
    "a misspelt expectation": (
        "quarantine:",
        "expectations:\n"
        "  - expect_column_values_to_be_beetween: {column: hauteur_m, max_value: 3}\n"
        "quarantine:",
        "expect_column_values_to_be_beetween",
        "« expect_column_values_to_be_between »",
    ),
    "a misspelt parameter of an expectation": (
        "quarantine:",
        "expectations:\n"
        "  - expect_column_values_to_be_between: {column: hauteur_m, max_valeu: 3}\n"
        "quarantine:",
        "expect_column_values_to_be_between",
        "« max_value »",
    ),
    "an expectation about an unknown column": (
        "quarantine:",
        "expectations:\n"
        "  - expect_column_values_to_be_between: {column: hauteur, max_value: 3}\n"
        "quarantine:",
        "column: hauteur,",
        "« hauteur » n’est pas une colonne du contrat ; le mot le plus proche est « hauteur_m »",
    ),
    "an expectation about an unknown second column": (
        "quarantine:",
        "expectations:\n"
        "  - expect_column_pair_values_to_be_equal: {column_A: hauteur_m, column_B: hauteur}\n"
        "quarantine:",
        "",
        "« hauteur » n’est pas une colonne du contrat",
    ),
    "an expectation about a list with an unknown column": (
        "quarantine:",
        "expectations:\n"
        "  - expect_compound_columns_to_be_unique: {column_list: [essence, hauteur]}\n"
        "quarantine:",
        "",
        "« hauteur » n’est pas une colonne du contrat",
    ),
    "a severity that does not exist": (
        "quarantine:",
        "expectations:\n"
        "  - expect_column_values_to_be_between:\n"
        "      {column: hauteur_m, max_value: 3, severity: warn}\n"
        "quarantine:",
        "severity: warn",
        "« warning »",
    ),
    "a reference to an unknown table": (
        "maximum: 60}",
        "maximum: 60, in: sources.commune.code_commune}",
        None,
        "« sources.commune » n’existe pas ; le mot le plus proche est « sources.communes »",
    ),
    "a reference to an unknown column": (
        "maximum: 60}",
        "maximum: 60, in: sources.communes.code_comune}",
        None,
        "code_commune",
    ),
    "an address nobody can read": (
        "url: file:",
        "url: fil:",
        None,
        "file",
    ),
    "an address of a generator that does not exist": (
        "url: file:../arbres.csv",
        "url: demo:arbre",
        None,
        "demo:arbre",
    ),
    "a bound that is no date": (
        "    description: Jour de la plantation.",
        "    constraints: {minimum: hier}\n    description: Jour de la plantation.",
        "minimum: hier",
        "« minimum »",
    ),
    "a date layout that does not exist": (
        'format: "%d/%m/%Y"',
        'format: "%d/%Q/%Y"',
        'format: "%d/%Q',
        "format",
    ),
    "a regular expression DuckDB cannot read": (
        "^A-\\d{3}$",
        "^A-(?=\\d)\\d{3}$",
        "pattern:",
        "expression régulière",
    ),
}


@pytest.mark.parametrize(("old", "new", "place", "told"), SOURCE_FAULTS.values(), ids=SOURCE_FAULTS)
def test_a_fault_in_a_source_is_told_with_its_file_and_line(scenario, old, new, place, told):
    scenario.edit(SOURCE, old, new)
    message = refusal(scenario)
    assert "arbres.yaml" in message
    assert told in message
    if place:
        text = (scenario.folder / SOURCE).read_text(encoding="utf-8")
        assert f"ligne {line_of(text, place)}" in message


@pytest.mark.parametrize(
    "word",
    [
        *("title", "description", "publisher", "license", "theme", "grain", "url", "cadence"),
        *("columns", "access", "retention", "budget"),
    ],
)
def test_a_word_that_is_missing_is_named(scenario, word):
    kept = re.sub(rf"(?m)^{word}:.*\n((?:  .*\n)*)", "", TREES, count=1)
    scenario.write(SOURCE, kept)
    assert f"il manque « {word} »" in refusal(scenario)


def test_every_fault_of_a_file_is_told_at_once(scenario):
    scenario.edit(SOURCE, "cadence: mensuelle", "cadence: mensuel")
    scenario.edit(SOURCE, "title: Arbres", "titel: Arbres")
    message = refusal(scenario)
    assert "mensuelle" in message
    assert "« titel »" in message
    assert "il manque « title »" in message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (TREES.replace("encoding: utf-8", "encoding: [utf-8"), "la syntaxe YAML est incorrecte"),
        (TREES.replace("theme:", "\ttheme:"), "la syntaxe YAML est incorrecte"),
        (TREES.replace("publisher: ", "publisher: \0"), "la syntaxe YAML est incorrecte"),
        (TREES.replace("grain: ", "grain: !!python/name:os.system "), "la syntaxe YAML"),
        (TREES.replace("example: 21/03/1998", "example: 2026-13-45"), "la syntaxe YAML"),
        (TREES.replace("key: [id_arbre]", "key: &a [*a]"), "la syntaxe YAML"),
        (TREES.encode("cp1252"), "n’est pas en UTF-8"),
        ("", "le fichier est vide"),
        ("# rien\n", "le fichier est vide"),
        ("- une liste\n", "ne commence pas par des mots-clés"),
    ],
)
def test_a_file_that_is_no_yaml_is_told(scenario, content, told):
    scenario.write(SOURCE, content)
    message = refusal(scenario)
    assert "arbres.yaml" in message
    assert told in message


def test_a_file_name_that_cannot_be_a_table_is_refused(scenario):
    scenario.write("sources/Arbres-2.yaml", TREES)
    assert "le nom du fichier" in refusal(scenario)


@pytest.mark.parametrize(
    ("other", "files"),
    [
        ("sources/communes.yaml", ("assets/sources/communes.yaml", "territoire/sources/communes.")),
        ("sources/arbres.yml", ("arbres.yaml", "arbres.yml")),
    ],
)
def test_two_sources_with_one_name_are_refused_with_both_files(scenario, other, files):
    scenario.write(other, TREES)
    message = refusal(scenario)
    assert "Deux fichiers déclarent la table « sources." in message
    assert all(file in message for file in files)


def test_a_source_may_bear_the_name_of_another_profiles(scenario):
    ours = re.sub(r"^profiles: .*\n", "", TREES, flags=re.MULTILINE)
    scenario.write("sources/eco2mix_regional.yaml", f"profiles: [essai]\n{ours}")
    catalogue = scenario.platform().catalogue
    assert catalogue.named("eco2mix_regional").path.is_relative_to(scenario.folder)
    shipped = [table for table in catalogue.elsewhere if table.name == "eco2mix_regional"]
    assert [table.contract.profiles for table in shipped] == [["angers"]]


CURATED_FAULTS = {
    "an unknown table": (
        "from sources.arbres",
        "from sources.arbre",
        "la table « sources.arbre » n’existe pas ; le mot le plus proche est « sources.arbres »",
    ),
    "a table without its schema": (
        "from sources.arbres",
        "from arbres",
        "la requête lit « arbres »",
    ),
    "an undeclared schema": (
        "from sources.arbres",
        "from quality.results",
        "la requête lit « quality.results »",
    ),
    "the quarantine": (
        "from sources.arbres",
        "from quarantine.arbres",
        "la requête lit « quarantine.arbres »",
    ),
    "a file by its name": ("from sources.arbres", "from '/etc/passwd'", "/etc/passwd"),
    "a file by a function": (
        "from sources.arbres",
        "from read_text('/etc/passwd')",
        "la fonction « read_text » n’est pas permise",
    ),
    "a file by a function in a subquery": (
        "count(*) as arbres",
        "(select count(*) from read_csv('/etc/passwd')) as arbres",
        "la fonction « read_csv » n’est pas permise",
    ),
    "two statements": ("order by essence", "order by essence; select 1", "une seule instruction"),
    "another statement than a select": (
        "order by essence",
        "order by essence; drop table sources.arbres",
        "arbres_par_essence.sql",
    ),
    "a query that cannot be parsed": ("group by essence", "group essence", "n’est pas lisible"),
    "no query": (TREES_PER_KIND.partition("--- */\n")[2], "", "arbres_par_essence.sql"),
    "no contract": ("/* ---\n", "/*\n", "commence par son contrat"),
    "a measure without a unit": (
        "unit: m,\n",
        "\n",
        "la colonne « hauteur_moyenne_m » est une mesure : il manque « unit »",
    ),
    "an address": ("theme:", "url: file:x.csv\ntheme:", "n’a pas d’adresse"),
    "itself": (
        "from sources.arbres",
        "from curated.arbres_par_essence",
        "curated.arbres_par_essence → curated.arbres_par_essence",
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), CURATED_FAULTS.values(), ids=CURATED_FAULTS)
def test_a_fault_in_a_curated_table_is_told_with_its_file(scenario, old, new, told):
    scenario.edit(CURATED, old, new)
    message = refusal(scenario)
    assert "arbres_par_essence.sql" in message
    assert told in message


def test_a_fault_in_the_front_matter_is_told_with_its_line_in_the_file(scenario):
    scenario.edit(CURATED, "grain: une ligne", "grian: une ligne")
    text = (scenario.folder / CURATED).read_text(encoding="utf-8")
    assert f"ligne {line_of(text, 'grian')} : « grian »" in refusal(scenario)


def test_two_curated_tables_that_read_each_other_are_told_as_a_circle(scenario):
    scenario.edit(CURATED, "from sources.arbres", "from curated.retour")
    scenario.write(
        "curated/retour.sql",
        TREES_PER_KIND.replace("from sources.arbres", "from curated.arbres_par_essence"),
    )
    message = refusal(scenario)
    circle = "curated.arbres_par_essence → curated.retour → curated.arbres_par_essence"
    assert circle in message
    assert "arbres_par_essence.sql" in message
    assert "retour.sql" in message


def test_an_unknown_profile_is_told_with_the_closest_one(scenario):
    settings = Settings(home=scenario.home, territory=scenario.folder, profile="esai")
    with pytest.raises(DeclarationError, match=r"« esai ».*« essai »"):
        run(Platform(settings))
    assert not scenario.home.path.exists()


def test_a_source_of_another_profile_cannot_be_referred_to(scenario):
    scenario.edit(CURATED, "profiles: [essai]", "profiles: [essai, demo]")
    settings = Settings(home=scenario.home, territory=scenario.folder, profile="demo")
    with pytest.raises(DeclarationError, match=r"sources\.arbres.* n’est pas dans ce profil"):
        run(Platform(settings))


def test_a_broken_contract_of_another_profile_stops_the_load_too(scenario):
    scenario.write(
        "sources/bancs.yaml", TREES.replace("[essai]", "[autre]").replace("grain:", "grian:")
    )
    assert "bancs.yaml" in refusal(scenario)


@pytest.mark.parametrize("name", ["absent", "absent.yaml", "sources"])
def test_a_territory_that_does_not_exist_is_told_with_the_variable(scenario, name):
    settings = Settings(home=scenario.home, territory=scenario.folder / name)
    with pytest.raises(DeclarationError, match="ARDOISE_TERRITORY"):
        run(Platform(settings))
    assert not scenario.home.path.exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('epci: "200000172"', "epci: 200000172", "mettez la valeur entre guillemets"),
        ('epci: "200000172"', 'epci: "2000"', "« epci » n’a pas la forme attendue"),
        ("legal_form: CC", "legal_form: XX", "« XX » n’est pas possible pour « legal_form »"),
        ("  iris: iris.csv", "  iris: quartiers.csv", "le fichier « quartiers.csv » n’existe pas"),
        ("contact:", "contacte:", "« contact »"),
        ("seat:", "siege:", "il manque « seat »"),
    ],
)
def test_a_fault_in_the_territory_is_told_with_its_file_and_line(scenario, old, new, told):
    scenario.edit("territory.yaml", old, new)
    message = refusal(scenario)
    text = (scenario.folder / "territory.yaml").read_text(encoding="utf-8")
    assert "territory.yaml" in message
    assert told in message
    assert "ligne" in message and (f"ligne {line_of(text, new)}" in message or "manque" in told)


def test_a_source_that_asks_for_an_unknown_extract_is_refused_with_the_closest_one(scenario):
    """Known as the load ends: an extract is a word of the declaration, not a file of the day."""
    scenario.edit(SOURCE, "url: file:../arbres.csv", "url: territory:comunes")
    message = refusal(scenario)
    assert "arbres.yaml" in message
    assert "communes" in message


@pytest.mark.slow
def test_a_broken_contract_never_makes_its_table_vanish(scenario):
    scenario.build("arbres")
    scenario.edit(SOURCE, "title: Arbres", "titel: Arbres")
    with pytest.raises(DeclarationError):
        _ = scenario.platform().catalogue
    scenario.edit(SOURCE, "titel: Arbres", "title: Arbres")
    assert "sources.arbres" in Catalogue(scenario.platform().territory).tables
    assert scenario.query("select count(*) from sources.arbres") == [(3,)]


def test_a_folder_in_the_place_of_a_source_is_told_in_french(scenario):
    (scenario.folder / "arbres.csv").unlink()
    (scenario.folder / "arbres.csv").mkdir()
    outcome = scenario.build("arbres")
    assert "c’est un dossier" in outcome.message


@pytest.mark.slow
def test_a_range_of_years_is_told_in_years(scenario):
    year = (
        "  - {name: annee, type: year, optional: true, title: Année, description: Année.,\n"
        '     example: "2024", constraints: {minimum: 2008, maximum: 2100}}\n'
    )
    scenario.edit("sources/arbres.yaml", "key: [id_arbre]", f"{year}key: [id_arbre]")
    sentences = [verdict.rule.sentence for verdict in scenario.build("arbres").verdicts]
    assert "« Année » : entre 2008 et 2100" in sentences


def test_a_file_nobody_would_read_is_told(scenario):
    scenario.write("sources/platanes.YAML", "title: Platanes")
    message = refusal(scenario)
    assert "platanes.YAML" in message
    assert "Renommez-le" in message
