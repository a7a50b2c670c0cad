"""Faults of family F that the register answers for: what is personal and not declared, or declared
and not complete, stops the load before anything runs.

One test at least per fault, named by its number in the list.
"""

import pytest

from resources.errors import DeclarationError
from tests.scenario import Scenario


@pytest.fixture
def scenario(tmp_path):
    """The trees, whose gardeners are named; the register does not know them yet."""
    found = Scenario(tmp_path)
    found.protected()
    found.edit(
        "sources/arbres.yaml",
        "    example: taillé\n",
        "    example: taillé\n    personal_data: direct\n",
    )
    found.edit(
        "sources/arbres.yaml",
        "access: open\n",
        "protection: {personal_data: direct, register: arbres}\naccess: restricted\n",
    )
    return found


def refusal(scenario: Scenario) -> str:
    """Why the declarations do not load."""
    with pytest.raises(DeclarationError) as error:
        scenario.platform().catalogue  # noqa: B018
    return str(error.value)


def test_f1_a_personal_column_without_a_register_entry_stops_the_load(scenario):
    told = refusal(scenario)
    assert "sources/arbres.yaml" in told
    assert "la colonne « remarque » est personnelle (directe)" in told
    assert "register/arbres.yaml" in told
    assert "purposes" in told and "recipients" in told and "retention" in told
    assert "Rien n’a été exécuté" in told


def test_f1_the_line_is_that_of_the_word_to_mend(scenario):
    lines = (scenario.folder / "sources/arbres.yaml").read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.startswith("protection:"))
    assert f"ligne {line} : " in refusal(scenario)


def test_f1_an_entry_of_nearly_the_same_name_is_proposed(scenario):
    scenario.register("arbre")
    assert "le mot le plus proche est « arbre »" in refusal(scenario)


def test_f1_several_personal_columns_are_named_and_the_rest_counted(scenario):
    for example in ("A-001", "tilleul", '"12,5"', "21/03/1998"):
        scenario.edit(
            "sources/arbres.yaml",
            f"    example: {example}\n",
            f"    example: {example}\n    personal_data: indirect\n",
        )
    told = refusal(scenario)
    assert "« id_arbre » (indirecte), « essence » (indirecte), « hauteur_m » (indirecte)" in told
    assert "2\u00a0autres" in told


def test_f1_the_table_of_another_profile_is_held_to_it_too(scenario):
    scenario.edit("sources/arbres.yaml", "profiles: [essai]", "profiles: [essai, autre]")
    scenario.edit("territory.yaml", "profile: essai", "profile: autre")
    assert "« remarque »" in refusal(scenario)


def test_f1_with_a_complete_entry_the_same_contract_loads(scenario):
    scenario.register("arbres")
    platform = scenario.platform()
    assert "sources.arbres" in platform.catalogue.tables
    assert platform.register["arbres"].dpo == "dpo@example.org"


@pytest.mark.parametrize("word", ["basis", "recipients", "retention", "purposes", "assessment"])
def test_f2_an_entry_without_one_of_its_words_stops_the_load(scenario, word):
    scenario.register("arbres", **{word: ""})
    told = refusal(scenario)
    assert "register/arbres.yaml" in told
    assert f"il manque « {word} », qui est obligatoire" in told


def test_f2_an_entry_that_nobody_receives_stops_the_load(scenario):
    scenario.register("arbres", recipients="{internal: []}")
    assert "aucun destinataire : nommez au moins le service" in refusal(scenario)


def test_f2_a_duration_in_words_is_not_one(scenario):
    scenario.register(
        "arbres",
        retention="{active: longtemps, final: destroy, starts: toujours, reference: aucune, "
        "validated_by: personne}",
    )
    assert "« active » attend un nombre et days, months ou years" in refusal(scenario)


def test_f2_a_base_of_law_that_does_not_exist_is_refused_with_the_choices(scenario):
    scenario.register("arbres", basis="{article_6: interet_public, justification: aucune}")
    told = refusal(scenario)
    assert "« interet_public » n’est pas possible pour « article_6 »" in told
    assert "public_task" in told


def test_f2_an_incomplete_entry_that_no_table_needs_stops_the_load_too(scenario):
    scenario.register("arbres")
    scenario.register("paie", retention="")
    assert "register/paie.yaml" in refusal(scenario)


def test_f2_an_entry_drafted_and_not_completed_stops_the_load(scenario):
    scenario.register("arbres", origin="À compléter", persons="[à compléter]")
    told = refusal(scenario)
    assert "« origin » est encore « à compléter »" in told
    assert "« persons » est encore « à compléter »" in told


def test_f2_a_table_may_not_keep_longer_than_its_processing(scenario):
    scenario.register(
        "arbres",
        retention="{active: 2 years, intermediate: 1 year, final: destroy, starts: la plantation, "
        "reference: instruction, validated_by: archiviste}",
    )
    told = refusal(scenario)
    assert "10 ans" in told
    assert "2 ans, puis 1 an en archivage intermédiaire" in told


def test_f15_a_nir_outside_the_decree_stops_the_load_and_names_the_dpo(scenario):
    scenario.edit("sources/arbres.yaml", "    personal_data: direct", "    personal_data: nir")
    scenario.register("arbres")
    told = refusal(scenario)
    assert "« remarque » est un numéro de sécurité sociale" in told
    assert "décret n° 2019-341" in told
    assert "dpo@example.org" in told


def test_f15_a_nir_within_the_decree_loads_once_it_is_said_everywhere(scenario):
    scenario.edit("sources/arbres.yaml", "    personal_data: direct", "    personal_data: nir")
    ground = "\nnir: {field: social_protection, reference: 'art. 2, A'}\n"
    scenario.register("arbres", origin="Le jardinier" + ground)
    told = refusal(scenario)
    assert "doit le dire (« nir »)" in told and "« sensitive_data »" in told
    scenario.register(
        "arbres",
        origin="Le jardinier" + ground,
        data="{nir: Numéro de sécurité sociale}",
        assessment="{criteria: [sensitive_data]}",
    )
    assert "sources.arbres" in scenario.platform().catalogue.tables


def test_a_sensitive_column_needs_the_condition_of_article_9_and_its_kind(scenario):
    scenario.edit(
        "sources/arbres.yaml", "    personal_data: direct", "    personal_data: sensitive"
    )
    scenario.register("arbres")
    told = refusal(scenario)
    assert "art. 9" in told and "special_categories" in told and "trade_union" in told
    scenario.register(
        "arbres",
        origin="Le jardinier\nspecial_categories:"
        " {condition: employment_and_social_protection, justification: Code du travail}\n",
        data="{trade_union: Adhésion}",
        assessment="{criteria: [sensitive_data]}",
    )
    assert "sources.arbres" in scenario.platform().catalogue.tables


def test_the_territory_says_a_shipped_processing_in_its_own_words(scenario):
    scenario.register("arbres")
    scenario.register("ventes_immobilieres")
    assert scenario.platform().register["ventes_immobilieres"].number == "T-900"
    assert scenario.platform().register["demandes_usagers"].number == "T-001"


def test_a_file_of_the_register_that_nobody_would_read_stops_the_load(scenario):
    scenario.register("arbres")
    scenario.write("register/paie.txt", "title: Paie")
    assert "ne serait lu par personne" in refusal(scenario)


PER_PERSON = """\
/* ---
title: Ce que note chacun
description: Remarques.
theme: aménagement
grain: une ligne par arbre
profiles: [essai]
columns:
  - {name: identifiant, title: Identifiant, description: Numéro., example: A-001}
  - {name: note, title: Note, description: Remarque., example: "–"}
  - {name: longueur, title: Longueur, type: integer, description: Longueur., example: "3"}
key: [identifiant]
access: internal
retention: {keep: 1 year, reason: essai}
budget: {stored_mb: 2, cpu_s: 60}
--- */
with notes as (select * from sources.arbres)  -- « select * » of which two columns are kept
select id_arbre as identifiant, upper(remarque) as note, length(remarque) as longueur from notes
"""


def test_a_column_computed_from_a_personal_one_is_personal(scenario):
    scenario.register("arbres")
    scenario.write("curated/notes.sql", PER_PERSON)
    told = refusal(scenario)
    assert "curated/notes.sql" in told
    assert "la colonne « note » vient de « sources.arbres.remarque »" in told
    assert "« longueur » vient de « sources.arbres.remarque »" in told
    assert "personal_data: direct" in told
    assert "« identifiant »" not in told


def test_a_declared_transformation_lowers_what_a_column_inherits(scenario):
    scenario.register("arbres")
    scenario.write("curated/notes.sql", PER_PERSON)
    scenario.edit("curated/notes.sql", "name: note,", "name: note, personal_data: direct,")
    scenario.edit(
        "curated/notes.sql",
        "name: longueur,",
        "name: longueur, lowered: {by: generalisation, reason: longueur sans contenu},",
    )
    scenario.edit(
        "curated/notes.sql",
        "access: internal",
        "access: restricted\nprotection: {personal_data: direct, register: arbres}",
    )
    assert "curated.notes" in scenario.platform().catalogue.tables


def test_what_is_only_compared_is_inherited_too(scenario):
    """A join on a name, a filter by it: whoever reads the result learns of the name."""
    scenario.register("arbres")
    scenario.edit(
        "curated/arbres_par_essence.sql",
        "from sources.arbres\n",
        "from sources.arbres\nwhere remarque is not null\n",
    )
    assert "« arbres » vient de « sources.arbres.remarque »" in refusal(scenario)


@pytest.mark.slow
def test_a_column_that_disclosure_counts_needs_no_other_reason(scenario):
    """Small cells are controlled one by one: it is the aggregation, declared and executed."""
    scenario.register("arbres")
    scenario.edit("curated/arbres_par_essence.sql", "count(*)", "count(distinct remarque)")
    assert "« arbres » vient de « sources.arbres.remarque »" in refusal(scenario)
    text = (scenario.folder / "curated/arbres_par_essence.sql").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("disclosure:"))
    scenario.edit(
        "curated/arbres_par_essence.sql",
        line,
        "disclosure: {unit: persons, dimensions: [essence], cells: [{count: arbres}]}",
    )
    assert "curated.arbres_par_essence" in scenario.platform().catalogue.tables


def test_nature_goes_down_every_step(scenario):
    scenario.register("arbres")
    scenario.write("curated/notes.sql", PER_PERSON)
    for word in ("note", "longueur"):
        scenario.edit(
            "curated/notes.sql", f"name: {word},", f"name: {word}, personal_data: direct,"
        )
    scenario.edit(
        "curated/notes.sql",
        "access: internal",
        "access: restricted\nprotection: {personal_data: direct, register: arbres}",
    )
    further = PER_PERSON.replace("sources.arbres", "curated.notes")
    further = further.replace("id_arbre as identifiant", "identifiant").replace("remarque", "note")
    scenario.write("curated/encore.sql", further.replace("as notes", "as encore"))
    assert "« note » vient de « curated.notes.note »" in refusal(scenario)


def test_a_query_that_cannot_be_planned_inherits_all_it_could_read(scenario):
    scenario.register("arbres")
    scenario.write(
        "curated/notes.sql", PER_PERSON.replace("id_arbre as ident", "inconnue as ident")
    )
    assert "« identifiant » vient de « sources.arbres.remarque »" in refusal(scenario)


def test_the_reason_for_lowering_is_not_for_a_source(scenario):
    scenario.register("arbres")
    scenario.edit(
        "sources/arbres.yaml",
        "    personal_data: direct\n",
        "    personal_data: direct\n    lowered: {by: selection, reason: parce que c’est ainsi}\n",
    )
    assert "« lowered » se dit d’une colonne calculée" in refusal(scenario)
