"""Faults F of reference/faults.md that open data may cause: F11, F13, F14 and F19.

Each test is named after its fault, and goes through the builder: what is asked is
what reaches the published files. How cells are chosen is in `test_disclosure`, the words in
`test_disclosure_words`.
"""

import duckdb
import pytest

from assets.publication import publish_for_analysts
from assets.table import Builder, Run
from resources.energy import Meter
from resources.errors import DeclarationError
from resources.platform_tables import PLATFORM_TABLES
from resources.recovery import recall_history
from tests.scenario import Scenario

pytestmark = pytest.mark.slow

HELPED = """\
title: Aides versées
description: Une aide par ménage.
publisher: Service social
license: etalab-2.0
theme: relation aux habitants
grain: une ligne par aide
profiles: [essai]
url: file:../aides.csv
dialect: {delimiter: ";"}
cadence: mensuelle
synthetic: true
columns:
  - {name: menage, description: Numéro du ménage., example: M1, personal_data: indirect,
     constraints: {required: true}}
  - {name: quartier, description: Quartier., example: Nord, constraints: {required: true}}
  - {name: motif, description: Motif., example: loyer, constraints: {required: true}}
  - {name: montant_eur, type: number, unit: euros, description: Montant., example: "120",
     constraints: {required: true, minimum: 0}}
protection: {personal_data: indirect, register: aides}
access: restricted
retention: {keep: 2 years, reason: suivi des aides}
budget: {downloaded_mb: 1, stored_mb: 2, cpu_s: 60}
"""
AIDS = """\
/* ---
title: Ménages aidés par quartier et motif
description: Ménages aidés et montants versés.
theme: relation aux habitants
grain: une ligne par quartier et motif
profiles: [essai]
columns:
  - {name: quartier, lowered: &seul {by: aggregation, reason: une cellule compte des ménages},
     description: Quartier., example: Nord, constraints: {required: true}}
  - {name: motif, lowered: *seul,
     description: Motif., example: loyer, constraints: {required: true}}
  - {name: menages, type: integer, lowered: *seul,
     description: Ménages aidés., example: "12"}
  - {name: montant_eur, type: number, unit: euros, lowered: *seul,
     description: Montant versé., example: "1200"}
  - {name: masque, type: boolean, description: Vrai quand la cellule est masquée., example: "false",
     constraints: {required: true}}
key: [quartier, motif]
DISCLOSURE
access: open
retention: {keep: 2 years, reason: suivi des aides}
budget: {stored_mb: 2, cpu_s: 60}
--- */
select
    quartier,
    motif,
    count(distinct menage) as menages,
    sum(montant_eur) as montant_eur,
    max(montant_eur) as plus_forte_eur
from sources.aides
group by quartier, motif
order by quartier, motif
"""
HOUSEHOLDS = """\
disclosure:
  unit: households
  dimensions: [quartier, motif]
  margins: [[quartier], [motif]]
  cells: [{count: menages, sums: {montant_eur: plus_forte_eur}, marker: masque}]"""
COMPANIES = """\
disclosure:
  unit: companies
  dimensions: [quartier, motif]
  cells: [{count: menages, sums: {montant_eur: plus_forte_eur}, marker: masque}]"""
CELLS = {
    ("Nord", "loyer"): 20, ("Nord", "énergie"): 7, ("Nord", "santé"): 25,
    ("Sud", "loyer"): 30, ("Sud", "énergie"): 40, ("Sud", "santé"): 12,
    ("Est", "loyer"): 15, ("Est", "énergie"): 18, ("Est", "santé"): 21,
}  # fmt: skip


def aids(cells: dict[tuple[str, str], int]) -> str:
    lines = ["menage;quartier;motif;montant_eur"]
    for (place, why), many in cells.items():
        lines += [f"M-{place}-{why}-{number};{place};{why};100" for number in range(many)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    made = Scenario(tmp_path)
    made.register("aides")
    made.write("sources/aides.yaml", HELPED)
    made.write("aides.csv", aids(CELLS))
    return made


def published(scenario: Scenario, disclosure: str) -> dict[tuple[str, str], int | None]:
    """The counts an analyst reads, after the whole chain."""
    scenario.write("curated/menages_aides.sql", AIDS.replace("DISCLOSURE", disclosure))
    outcome = build(scenario)
    assert outcome.state == "published", outcome.message
    platform = scenario.platform()
    with platform.warehouse.writing() as connection:
        publish_for_analysts(connection, platform)
    with duckdb.connect(platform.analyst_file, read_only=True) as analyst:
        rows = analyst.execute("select quartier, motif, menages from curated.menages_aides")
        return {(place, why): many for place, why, many in rows.fetchall()}


def build(scenario: Scenario):
    platform = scenario.platform()
    builder = Builder(platform, Run("essai", Meter()))
    for name in ("sources.aides", "curated.menages_aides"):
        outcome = builder.build(platform.catalogue.named(name))
    return outcome


def test_f11_a_cell_of_7_households_is_hidden_and_no_margin_gives_it_back(scenario):
    shown = published(scenario, HOUSEHOLDS)
    assert shown["Nord", "énergie"] is None
    hidden = {cell for cell, many in shown.items() if many is None}
    # In its row and its column at least one other is hidden, and theirs too: a whole circuit.
    for axis in (0, 1):
        for line in {cell[axis] for cell in hidden}:
            assert len([cell for cell in hidden if cell[axis] == line]) >= 2
    # The totals of the hidden cells allow it every number from 1 to the threshold at least.
    room = min(
        sum(CELLS[cell] for cell in hidden if cell[axis] == ("Nord", "énergie")[axis])
        for axis in (0, 1)
    )
    assert room - 1 >= 11
    assert {cell: many for cell, many in shown.items() if many} == {
        cell: many for cell, many in CELLS.items() if cell not in hidden
    }


def test_f11_what_is_hidden_is_told_in_the_protection_of_the_table_without_a_value(scenario):
    published(scenario, HOUSEHOLDS)
    sentence, observed, passed = scenario.query(
        "select sentence, observed, passed from quality.results "
        "where table_name = 'curated.menages_aides' and dimension = 'protection' "
        "and rule = 'menages.secret'"
    )[0]
    assert passed
    assert "au moins 11 ménages" in sentence
    # Of four cells, how many are small would tell which.
    assert observed.replace("\u00a0", " ") == "4 cellules masquées sur 9 (44,4 %)"


def test_f11_nothing_of_a_hidden_cell_stays_in_the_warehouse_table(scenario):
    published(scenario, HOUSEHOLDS)
    columns = scenario.query("describe curated.menages_aides")
    assert [name for name, *_ in columns] == [
        "quartier", "motif", "menages", "montant_eur", "masque",
    ]  # fmt: skip
    assert scenario.query(
        "select count(*) from curated.menages_aides "
        "where masque and (menages is not null or montant_eur is not null)"
    ) == [(0,)]


def test_f11_a_table_that_no_hiding_protects_is_refused_and_the_former_stays(scenario):
    published(scenario, HOUSEHOLDS)
    scenario.edit("curated/menages_aides.sql", "margins: [[quartier], [motif]]", "margins: [[]]")
    scenario.write("aides.csv", aids({("Nord", "loyer"): 10, ("Sud", "loyer"): 1}))
    outcome = build(scenario)
    assert outcome.state == "refused"
    assert "[SECRET_SECONDAIRE]" in outcome.message
    assert "Retirez une marge, ou regroupez des modalités" in outcome.message
    assert scenario.query("select count(*) from curated.menages_aides") == [(9,)]


def test_f13_a_business_that_makes_90_percent_of_a_cell_hides_it(scenario):
    lines = ["menage;quartier;motif;montant_eur"]
    lines += [f"A{n};Nord;loyer;{900 if n == 0 else 25}" for n in range(5)]
    lines += [f"B{n};Sud;loyer;{800 if n == 0 else 50}" for n in range(5)]
    lines += [f"C{n};Est;loyer;10" for n in range(2)]
    scenario.write("aides.csv", "\n".join(lines) + "\n")
    shown = published(scenario, COMPANIES)
    assert shown == {("Nord", "loyer"): None, ("Sud", "loyer"): 5, ("Est", "loyer"): None}


def test_f13_the_largest_share_is_never_kept(scenario):
    published(scenario, COMPANIES)
    found = scenario.query(
        "select count(*) from duckdb_columns() where column_name = 'plus_forte_eur'"
    )
    assert found == [(0,)]


ROWS = """\
/* ---
title: Aides anonymes
description: Une aide par ligne, sans nom.
theme: relation aux habitants
grain: une ligne par aide
profiles: [essai]
columns:
  - {name: quartier, description: Quartier., example: Nord, constraints: {required: true}}
  - {name: naissance, type: date, description: Date de naissance., example: "1980-01-01"}
  - {name: motif, description: Motif., example: loyer, constraints: {required: true}}
disclosure: {unit: persons, quasi_identifiers: [quartier, naissance], sensitive: [motif]}
access: open
retention: {keep: 2 years, reason: suivi des aides}
budget: {stored_mb: 2, cpu_s: 60}
--- */
select
    quartier,
    NAISSANCE as naissance,
    motif
from sources.aides
"""
# The year alone: a whole date of birth is personal by itself (`checks.protection`).
GENERATION = (
    ROWS.replace("type: date, description: Date de naissance., example: \"1980-01-01\"",
                 "type: year, description: Génération., example: \"1950\"")
    .replace("NAISSANCE", "1950").replace("naissance", "generation")
)  # fmt: skip
ALONE = "date '1950-01-01' + (row_number() over ())::integer"


def test_f14_rows_that_are_unique_by_their_quasi_identifiers_are_refused(scenario):
    scenario.write("curated/menages_aides.sql", ROWS.replace("NAISSANCE", ALONE))
    outcome = build(scenario)
    assert outcome.state == "refused"
    assert "[K_ANONYMAT]" in outcome.message
    assert "la plus petite en compte 1" in outcome.message
    assert "1950" not in outcome.message


def test_f14_rows_that_look_alike_enough_are_published(scenario):
    scenario.write("curated/menages_aides.sql", GENERATION)
    outcome = build(scenario)
    assert outcome.state == "published", outcome.message


def test_f14_a_group_of_one_sensitive_value_is_refused(scenario):
    scenario.write(
        "aides.csv", aids({("Nord", "loyer"): 20, ("Sud", "loyer"): 20, ("Sud", "santé"): 9})
    )
    scenario.write("curated/menages_aides.sql", GENERATION)
    outcome = build(scenario)
    assert outcome.state == "refused"
    assert "[L_DIVERSITE]" in outcome.message


def test_f19_only_aggregates_exist_in_what_is_published(scenario):
    published(scenario, HOUSEHOLDS)
    platform = scenario.platform()
    with duckdb.connect(platform.analyst_file, read_only=True) as analyst:
        tables = {
            f"{schema}.{name}"
            for schema, name in analyst.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
        }
        columns = {
            name
            for (name,) in analyst.execute("select column_name from duckdb_columns()").fetchall()
        }
    assert "curated.menages_aides" in tables
    assert "sources.aides" not in tables
    assert "quality.released" not in tables
    assert "menage" not in columns
    for file in platform.home.published.rglob("*"):
        if file.is_file():
            assert b"M-Nord-" not in file.read_bytes(), file.name


def test_f19_an_open_table_of_personal_data_that_says_nothing_refuses_to_load(scenario):
    scenario.write("curated/menages_aides.sql", AIDS.replace("DISCLOSURE\n", ""))
    with pytest.raises(DeclarationError) as refusal:
        scenario.platform().catalogue  # noqa: B018
    told = str(refusal.value)
    assert "menages_aides.sql" in told
    assert "lit des données personnelles (« sources.aides »)" in told
    assert "Ajoutez « disclosure »" in told


def test_f11_a_warehouse_that_forgot_its_releases_says_so(scenario):
    published(scenario, HOUSEHOLDS)
    with scenario.platform().warehouse.writing() as connection:
        connection.execute("delete from quality.released")
    scenario.edit("curated/menages_aides.sql", "Ménages aidés et montants versés.", "Autrement.")
    outcome = build(scenario)
    assert outcome.state == "published"
    told = [verdict.rule.name for verdict in outcome.warnings]
    assert "diffusions" in told


def test_f11_a_version_that_differs_by_one_household_says_that_the_difference_tells_of_it(scenario):
    published(scenario, HOUSEHOLDS)
    scenario.write("aides.csv", aids(CELLS | {("Est", "santé"): 22, ("Sud", "énergie"): 41}))
    outcome = build(scenario)
    assert outcome.state == "published"
    (told,) = (one for one in outcome.warnings if one.rule.name == "menages.ecarts")
    assert "Publiez moins souvent" in str(told.observed)


def beside(scenario: Scenario, dimension: str, disclosure: str) -> None:
    """Two open tables that count the same households."""
    scenario.write("curated/menages_aides.sql", AIDS.replace("DISCLOSURE", HOUSEHOLDS))
    other = AIDS.replace("DISCLOSURE", disclosure).replace("motif", dimension)
    scenario.write("curated/menages_par_autre.sql", other)


def test_f11_two_tables_of_the_same_households_must_know_the_totals_each_gives(scenario):
    known = "margins: [[quartier]]"
    beside(scenario, "canal", HOUSEHOLDS.replace("margins: [[quartier], [motif]]", known))
    assert scenario.platform().catalogue.named("menages_par_autre")
    beside(scenario, "canal", HOUSEHOLDS.replace("margins: [[quartier], [motif]]", "margins: []"))
    with pytest.raises(DeclarationError, match=r"Ajoutez \[quartier\] à « margins »"):
        scenario.platform().catalogue  # noqa: B018


def test_f11_a_table_that_another_gives_back_cell_by_cell_refuses_to_load(scenario):
    beside(scenario, "motif", HOUSEHOLDS)
    with pytest.raises(DeclarationError, match="chaque cellule est un total de"):
        scenario.platform().catalogue  # noqa: B018


def test_f11_a_warehouse_made_again_takes_its_releases_back_from_the_former(scenario):
    published(scenario, HOUSEHOLDS)
    with duckdb.connect() as connection:
        for schema in ("quality", "sobriety"):
            connection.execute(f"create schema {schema}")
        connection.execute(PLATFORM_TABLES)
        connection.execute(f"attach '{scenario.home.warehouse}' as former (read_only)")
        recall_history(connection, scenario.platform().journal, ["former"])
        found = connection.execute("select count(*), count(seal) from quality.released")
        assert found.fetchall() == [(18, 8)]  # two columns of nine cells, four of them hidden
