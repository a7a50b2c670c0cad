"""The invented files, decoded and crossed by the platform itself: nothing lost, nothing added."""

from collections import Counter

import pytest

from assets.catalogue import Catalogue
from assets.demo import generators
from checks.facts import quarantine_verdict
from tests.demo_world import TERRITORIES, generated, staged

# Each builds tables for real, from a file to a published version.
pytestmark = pytest.mark.slow

PLACES = list(TERRITORIES)
# A sum of a curated table, and the same figure taken from the source.
SAME = {
    "dwellings": (
        "select sum(logements), sum(logements_vacants), sum(residences_principales),"
        " sum(residences_secondaires), sum(maisons), sum(appartements)"
        " from curated.logements_par_commune",
        "select sum(logements), sum(logements_vacants), sum(residences_principales),"
        " sum(residences_secondaires), sum(maisons), sum(appartements) from sources.iris",
    ),
    "electricity": (
        "select round(sum(energie_mwh), 3), sum(nombre_sites), sum(secteurs_secrets)"
        " from curated.electricite_par_habitant",
        "select round(sum(energie_mwh), 3), sum(nombre_sites), count(*) - count(energie_mwh)"
        " from sources.electricite",
    ),
    "electricity by sector": (
        "select round(sum(residentiel_mwh), 3), round(sum(tertiaire_mwh), 3),"
        " round(sum(industrie_mwh), 3), round(sum(autres_mwh), 3)"
        " from curated.electricite_par_habitant",
        "select round(sum(energie_mwh) filter (where secteur ilike 'r%'), 3),"
        " round(sum(energie_mwh) filter (where secteur ilike 't%'), 3),"
        " round(sum(energie_mwh) filter (where secteur ilike 'ind%'), 3),"
        " round(sum(energie_mwh) filter (where secteur ilike 'a%' or secteur ilike 'inc%'), 3)"
        " from sources.electricite",
    ),
    "meals": (
        "select sum(jours), sum(repas_prevus), sum(repas_servis), sum(jours_incoherents)"
        " from curated.repas_non_servis",
        "select count(*), sum(repas_prevus), sum(repas_servis),"
        " count(*) filter (where repas_servis > 3 * repas_prevus) from sources.cantines",
    ),
    "meals not served": (
        "select sum(repas_non_servis), sum(repas_compares) from curated.repas_non_servis",
        "select sum(repas_prevus - repas_servis) filter (where repas_servis < repas_prevus),"
        " sum(repas_prevus) filter (where repas_servis is not null) from sources.cantines",
    ),
    "stops": (
        "select sum(arrets), sum(arrets_accessibles), sum(population), count(*)"
        " from curated.desserte_par_iris",
        "select count(*), count(*) filter (where accessibilite = '1'),"
        " (select sum(population) from sources.iris), (select count(*) from sources.iris)"
        " from sources.arrets_transport where type_arret = '0'",
    ),
    "containers": (
        "select sum(mesures), sum(mesures_debordement), max(taux_max_pct), max(temperature_max_c)"
        " from curated.remplissage_bacs",
        "select count(*), count(*) filter (where taux_remplissage_pct >= 90),"
        " max(taux_remplissage_pct), max(temperature_c) from sources.bacs_remplissage",
    ),
    "inhabitants": (
        "select sum(population) from curated.attractivite_communes",
        "select sum(population) from sources.communes",
    ),
    "subsidies of communes": (
        "select sum(subventions), round(sum(subventions_eur), 2)"
        " from curated.attractivite_communes",
        "select count(*), round(sum(montant_eur), 2) from sources.subventions"
        " where left(id_attribuant, 9) in (select siren from sources.communes)",
    ),
}


@pytest.mark.parametrize("territory", PLACES)
@pytest.mark.parametrize("name", generators())
def test_every_fault_is_set_aside_for_the_reason_that_was_told(territory: str, name: str) -> None:
    _, tables = staged(territory)
    table = tables[f"sources.{name}"]
    reasons: Counter[str] = Counter()
    for place, count in table.reasons.items():
        reasons[place.rpartition(":")[2]] += count
    assert dict(reasons) == generated(territory, name).quarantined
    assert table.received == generated(territory, name).rows


@pytest.mark.parametrize("territory", PLACES)
def test_what_is_set_aside_stays_under_the_threshold_of_each_contract(territory: str) -> None:
    _, tables = staged(territory)
    for table in Catalogue(TERRITORIES[territory]()):
        found = tables[table.key]
        assert quarantine_verdict(table.contract, found.received, found.quarantined).passed, table


@pytest.mark.parametrize("territory", PLACES)
@pytest.mark.parametrize("what", list(SAME))
def test_a_curated_sum_equals_its_source(territory: str, what: str) -> None:
    connection, _ = staged(territory)
    curated, source = (connection.execute(query).fetchone() for query in SAME[what])
    assert curated == source


@pytest.mark.parametrize("territory", PLACES)
def test_no_curated_table_is_empty_and_no_indicator_unknown(territory: str) -> None:
    connection, tables = staged(territory)
    assert all(table.rows for table in tables.values())
    unknown = "select code from curated.indicateurs_territoire where valeur is null"
    assert connection.execute(unknown).fetchall() == []


def test_a_small_count_of_requests_is_hidden_with_its_neighbours() -> None:
    connection, _ = staged("shipped")
    hidden, leaks, least = connection.execute(
        """
        select
            count(*) filter (where petit_effectif),
            count(*) filter (where petit_effectif != (demandes is null)),
            min(demandes)
        from curated.delais_demandes
        """
    ).fetchone() or (0, 0, 0)
    assert hidden > 0
    assert leaks == 0
    assert least >= 5
    alone = connection.execute(
        """
        from (select service as line, petit_effectif from curated.delais_demandes
            union all select mois::varchar, petit_effectif from curated.delais_demandes)
        select line group by line having count(*) filter (where petit_effectif) = 1
        """
    ).fetchall()
    assert alone == []


def test_no_personal_column_reaches_a_curated_table() -> None:
    tables = list(Catalogue(TERRITORIES["shipped"]()))
    personal = {
        column.name
        for table in tables
        for column in table.contract.columns
        if column.personal_data == "direct"
    }
    assert {"nom", "courriel", "telephone", "adresse"} <= personal
    for table in tables:
        if table.layer == "curated":
            assert not personal & set(table.contract.by_name), table.key


def test_a_frozen_sensor_is_seen_by_day() -> None:
    connection, _ = staged("small")
    frozen = "select sum(capteurs_figes) from curated.remplissage_bacs"
    assert connection.execute(frozen).fetchone() != (0,)
