"""The contracts of real sources, each tried on a file of its real layout with its real traps.

Files of `tests/angers` are a few rows written in the layout of each publisher; the others are the
publishers' own, in `../shared/data`. What each must give is in one table, counted exactly.
"""

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.catalogue import Catalogue
from assets.decoding.stage import stage_source
from assets.platform import Platform
from checks.contract import Contract
from resources.settings import Home, Settings
from tests.shared import SHARED, needs_shared

HERE = Path(__file__).parent / "angers"
# Source: rows published, rows set aside by reason.
EXPECTED = {
    "adresses": (2, {"id_adresse:CLE_EN_CONFLIT": 2, "longitude:MANQUANT": 1}),
    "bornes_recharge": (
        2,
        {"id_point:DOUBLON": 1, "position:HORS_BORNES": 1, "puissance_kw:HORS_BORNES": 1},
    ),
    "calendrier_collecte": (3, {"id_secteur:DOUBLON": 1, "date_collecte:DATE": 1}),
    "communes_membres": (2, {}),
    "comptes_communes": (3, {"siren:FORMAT": 1}),
    "consommation_electrique": (
        4,
        {
            "annee:DOUBLON": 1,
            "code_commune:REFERENCE": 1,
            "code_grand_secteur:HORS_LISTE": 1,
        },
    ),
    "deliberations": (
        3,
        {"date_transmission:INCOHERENT": 1, "votants:INCOHERENT": 1},
    ),
    "dpe_logements": (
        2,
        {"classe_energie:HORS_LISTE": 1, "energie_primaire_kwh_m2:HORS_BORNES": 1},
    ),
    "eco2mix_regional": (3, {"consommation_mw:MANQUANT": 2, "code_region:HORS_LISTE": 1}),
    "equipements_sportifs": (3, {"activite:MANQUANT": 1}),
    "etablissements_sirene": (2, {"siret:FORMAT": 1}),
    "logements_iris": (3, {}),
    "marches_publics": (
        2,
        {
            "siret_acheteur:DOUBLON": 1,
            "date_notification:HORS_BORNES": 1,
            "duree_mois:HORS_BORNES": 1,
            "montant_eur:HORS_BORNES": 1,
        },
    ),
    "parkings_velos": (2, {"places:HORS_BORNES": 1}),
    "permis_logements": (2, {"date_autorisation:DATE": 1, "etat:HORS_LISTE": 1}),
    "populations_reference": (4, {"habitants:MANQUANT": 1}),
    "qualite_air": (2, {"indice:MANQUANT": 1}),
    "subventions_versees": (
        2,
        {"id_beneficiaire:MANQUANT": 1, "montant_eur:TYPE": 1},
    ),
    "ventes_immobilieres": (3, {"id_mutation:DOUBLON": 1, "date_vente:DATE": 1}),
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory) -> Catalogue:
    home = Home(tmp_path_factory.mktemp("angers"))
    return Platform(Settings(home=home, profile="angers")).catalogue


@pytest.fixture(scope="module")
def connection(catalogue) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the communes of the territory, which other sources refer to."""
    with duckdb.connect() as connection:
        connection.execute("create schema sources; create schema quarantine")
        extract = catalogue.territory.extract("communes")
        connection.execute(
            "create table sources.communes as select code_commune from "
            f"read_csv('{extract}', all_varchar = true)"
        )
        yield connection


def judged(
    connection, catalogue, name: str, file: Path, work: Path, delimiter: str | None = None
) -> tuple[int, dict[str, int]]:
    contract = catalogue.named(f"sources.{name}").contract
    if delimiter:
        dialect = contract.dialect.model_copy(update={"delimiter": delimiter})
        contract = contract.model_copy(update={"dialect": dialect})
    file = packed(contract, file, work)
    staged = stage_source(connection, name, contract, file, work)
    return staged.rows, dict(staged.reasons)


def packed(contract: Contract, file: Path, work: Path) -> Path:
    """The file as its publisher sends it: in an archive, gzipped, or in Parquet."""
    if contract.member:
        archive = work / "recu.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            zipped.write(file, contract.member)
        return archive
    if contract.url.endswith(".gz"):
        packed = work / "recu.csv.gz"
        packed.write_bytes(gzip.compress(file.read_bytes()))
        return packed
    if contract.format == "parquet":
        parquet = work / "recu.parquet"
        duckdb.execute(
            f"copy (from read_csv('{file}', all_varchar = true)) to '{parquet}' (format parquet)"
        )
        return parquet
    return file


@pytest.mark.parametrize("name", EXPECTED)
def test_each_source_publishes_and_sets_aside_what_its_file_deserves(
    connection, catalogue, tmp_path, name
):
    (file,) = HERE.glob(f"{name}.*")
    assert judged(connection, catalogue, name, file, tmp_path) == EXPECTED[name]


REAL = {
    "communes_france": ("cog/insee_v_commune_2026.csv", (37_496, {})),
    "ventes_immobilieres": (
        "dvf/dvf_geoloc_sample_33_2021.csv",
        (159, {"id_mutation:DOUBLON": 5}),
    ),
    # An export of when titles had accents, shuffled, with a column of ranks without a name.
    "dpe_logements": ("dpe/dpe-v2-sample_69.csv", (1_000, {})),
    # A file of 1984: closed establishments, outside the territory and with the old activity codes.
    "etablissements_sirene": (
        "sirene/sample_etablissements_OK.csv",
        (0, {"code_commune:MANQUANT": 3}),
    ),
    "bornes_recharge": ("irve/exemple-valide-statique.csv", (2, {})),
}


@needs_shared
@pytest.mark.parametrize("name", REAL)
def test_each_source_reads_its_publisher_s_own_file(connection, catalogue, tmp_path, name):
    file, expected = REAL[name]
    delimiter = {"dpe_logements": ";"}.get(name)
    assert judged(connection, catalogue, name, SHARED / file, tmp_path, delimiter) == expected
