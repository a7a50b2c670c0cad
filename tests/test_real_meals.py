"""Real files of `../shared/data` in CSV and Parquet: school meals, départements, energy, companies.

A contract here asks what an authority would; the counts were found by reading the files otherwise.
"""

import pytest

from resources.errors import SourceError
from tests.decoded import column, contract, decode
from tests.test_real_files import DATA, INSEE, required

CANTEENS = DATA / "cantines"
KIND = required("type_site", **{"from": "site_type"}, constraints={"enum": ["M", "E", "M/E"]})
MEALS = contract(
    required("site", **{"from": "site_nom"}),
    KIND,
    required("jour", **{"from": "date"}, type="date", constraints={"minimum": "2011-01-01"}),
    column("repas_prevus", **{"from": "prevision"}, type="integer", constraints={"minimum": 0}),
    column("repas_servis", **{"from": "reel"}, type="integer", constraints={"minimum": 0}),
    missingValues=["", "NA"],
    key=["site", "type_site", "jour"],
)


@pytest.mark.slow
def test_eight_years_of_school_meals_of_nantes():
    decoded = decode(CANTEENS / "raw/frequentation.csv", MEALS)
    assert decoded.counts == {"published": 94_633}
    # « NA » is a count that nobody took, never zero.
    assert sum(row[3] is None for row in decoded.rows) == 3_962
    assert sum(row[4] is None for row in decoded.rows) == 3_949


@pytest.mark.slow
def test_school_meals_whose_missing_counts_are_not_declared():
    undeclared = MEALS.model_copy(update={"missing_values": [""]})
    decoded = decode(CANTEENS / "raw/frequentation.csv", undeclared)
    aside = {reason: count for reason, count in decoded.counts.items() if reason != "published"}
    assert sum(aside.values()) + decoded.counts["published"] == 94_633
    assert set(aside) == {"repas_prevus:TYPE", "repas_servis:TYPE"}
    assert aside["repas_prevus:TYPE"] == 3_962  # the first reason of a row that has two


@pytest.mark.slow
def test_school_meals_told_by_site_and_day_alone():
    # A kitchen for both kinds of school has two lines a day: 11 775 lines would share a key.
    loose = MEALS.model_copy(update={"key": ["site", "jour"]})
    assert decode(CANTEENS / "raw/frequentation.csv", loose).counts == {
        "published": 94_633 - 11_775,
        "site:CLE_EN_CONFLIT": 11_775,
    }


@pytest.mark.parametrize(
    ("file", "columns", "key", "counts"),
    [
        (
            "raw/cantines.csv",
            ["cantine_nom", "cantine_type", "secteur"],
            ["cantine_nom"],
            {"published": 87},
        ),
        (
            "raw/effectifs.csv",
            ["ecole", "annee_scolaire", "effectif"],
            ["ecole", "annee_scolaire"],
            {"published": 6},
        ),
        (
            "mappings/mapping_ecoles_cantines.csv",
            ["ecole", "cantine_nom", "cantine_type"],
            ["ecole"],
            {"published": 121},
        ),
        (
            "mappings/mapping_frequentation_cantines.csv",
            ["site_nom", "site_type", "cantine_nom", "cantine_type"],
            ["site_nom", "site_type"],
            {"published": 116, "cantine_nom:MANQUANT": 5},
        ),
    ],
)
def test_the_tables_around_the_meals(file, columns, key, counts):
    words = contract(*(required(name) for name in columns), key=key)
    assert decode(CANTEENS / file, words).counts == counts


def test_the_menus_of_a_year_and_the_ranks_written_twice():
    menus = contract(
        required("jour", **{"from": "date"}, type="date", format="%d/%m/%Y"),
        required("rang", type="integer", constraints={"minimum": 1}),
        required("plat"),
        key=["jour", "rang"],
    )
    # Four dishes have rank 0; 26 ranks of a day are written twice or thrice, for other dishes.
    assert decode(CANTEENS / "raw/menus_tous.csv", menus).counts == {
        "published": 513 - 4 - 53,
        "rang:HORS_BORNES": 4,
        "jour:CLE_EN_CONFLIT": 53,
    }


def test_the_departements_of_france():
    words = contract(
        required("code", constraints={"pattern": r"^(\d{2}|2[AB]|9[78]\d)$"}),
        required("nom"),
        column("region"),
        format="json",
        key=["code"],
    )
    assert decode(DATA / "decoupage/departements.json", words).counts == {"published": 109}


def test_the_energy_of_each_commune_of_a_region():
    words = contract(
        required("code_commune", **{"from": "DEPCOM"}, constraints={"pattern": INSEE}),
        required("zone", **{"from": "Zone"}),
        required(
            "consommation_gwh", **{"from": "CONSO_GWH"}, type="number", constraints={"minimum": 0}
        ),
        column("part_renouvelable_pct", **{"from": "pourcent_enrr"}, type="number"),
        format="parquet",
        key=["code_commune"],
    )
    decoded = decode(DATA / "energie/carto_com_sans_geom.parquet", words)
    assert decoded.counts == {"published": 1_292}
    # More is produced there than used: not a fault of the file.
    assert sum(row[3] is not None and row[3] > 100 for row in decoded.rows) == 167


COMPANY = contract(
    required("siren", format="siren"),
    required("nic", constraints={"pattern": r"^\d{5}$"}),
    required("siret", format="siret"),
    key=["siret"],
)


def test_a_company_register_that_lacks_a_title_is_refused_and_names_it():
    good = decode(DATA / "sirene/sample_etablissements_OK.csv", COMPANY)
    assert sum(good.counts.values()) == 3
    with pytest.raises(SourceError) as refusal:
        decode(DATA / "sirene/sample_etablissements_KO_missing_header.csv", COMPANY)
    assert refusal.value.code == "SCHEMA"
    assert "« nic »" in str(refusal.value)


def test_the_persons_of_a_company_register_are_not_taken_unless_asked():
    words = contract(required("siren", format="siren"), required("etat", **{
        "from": "etatAdministratifUniteLegale"}), key=["siren"])  # fmt: skip
    decoded = decode(DATA / "sirene/sample_unites_legales_OK.csv", words)
    assert decoded.counts == {"published": 3}
    assert "prenom1UniteLegale" in decoded.extra
    assert all(len(row) == 2 for row in decoded.rows)
