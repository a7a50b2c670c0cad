"""Real files of `../shared/data` in JSON, XLSX, Parquet and ZIP: what is published of each.

A contract here asks what an authority would; the counts were found by reading the files otherwise.
"""

import datetime as dt
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from checks.contract import Contract
from resources.errors import SourceError
from tests.decoded import column, contract, decode

DATA = Path(__file__).parent.parent.parent / "shared/data"
INSEE = r"^([013-9]\d|2[AB1-9])\d{3}$"
KEPT = {"quarantine": {"max_pct": 100}}


def required(name: str, **words: Any) -> dict[str, Any]:
    return column(name, constraints={"required": True, **words.pop("constraints", {})}, **words)


COMMUNES = contract(
    required("code_commune", **{"from": "code"}, constraints={"pattern": INSEE}),
    required("nom"),
    required("type"),
    column("siren", format="siren"),
    column("codes_postaux", **{"from": "codesPostaux"}),
    required("population", type="integer", constraints={"minimum": 1}),
    format="json",
    key=["code_commune", "type"],
)


@pytest.mark.slow
def test_the_communes_of_france():
    decoded = decode(DATA / "decoupage/communes.json", COMMUNES)
    # 35 008 of 37 590 have a population, six of them 0.
    assert decoded.counts == {
        "published": 35_002,
        "population:MANQUANT": 2_582,
        "population:HORS_BORNES": 6,
    }
    assert decoded.extra == [
        *("typeLiaison", "zone", "arrondissement", "departement", "region", "rangChefLieu"),
        *("anciensCodes", "chefLieu", "commune"),
    ]
    assert decoded.rows[0] == (
        "01001", "L'Abergement-Clémenciat", "commune-actuelle", "210100012", '["01400"]', 860,
    )  # fmt: skip


@pytest.mark.slow
def test_the_communes_of_france_by_their_code_alone():
    words = COMMUNES.model_dump(by_alias=True, exclude_unset=True)
    held = Contract.model_validate(words | {"key": ["code_commune"]})
    # A code stands for a commune and for the delegated commune that keeps it.
    assert decode(DATA / "decoupage/communes.json", held).counts["published"] == 35_002


EPCI = contract(
    required("siren", **{"from": "code"}, format="siren"),
    required("nom"),
    required("type", constraints={"enum": ["CC", "CA", "CU", "METRO", "MET69"]}),
    required("population", **{"from": "populationMunicipale"}, type="integer"),
    required("premier_membre", **{"from": "membres.0.code"}, constraints={"pattern": INSEE}),
    required("membres"),
    format="json",
    key=["siren"],
)


@pytest.mark.slow
def test_the_intercommunalities_of_france_and_their_members():
    decoded = decode(DATA / "decoupage/epci.json", EPCI)
    assert decoded.counts == {"published": 1_255}
    angers = next(row for row in decoded.rows if row[0] == "244900015")
    assert (angers[2], len(json.loads(angers[5]))) == ("CU", 29)
    assert sum(len(json.loads(row[5])) for row in decoded.rows) == 34_871


@pytest.mark.parametrize(("name", "rows"), [("departements", 109), ("regions", 26)])
def test_the_departements_and_regions_of_france(name, rows):
    held = contract(required("code"), required("nom"), required("zone"), format="json")
    decoded = decode(DATA / f"decoupage/{name}.json", held)
    assert decoded.counts == {"published": rows}
    assert decoded.rows[0][0] == "01"


# Public procurement

MARKET = (
    required("id"),
    required("acheteur", **{"from": "acheteur.id"}, format="siret"),
    required("montant", type="number", constraints={"minimum": 1}),
    required("date_notification", **{"from": "dateNotification"}, type="date"),
    column("code_lieu", **{"from": "lieuExecution.code"}),
    column("titulaires"),
)
OLD = contract(*MARKET, column("modifications"), format="json", records="marches")


@pytest.mark.parametrize("file", sorted((DATA / "decp/decp-rama_tests").glob("*.json")), ids=str)
def test_a_market_of_the_2019_form(file):
    decoded = decode(file, OLD)
    assert decoded.counts == {"published": 1}
    row = decoded.rows[0]
    assert row[1:3] == ("20001318300021", 80_000)
    said = json.loads(file.read_bytes())["marches"][0]
    assert json.loads(row[5]) == said["titulaires"]
    assert json.loads(row[6]) == said["modifications"]


NEW = contract(*MARKET, format="json", records="marches.marche", **KEPT)
CONCESSIONS = contract(
    required("id"),
    required("autorite", **{"from": "autoriteConcedante.id"}, format="siret"),
    required("valeur", **{"from": "valeurGlobale"}, type="number"),
    column("titulaire", **{"from": "concessionnaires.0.concessionnaire.id"}, format="siret"),
    format="json",
    records="marches.contrat-concession",
    **KEPT,
)


def test_the_official_examples_of_markets():
    for name in ("marches_avec_modifications", "marches_concessions"):
        decoded = decode(DATA / f"decp/exemples_139bercy/{name}.json", NEW)
        # The first buyer's SIRET does not follow its key.
        assert decoded.counts == {"published": 1, "acheteur:FORMAT": 1}
        assert decoded.rows[0][:5] == (
            "TEST2022Bis", "21750001630040", 575_000, dt.date(2024, 5, 15), "75000",
        )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["concessions", "concessions_avec_modifications", "marches_concessions"]
)
def test_the_official_examples_of_concessions_have_no_real_buyer(name):
    decoded = decode(DATA / f"decp/exemples_139bercy/{name}.json", CONCESSIONS)
    assert decoded.counts == {"published": 0, "autorite:FORMAT": 2}


def test_a_file_of_concessions_is_not_one_of_markets():
    with pytest.raises(SourceError, match="« contrat-concession »") as error:
        decode(DATA / "decp/exemples_139bercy/concessions.json", NEW)
    assert error.value.code == "NON_JSON"


# A workbook


@pytest.mark.slow
def test_the_subsidies_of_a_departement_in_a_workbook():
    attribuant = required("attribuant", **{"from": "nomAttribuant"})
    held = contract(
        attribuant,
        required("beneficiaire", **{"from": "idBeneficiaire"}, constraints={"pattern": r"\d{14}"}),
        required("exercice", **{"from": "Année de la demande"}, type="year"),
        required("montant_eur", **{"from": "montant"}, type="number"),
        column("reference", **{"from": "referenceDecision"}),
        format="xlsx",
        sheet="Sheet1",
    )
    file = DATA / "subventions/SCDL_WITH_EXERCICE_ALT.xlsx"
    decoded = decode(file, held)
    assert decoded.counts == {"published": 3}
    assert [row[1:] for row in decoded.rows] == [
        ("99000000000001", 2023, 1000, "677"),
        ("99000000000001", 2023, 15000, "cbc"),
        ("99000000000001", 2023, 1500, "a8b"),
    ]
    assert "QPV" in decoded.extra
    pivot = contract(attribuant, format="xlsx", sheet="Feuil1", skip_lines=2)
    assert decode(file, pivot).counts == {"published": 2}
    undecided = contract(attribuant, format="xlsx")
    with pytest.raises(SourceError, match="« Feuil1 », « Sheet1 »"):
        decode(file, undecided)


# Parquet, GeoJSON, and a ZIP member


@pytest.mark.slow
def test_the_electricity_of_communes_and_iris():
    held = contract(
        required("code_zone", **{"from": "CodeZone"}),
        required("maille", **{"from": "TypeZone"}, constraints={"enum": ["Communes", "Iris"]}),
        column("epci", **{"from": "EPCI"}, format="siren"),
        required("annee", type="year"),
        required("indicateur"),
        column("valeur", type="number"),
        format="parquet",
        **KEPT,
    )
    decoded = decode(DATA / "energie/com_iris_csv_elec.parquet", held)
    # The communes of Île d’Yeu have no intercommunality: a made-up code stands for it.
    assert decoded.counts == {"published": 181_986, "epci:FORMAT": 162}
    assert sum(row[5] is None for row in decoded.rows) == 285  # secrecy, not zero


def test_the_energy_of_intercommunalities():
    held = contract(
        required("maille", **{"from": "TypeZone"}),
        required("consommation_gwh", **{"from": "CONSO_GWH"}, type="number"),
        format="parquet",
    )
    assert decode(DATA / "energie/indic_epci_a_reg.parquet", held).counts == {"published": 78}


def test_the_iris_of_france():
    held = contract(
        required("code_iris", **{"from": "iris"}, constraints={"pattern": r"[0-9AB]{9}"}),
        required("population", **{"from": "pop"}, type="integer", constraints={"minimum": 0}),
        format="parquet",
        key=["code_iris"],
    )
    assert decode(DATA / "iris/iris_2021.parquet", held).counts == {"published": 49_280}


def test_the_outlines_of_angers_loire_metropole():
    held = contract(
        required("code_commune", **{"from": "code"}, constraints={"pattern": INSEE}),
        required("geometry", type="geojson"),
        format="geojson",
        key=["code_commune"],
    )
    assert decode(DATA / "extraits_alm/communes_alm.geojson", held).counts == {"published": 29}


SALES = contract(
    required("date_mutation", **{"from": "Date mutation"}, type="date", format="%d/%m/%Y"),
    column("valeur_fonciere_eur", **{"from": "Valeur fonciere"}, type="number", decimalChar=","),
    required("departement", **{"from": "Code departement"}),
    dialect={"delimiter": "|"},
    member="ValeursFoncieres-*.txt",
)


@pytest.mark.slow
def test_the_raw_sales_of_the_tax_office_in_their_zip_file():
    plain = (DATA / "dvf/valeursfoncieres_echantillon_bouchonne.txt").read_bytes()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ValeursFoncieres-2015.txt", plain)
        archive.writestr("notice.pdf", b"%PDF")
    zipped = decode(file.getvalue(), SALES)
    words = SALES.model_dump(by_alias=True, exclude_unset=True)
    bare = Contract.model_validate({word: words[word] for word in words if word != "member"})
    assert zipped.counts == decode(plain, bare).counts == decode(gzip.compress(plain), bare).counts
    assert zipped.counts == {"published": 2_500}
