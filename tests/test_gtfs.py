"""GTFS: several linked tables of one feed, judged as the French validator's severities ask.

Fatal and Error refuse or set aside, Warning warns; of the Informations, only unused stops and
unknown modes are told (../shared/data/gtfs/rules, ../shared/reference/sources.md §4.5).
"""

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest

from assets.catalogue import FEEDS, Catalogue
from assets.table import Builder, Run
from checks.declaration import read_declaration
from checks.feeds import read_feed
from pipelines.fetching import show_request
from pipelines.run import run
from resources.energy import Meter
from resources.errors import DeclarationError
from tests.feeds import FEED, Judged, contracts, judge, zipped
from tests.scenario import Scenario

SHARED = Path(__file__).parent.parent.parent / "shared/data/gtfs"
FIXTURES = SHARED / "fixtures_transport-validator/test_data"

SMALL = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\nR,Réseau,https://r.fr,Europe/Paris",
    "stops": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "S,Gare,-21.0,55.5,1,\nA,Gare quai A,-21.0,55.5,0,S\nB,Mairie,-21.1,55.6,,"
    ),
    "routes": "route_id,route_short_name,route_type\nL,1,3",
    "calendar": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "SEM,1,1,1,1,1,0,0,20260901,20270703"
    ),
    "trips": "route_id,service_id,trip_id\nL,SEM,T",
    "stop_times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "T,23:50:00,23:50:00,A,1\nT,25:10:00,25:10:30,B,2"
    ),
}
TODAY = dt.date(2026, 11, 24)


def small(**changed: str | None) -> bytes:
    """The small feed, some files changed or taken away."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (SMALL | changed).items():
            if content is not None:
                archive.writestr(f"{name}.txt", content)
    return file.getvalue()


def replaced(name: str, old: str, new: str) -> bytes:
    assert old in SMALL[name]
    return small(**{name: SMALL[name].replace(old, new)})


def told(judged: Judged) -> set[str]:
    """Everything that was found, in the words of the tables below."""
    return {
        *(f"refusé {table}: {code}" for table, code in judged.refused.items()),
        *(f"écarté {why}: {count}" for why, count in judged.aside.items()),
        *(f"refus {rule}" for rule in judged.failed),
        *(f"avertissement {rule}" for rule in judged.warned),
    }


@pytest.mark.slow
def test_a_sound_feed_gives_its_tables_and_no_fault():
    judged = judge(small(), TODAY)
    assert told(judged) == set()
    assert judged.rows["stop_times"] == 2
    assert judged.rows["calendar_dates"] == judged.rows["shapes"] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("feed", "fault"),
    [
        (small(stops=None), "refusé stops: FICHIER_ABSENT"),
        (small(stop_times="trip_id,stop_id\nT,A"), "refusé stop_times: SCHEMA"),
        (small(calendar=None), "refus trips: Le service d’une course est dans un calendrier"),
        (
            replaced("trips", "SEM", "X"),
            "refus trips: Le service d’une course est dans un calendrier",
        ),
        (replaced("trips", "L,SEM", "X,SEM"), "écarté trips.route_id:REFERENCE: 1"),
        (replaced("stop_times", "B,2", "X,2"), "écarté stop_times.stop_id:REFERENCE: 1"),
        (replaced("stop_times", "B,2", "B,1"), "écarté stop_times.trip_id:CLE_EN_CONFLIT: 2"),
        (replaced("stop_times", "25:10:00", "25:1"), "écarté stop_times.arrival_time_s:TYPE: 1"),
        (
            small(
                trips="route_id,service_id,trip_id,shape_id\nL,SEM,T,X",
            ),
            "écarté trips.shape_id:REFERENCE: 1",
        ),
        (replaced("stops", "-21.1", "-91"), "écarté stops.stop_lat:HORS_BORNES: 1"),
        (replaced("stops", "Mairie", ""), "refus stops: Chaque arrêt, station ou accès a un nom"),
        (replaced("agency", "https:", "htp:"), "écarté agency.agency_url:FORMAT: 1"),
        (
            replaced("agency", "Europe/Paris", "Europe/Pari"),
            "refus agency: Le fuseau horaire existe",
        ),
        (replaced("routes", "L,1,", "L,,"), "refus routes: Chaque ligne a un numéro ou un nom"),
        (
            small(
                agency=SMALL["agency"] + "\nS,Autre,https://s.fr,Europe/Paris",
            ),
            "refus routes: Chaque ligne dit son exploitant quand il y en a plusieurs",
        ),
        (
            replaced("stop_times", "25:10:00,25:10:30", ","),
            "refus stop_times: Chaque course a une heure à son premier et à son dernier arrêt",
        ),
        (
            replaced("stop_times", "25:10:00,25:10:30", "23:40:00,23:40:00"),
            "avertissement stop_times: Les heures ne reculent pas le long d’une course",
        ),
        (
            replaced("stop_times", "25:10:30", "25:09:59"),
            "avertissement stop_times: Un véhicule ne part pas d’un arrêt avant d’y arriver",
        ),
        (
            replaced("stop_times", "\nT,25:10:00,25:10:30,B,2", ""),
            "avertissement stop_times: Chaque course dessert au moins deux arrêts",
        ),
        (
            replaced("stop_times", "B,2", "A,2"),
            "avertissement stop_times: Chaque arrêt ou station est desservi par une course",
        ),
        (
            replaced("stop_times", "A,1", "S,1"),
            "avertissement stop_times: Les courses ne desservent que des arrêts, pas des stations",
        ),
        (
            replaced("stops", ",0,S", ",0,B"),
            "avertissement stops: La station d’un arrêt en est une",
        ),
        (
            replaced("stops", "-21.1,55.6", ","),
            "avertissement stops: Chaque arrêt, station ou accès a ses coordonnées",
        ),
        (
            replaced("stops", "-21.1,55.6", "47.4,-0.5"),
            "avertissement stops: Les arrêts sont dans le territoire, à 0,1 degré près",
        ),
        (
            replaced("routes", "1,3", "1,42"),
            "avertissement routes: Le mode de chaque ligne est l’un de ceux du GTFS",
        ),
        (
            replaced("calendar", "20270703", "20261123"),
            "avertissement trips: Des courses circulent encore aujourd’hui ou plus tard",
        ),
    ],
)
def test_each_fault_is_told(feed, fault):
    assert fault in told(judge(feed, TODAY))


@pytest.mark.slow
def test_service_on_given_days_only_is_service():
    dates = "service_id,date,exception_type\nSEM,20261124,1\nSEM,20261201,2"
    assert told(judge(small(calendar=None, calendar_dates=dates), TODAY)) == set()
    late = judge(small(calendar=None, calendar_dates=dates), TODAY + dt.timedelta(days=1))
    assert told(late) == {
        "avertissement trips: Des courses circulent encore aujourd’hui ou plus tard"
    }


# What each folder of the French validator's tests must give here, by its name. None: the folder
# serves figures that are not judged, or faults that the validator only calls Information.
GIVES: dict[str, list[str] | None] = {
    "accessibility": None,
    "agency": ["écarté agency.agency_url:MANQUANT: 1", "écarté agency.agency_url:FORMAT: 1"],
    "agency_multiple": [],
    "agency_single": [],
    "arrange_by_phone_stops": None,
    "check_id": [
        "écarté stops.stop_id:MANQUANT: 1",
        "écarté routes.route_id:MANQUANT: 1",
        "écarté calendar.service_id:MANQUANT: 1",
        "écarté calendar_dates.service_id:MANQUANT: 2",
        "écarté shapes.shape_id:MANQUANT: 1",
        "refus agency: Chaque exploitant a son identifiant quand il y en a plusieurs",
        "avertissement stops: Les identifiants n’ont ni accent ni signe particulier",
    ],
    "check_name": [
        "écarté agency.agency_name:MANQUANT: 1",
        "écarté feed_info.feed_publisher_name:MANQUANT: 1",
        "refus stops: Chaque arrêt, station ou accès a un nom",
        "refus routes: Chaque ligne a un numéro ou un nom",
    ],
    "coordinate_with_driver_stops": None,
    "custom_route_color": None,
    "custom_rules": [
        "refusé agency: FICHIER_ABSENT",
        "refusé stops: FICHIER_ABSENT",
        "refusé routes: FICHIER_ABSENT",
        "refusé trips: FICHIER_ABSENT",
        "refusé stop_times: FICHIER_ABSENT",
    ],
    "duplicate_stop_sequence": ["écarté stop_times.trip_id:CLE_EN_CONFLIT: 4"],
    "duplicate_stops": None,
    "duplicates": [
        "refus agency: Un identifiant n’est celui que d’un exploitant",
        "écarté stops.stop_id:DOUBLON: 1",
        "écarté routes.route_id:DOUBLON: 1",
        "écarté calendar.service_id:DOUBLON: 1",
        "écarté calendar_dates.service_id:DOUBLON: 1",
        "écarté shapes.shape_id:DOUBLON: 12",
        "écarté fare_attributes.fare_id:DOUBLON: 1",
        "écarté pathways.pathway_id:DOUBLON: 1",
    ],
    "duration_distance": [
        "avertissement stop_times: Les heures ne reculent pas le long d’une course"
    ],
    "empty_calendar": ["refus trips: La table n’est pas vide"],
    "fare_attributes": [
        "écarté fare_attributes.price:MANQUANT: 1",
        "écarté fare_attributes.currency_type:HORS_LISTE: 1",
    ],
    "feed_info": [
        "écarté feed_info.feed_publisher_url:MANQUANT: 1",
        "écarté feed_info.feed_publisher_url:FORMAT: 1",
    ],
    # Its trips are of a route that is not there, and every passage falls with them.
    "interpolated_stop_times": ["écarté stop_times.trip_id:REFERENCE: 6"],
    "invalid_references": [
        "écarté trips.route_id:REFERENCE: 1",
        "écarté stop_times.stop_id:REFERENCE: 1",
        "écarté stop_times.trip_id:REFERENCE: 1",
        "refus routes: L’exploitant d’une ligne existe",
        "refus trips: Le service d’une course est dans un calendrier",
        "avertissement stops: La station d’un arrêt en est une",
    ],
    "invalid_stop_file": ["écarté stops.stop_lat:TYPE: 1"],
    "missing_agency_id": [
        "refus routes: Chaque ligne dit son exploitant quand il y en a plusieurs"
    ],
    "missing_mandatory_files": ["refusé stop_times: FICHIER_ABSENT"],
    "no_optional_files": [],
    "optimisation_route_trips": None,
    "route_type_invalid": [
        "avertissement routes: Le mode de chaque ligne est l’un de ceux du GTFS"
    ],
    "route_type_missing": [
        "avertissement routes: Le mode de chaque ligne est l’un de ceux du GTFS"
    ],
    "shapes": [
        "écarté stops.stop_lat:HORS_BORNES: 1",
        "écarté shapes.shape_pt_lat:HORS_BORNES: 1",
        "écarté trips.shape_id:REFERENCE: 1",
        "avertissement trips: Chaque tracé est suivi par une course",
    ],
    "stop_times_increase": [
        "avertissement stop_times: Un véhicule ne part pas d’un arrêt avant d’y arriver"
    ],
    "stop_times_location_type": [
        "avertissement stop_times: Les courses ne desservent que des arrêts, pas des stations"
    ],
    "stops": [
        "écarté stops.stop_lat:HORS_BORNES: 1",
        "avertissement stops: La station d’un arrêt en est une",
    ],
    "sub_folder": [
        "refusé stops: SOUS_DOSSIER",
        "refusé stop_times: SOUS_DOSSIER",
        "refusé calendar: SOUS_DOSSIER",
    ],
    "unusable_trip": [
        "écarté stop_times.trip_id:CLE_EN_CONFLIT: 4",
        "refus trips: Le service d’une course est dans un calendrier",
    ],
    "unused_stop": [
        "avertissement stop_times: Chaque arrêt ou station est desservi par une course"
    ],
}
# Of tables that the folder is named after, nothing else may be found in them.
SILENT = {
    "agency_multiple": "agency",
    "agency_single": "agency",
    "no_optional_files": "shapes",
    "fare_attributes": "agency",
    "stop_times_increase": "trips",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(GIVES))
def test_each_feed_of_the_french_validator_is_judged_as_its_name_says(name):
    found = told(judge(zipped(FIXTURES / name)))
    assert set(GIVES[name] or []) <= found
    if name in SILENT:
        assert not [fault for fault in found if f" {SILENT[name]}" in fault.split(":")[0]]


def test_every_feed_of_the_french_validator_is_in_the_table():
    assert sorted(GIVES) == sorted(path.name for path in FIXTURES.iterdir())


@pytest.mark.slow
def test_car_jaune_is_taken_in_whole():
    judged = judge((SHARED / "car-jaune.zip").read_bytes(), dt.date(2025, 6, 1))
    assert told(judged) == set()
    assert judged.rows == {
        "agency": 1,
        "stops": 458,
        "routes": 15,
        "calendar": 17,
        "calendar_dates": 3182,
        "shapes": 135078,
        "trips": 5195,
        "stop_times": 88935,
    }


def test_the_unused_stops_of_car_jaune_are_its_stations_which_their_platforms_serve():
    with zipfile.ZipFile(SHARED / "car-jaune.zip") as archive:
        stops, times = (
            archive.read(f"{name}.txt").decode().splitlines() for name in ("stops", "stop_times")
        )
    head, passing = stops[0].split(","), {line.split(",")[7] for line in times[1:]}
    rows = [dict(zip(head, line.split(","), strict=False)) for line in stops[1:]]
    unused = [row for row in rows if row["stop_id"] not in passing]
    assert len(unused) == 149
    assert {row["location_type"] for row in unused} == {"1"}
    parents = {row["parent_station"] for row in rows if row["stop_id"] in passing}
    assert {row["stop_id"] for row in unused} <= parents


# A feed in the platform


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    scenario = Scenario(tmp_path)
    scenario.write("sources/reseau.yaml", FEED.replace("format:", "profiles: [essai]\nformat:"))
    scenario.write("reseau.zip", small())
    return scenario


def build(scenario: Scenario) -> dict[str, str]:
    platform = scenario.platform()
    builder = Builder(platform, Run("essai", Meter()))
    wanted = {table.key for table in platform.catalogue.chosen("reseau")}
    wanted |= {
        name for table in platform.catalogue if table.key in wanted for name in table.upstream
    }
    return {
        table.key: builder.build(table).state
        for table in platform.catalogue
        if table.key in wanted or table.name in ("communes", "contours")
    }


@pytest.mark.slow
def test_a_feed_is_several_tables_of_one_landing(scenario):
    states = build(scenario)
    assert set(states.values()) == {"published"}
    assert len([key for key in states if key.startswith("sources.reseau_")]) == 15
    assert sorted(path.name for path in (scenario.home.landing / "reseau").iterdir())[-1] == (
        "last.json"
    )
    assert not (scenario.home.landing / "reseau_stops").exists()
    assert scenario.query(
        "select arrival_time_s, departure_time_s from sources.reseau_stop_times"
    ) == [
        (85800, 85800),
        (90600, 90630),
    ]
    assert set(build(scenario).values()) == {"unchanged"}


@pytest.mark.slow
def test_a_feed_without_a_mandatory_file_leaves_the_former_tables(scenario):
    build(scenario)
    scenario.write("reseau.zip", small(stop_times=None))
    states = build(scenario)
    assert states["sources.reseau_stop_times"] == "refused"
    assert scenario.query("select count(*) from sources.reseau_stop_times") == [(2,)]


@pytest.mark.slow
def test_running_a_feed_by_its_name_runs_all_its_tables(scenario):
    report = run(scenario.platform(), ["reseau"])
    built = {outcome.table.name for outcome in report.outcomes}
    assert {name for name in built if name.startswith("reseau_")} == {
        f"reseau_{file.stem}" for file in (FEEDS / "gtfs").glob("*.yaml")
    }
    assert report.complete


def test_the_tables_of_a_feed_follow_those_they_are_linked_to(scenario):
    order = [table.name for table in scenario.platform().catalogue]
    assert order.index("reseau_calendar_dates") < order.index("reseau_trips")
    assert order.index("reseau_stops") < order.index("reseau_stop_times")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tables: [frequences]", "« frequences » n’est pas une table de ce format"),
        ("columns: []", "« columns » ne se dit pas d’un flux entier"),
        ("licence: x", "« licence » n’est pas un mot connu ici"),
    ],
)
def test_a_fault_of_the_contract_of_a_feed_is_told_with_its_line(tmp_path, words, said):
    path = tmp_path / "reseau.yaml"
    lines = [line for line in FEED.splitlines() if not line.startswith(words.split(":")[0])]
    path.write_text("\n".join([words, *lines]), encoding="utf-8")
    with pytest.raises(DeclarationError, match="ligne 1") as error:
        list(read_feed(path, FEEDS, {}))
    assert said in str(error.value)


def test_a_table_of_a_feed_cannot_be_declared_twice(scenario):
    scenario.write(
        "sources/reseau_stops.yaml", (scenario.folder / "sources/arbres.yaml").read_bytes()
    )
    with pytest.raises(DeclarationError, match="Deux fichiers déclarent"):
        _ = scenario.platform().catalogue


def test_an_unknown_name_is_told_with_the_closest_feed(scenario):
    catalogue: Catalogue = scenario.platform().catalogue
    with pytest.raises(DeclarationError, match="« reseau »"):
        catalogue.chosen("resau")


@pytest.mark.parametrize(
    "file", sorted((FEEDS / "gtfs").glob("*.yaml")), ids=lambda file: file.stem
)
def test_each_table_of_the_standard_says_where_it_is_described(file):
    assert file.read_text(encoding="utf-8").startswith("# https://gtfs.org/schedule/reference/#")
    fragment = read_declaration(file).content
    assert fragment["member"] == f"{file.stem}.txt"
    key = contracts()[f"reseau_{file.stem}"].key
    required = {name for name, column in contracts()[f"reseau_{file.stem}"].by_name.items()
                if column.constraints.required}  # fmt: skip
    assert set(key[:1]) <= required


@pytest.mark.slow
def test_a_dry_run_names_the_one_file_of_all_the_tables(scenario, capsys):
    show_request(scenario.platform(), "reseau")
    told = " ".join(capsys.readouterr().out.split())
    assert "reseau, un fichier pour " in told
    assert "stops" in told
