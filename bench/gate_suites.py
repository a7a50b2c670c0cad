"""The suites of the bench, one for each shape, in Great Expectations' own words.

Contestants translate them; none has a suite of its own. `in_reference` is the only word of ours:
each contestant holds the column to the table of communes by the means its documentation recommends.
"""

from typing import Any

Expectation = tuple[str, dict[str, Any]]
REFERENCE = "sources.communes.code_commune"
COMMUNE = r"^(?:(?:[0-9]{2}|2[AB])[0-9]{3})$"
POSTAL = r"^[0-9]{5}$"
PARCEL = r"^(?:[0-9]{2}|2[AB])[0-9]{3}[0-9]{3}[0-9A-Z]{2}[0-9]{4}$"
NATURES = ["Vente", "Adjudication", "Echange", "Vente terrain à bâtir"]
HOUSES = ["Maison", "Appartement", "Dépendance"]
DEPARTMENTS = [f"{n:02d}" for n in range(1, 96) if n != 20]
DEPARTMENTS += ["2A", "2B", "971", "972", "973", "974", "976"]
LAND = [
    "id_ligne id_mutation numero_ligne date_mutation nature_mutation valeur_fonciere",
    "adresse_numero adresse_nom_voie code_postal code_commune nom_commune code_departement",
    "id_parcelle nombre_lots type_local surface_reelle_bati nombre_pieces_principales",
    "surface_terrain longitude latitude date_publication",
]


def _of(column: str, expectation: str, **parameters: Any) -> Expectation:
    return f"expect_column_{expectation}", {"column": column, **parameters}


def _pair(first: str, second: str) -> Expectation:
    return "expect_column_pair_values_a_to_be_greater_than_b", {
        "column_A": first,
        "column_B": second,
        "or_equal": True,
        "ignore_row_if": "either_value_is_missing",
    }


ROWS: Expectation = ("expect_table_row_count_to_be_between", {"min_value": 1})

SUITES: dict[str, list[Expectation]] = {
    "mutations": [
        ROWS,
        ("expect_table_columns_to_match_set", {"column_set": " ".join(LAND).split()}),
        _of("id_ligne", "values_to_not_be_null"),
        _of("id_ligne", "values_to_be_unique"),
        _of("id_mutation", "values_to_not_be_null"),
        ("expect_compound_columns_to_be_unique", {"column_list": ["id_mutation", "numero_ligne"]}),
        _of("date_mutation", "values_to_not_be_null"),
        _of(
            "date_mutation", "values_to_be_between", min_value="2014-01-01", max_value="2026-12-31"
        ),
        _of("date_mutation", "max_to_be_between", min_value="2024-06-01"),
        _of("nature_mutation", "values_to_be_in_set", value_set=NATURES),
        _of("code_commune", "values_to_not_be_null"),
        _of("code_commune", "values_to_match_regex", regex=COMMUNE),
        _of("code_commune", "values_to_be_in_reference", reference=REFERENCE),
        _of("code_postal", "values_to_match_regex", regex=POSTAL),
        _of("code_departement", "values_to_be_in_set", value_set=DEPARTMENTS),
        _of("id_parcelle", "values_to_match_regex", regex=PARCEL),
        _of("id_parcelle", "value_lengths_to_equal", value=14),
        _of("valeur_fonciere", "values_to_be_between", min_value=0, max_value=1_000_000_000),
        _of("valeur_fonciere", "mean_to_be_between", min_value=50_000, max_value=1_000_000),
        _of("valeur_fonciere", "values_to_not_be_null", mostly=0.95),
        _of("longitude", "values_to_be_between", min_value=-63.5, max_value=56.0),
        _of("latitude", "values_to_be_between", min_value=-21.5, max_value=51.5),
        _of("type_local", "values_to_be_in_set", value_set=HOUSES),
        _of("nombre_pieces_principales", "values_to_be_between", min_value=0, max_value=100),
        _pair("date_publication", "date_mutation"),
        _of("nombre_lots", "values_to_not_be_null"),
    ],
    "releves": [
        ROWS,
        _of("id_message", "values_to_not_be_null"),
        _of("id_message", "values_to_be_unique"),
        _of("id_capteur", "values_to_not_be_null"),
        _of("id_capteur", "values_to_match_regex", regex="^C[0-9]{4}$"),
        _of("instant", "values_to_not_be_null"),
        ("expect_compound_columns_to_be_unique", {"column_list": ["id_capteur", "instant"]}),
        _of("instant", "values_to_be_between", min_value="2026-01-01", max_value="2030-12-31"),
        _of("temperature_c", "values_to_be_between", min_value=-50, max_value=60),
        _of("temperature_c", "mean_to_be_between", min_value=-20, max_value=40),
        _of("humidite_pct", "values_to_be_between", min_value=0, max_value=100),
        _of("humidite_pct", "values_to_not_be_null", mostly=0.9),
        _of("etat", "values_to_be_in_set", value_set=["ok", "faible", "maintenance"]),
        _of("tension_v", "values_to_be_between", min_value=0, max_value=4.2),
    ],
    "entreprises": [
        ROWS,
        _of("siren", "values_to_not_be_null"),
        _of("siren", "values_to_match_regex", regex="^[0-9]{9}$"),
        _of("siret", "values_to_not_be_null"),
        _of("siret", "values_to_be_unique"),
        _of("siret", "values_to_match_regex", regex="^[0-9]{14}$"),
        _of("denomination", "values_to_not_be_null"),
        _of("denomination", "value_lengths_to_be_between", max_value=120),
        _of("enseigne", "value_lengths_to_be_between", max_value=120),
        _of("code_commune", "values_to_match_regex", regex=COMMUNE),
        _of("code_commune", "values_to_be_in_reference", reference=REFERENCE),
        _of("code_postal", "values_to_match_regex", regex="^[0-9AB]{5}$"),
        _of("activite", "values_to_match_regex", regex=r"^[0-9]{2}\.[0-9]{2}[A-Z]$"),
        _of("etat", "values_to_be_in_set", value_set=["A", "F"]),
        _of("courriel", "values_to_match_regex", regex=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
        _of("telephone", "values_to_match_regex", regex=r"^0[1-9][0-9]{8}$"),
        _of("date_creation", "values_to_match_regex", regex=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        _of("tranche_effectif", "values_to_match_regex", regex="^[0-9]{2}$"),
        *(_of(f"champ_{n}", "values_to_not_be_null", mostly=0.01) for n in range(12, 20)),
        *(_of(f"champ_{n}", "value_lengths_to_be_between", max_value=80) for n in range(20, 24)),
    ],
}

# How many rows each rule of a suite, by its place, found unexpected; None when not about rows.
Counts = dict[int, int | None]
