"""Retention executed: rows past their time go, from every place of the warehouse, and are proved to
be gone.
"""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from assets.catalogue import Catalogue
from assets.outcome import Outcome
from assets.platform import Platform
from assets.purge import past_rows, pending
from assets.table import Builder, Run
from assets.versions import published_version
from checks.contract import Retention
from checks.loading import read_contract
from pipelines.purging import Purged, purge_tables
from pipelines.run import run
from resources.energy import Meter
from resources.errors import DeclarationError
from tests.durability import copied
from tests.scenario import TREES, Scenario

EARLY, LATE = dt.date(2020, 1, 1), dt.date(2026, 6, 1)
SECRET = "SECRETDUJARDINIER"
FILE = f"""\
Identifiant;essence;Hauteur (m);Planté le;remarque
A-001;tilleul;12,5;21/03/2010;{SECRET}
A-002;platane;9;01/11/2015;taillé
A-003;érable;7;15/04/2019;
A-004;tilleul;8;;sans date
B-1;tilleul;8;02/02/2011;{SECRET}
B-2;tilleul;8;02/02/2019;gardé
"""


def dated(folder: Path) -> Scenario:
    scenario = Scenario(folder)
    scenario.write("arbres.csv", FILE)
    scenario.edit("sources/arbres.yaml", "keep: 10 years", "keep: 10 years, since: plante_le")
    return scenario


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    return dated(tmp_path)


@pytest.fixture(scope="module")
def early(tmp_path_factory) -> Scenario:
    scenario = dated(tmp_path_factory.mktemp("early"))
    assert run(on(scenario, EARLY)).complete
    return scenario


@pytest.fixture
def published(early, tmp_path) -> Scenario:
    return copied(early, tmp_path)


def on(scenario: Scenario, day: dt.date) -> Platform:
    return Platform(replace(scenario.settings, today=day))


def purged(scenario: Scenario, day: dt.date = LATE) -> Purged | None:
    platform = on(scenario, day)
    return purge_tables(platform, list(platform.catalogue))


def holders(scenario: Scenario, word: str) -> set[str]:
    """The files of the data folder, received ones apart, that hold a word."""
    return {
        path.relative_to(scenario.home.path).as_posix()
        for path in scenario.home.path.rglob("*")
        if path.is_file() and word.encode() in path.read_bytes()
    }


def certificates(scenario: Scenario) -> list[dict]:
    lines = scenario.home.journal.read_text(encoding="utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["event"] == "purge"]


@pytest.mark.parametrize(
    ("keep", "today", "limit"),
    [
        ("30 days", dt.date(2026, 3, 1), dt.date(2026, 1, 30)),
        ("1 month", dt.date(2026, 3, 31), dt.date(2026, 2, 28)),
        ("13 months", dt.date(2026, 1, 15), dt.date(2024, 12, 15)),
        ("1 year", dt.date(2024, 2, 29), dt.date(2023, 2, 28)),
        ("3000 years", dt.date(2026, 1, 1), dt.date.min),
        ("999999999999 days", dt.date(2026, 1, 1), dt.date.min),
    ],
)
def test_the_time_a_row_is_kept_is_counted_by_the_calendar(keep, today, limit):
    assert Retention(keep=keep, reason="essai").limit(today) == limit


@pytest.mark.parametrize(
    ("since", "told"),
    [("plante", "le mot le plus proche est « plante_le »"), ("essence", "est de type « string »")],
)
def test_time_runs_from_a_date_of_the_contract(scenario, since, told):
    scenario.edit("sources/arbres.yaml", "since: plante_le", f"since: {since}")
    with pytest.raises(DeclarationError, match=told):
        _ = on(scenario, LATE).catalogue


def test_a_curated_table_is_told_to_leave_it_to_its_sources(scenario):
    scenario.edit("curated/arbres_par_essence.sql", "keep: 10 years", "keep: 1 year, since: arbres")
    with pytest.raises(DeclarationError, match="refaite de ses sources"):
        _ = on(scenario, LATE).catalogue


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("date", "date '2016-06-01'", True),
        ("date", "date '2016-05-31'", False),
        ("datetime", "timestamp '2016-06-01 00:00'", True),
        ("datetime", "timestamp '2016-05-31 23:59'", False),
        ("year", "2016", True),
        ("year", "2015", False),
        ("yearmonth", "'2016-06'", True),
        ("yearmonth", "'2016-05'", False),
        ("date", "null::date", True),
    ],
)
def test_a_row_is_past_its_time_the_day_after_its_last_and_never_without_a_date(
    tmp_path, kind, value, kept
):
    import duckdb

    from checks.retention import overdue

    text = TREES.replace('type: date\n    format: "%d/%m/%Y"', f"type: {kind}").replace(
        "example: 21/03/1998", "example: '2010'"
    )
    path = tmp_path / "arbres.yaml"
    path.write_text(text.replace("10 years", "10 years, since: plante_le"), encoding="utf-8")
    contract, _ = read_contract(path, "sources", {})
    told = overdue(contract, LATE, value)
    (past,) = duckdb.sql(f"select ({told}) is true").fetchall()[0]
    assert past is not kept


@pytest.mark.slow
def test_what_is_past_its_time_is_counted_in_the_books(published):
    scenario = published
    with on(scenario, LATE).warehouse.writing() as connection:
        rows = connection.execute(
            "select overdue_rows, oldest from sobriety.volumes where table_name = 'sources.arbres'"
        ).fetchall()
    assert rows == [(0, dt.datetime(2010, 3, 21))]


@pytest.mark.slow
def test_a_purge_leaves_no_byte_of_what_is_past_its_time_where_readers_and_the_platform_look(
    published,
):
    scenario = published
    assert {"warehouse/ardoise.duckdb", "published/analyse.duckdb"} <= holders(scenario, SECRET)
    done = purged(scenario)
    assert done is not None and done.report.complete
    assert holders(scenario, SECRET) == set()
    assert scenario.query("select id_arbre from sources.arbres order by all") == [
        ("A-003",),
        ("A-004",),
    ]
    # What was set aside keeps its line; only a text still within its time keeps its words.
    assert scenario.query(
        "select _ligne, _motif, remarque from quarantine.arbres order by all"
    ) == [
        (0, "HORS_DELAI", None),
        (0, "HORS_DELAI", None),
        (6, "HORS_DELAI", None),
        (7, "FORMAT", "gardé"),
    ]


@pytest.mark.slow
def test_what_was_made_of_purged_rows_is_made_again_and_the_sum_still_holds(published):
    scenario = published
    purged(scenario)
    assert scenario.query("select essence, arbres from curated.arbres_par_essence") == [
        ("tilleul", 1),
        ("érable", 1),
    ]
    assert scenario.query(
        "select received_rows, published_rows, quarantined_rows from quality.versions "
        "where table_name = 'sources.arbres' order by version desc limit 1"
    ) == [(6, 2, 4)]


@pytest.mark.slow
def test_the_certificate_says_what_why_and_how_many_bytes_and_no_value(published):
    scenario = published
    purged(scenario)
    (line,) = certificates(scenario)
    (table,) = line["tables"]
    assert (table["table"], table["rows"], table["aside"]) == ("sources.arbres", 2, 1)
    assert (table["keep"], table["since"]) == ("10 years", "plante_le")
    assert (table["reason"], table["limit"]) == ("suivi du patrimoine arboré", "2016-06-01")
    assert line["complete"] and 0 < line["bytes_after"] <= line["bytes_before"]
    told = scenario.home.journal.read_text(encoding="utf-8")
    assert "A-001" not in told and SECRET not in told


@pytest.mark.slow
def test_a_purge_done_twice_does_nothing_the_second_time(published):
    scenario = published
    purged(scenario)
    before = scenario.query("select count(*) from quality.versions")
    assert purged(scenario) is None
    assert scenario.query("select count(*) from quality.versions") == before
    assert len(certificates(scenario)) == 1


@pytest.mark.slow
def test_after_a_purge_a_run_finds_nothing_to_do_and_the_warehouse_is_sound(published):
    scenario = published
    purged(scenario)
    platform = on(scenario, LATE)
    assert run(platform).plan.stale == []
    platform.warehouse.suspect()
    with platform.warehouse.writing() as connection:  # compares every table with the journal
        assert published_version(connection, "sources.arbres").rows == 2
    assert platform.journal.last("reconstruction") is None


STEPS = {
    "once the table is purged": "pipelines.purging.run",
    "before the file is compacted": "resources.warehouse.Warehouse.compact",
    "while it is": "resources.compaction.settle",
}


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_purge_cut_short_is_ended_by_the_next_with_its_certificate(published, monkeypatch, step):
    scenario = published

    def cut(*arguments: object, **words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(STEPS[step], cut)
        with pytest.raises(KeyboardInterrupt):
            purged(scenario)
    assert certificates(scenario) == []
    assert scenario.query("select count(*) from sources.arbres") == [(2,)]
    assert pending(on(scenario, LATE)).is_file()
    assert purged(scenario) is not None
    ((table,),) = [line["tables"] for line in certificates(scenario)]
    assert table["rows"] == 2
    assert holders(scenario, SECRET) == set()
    assert not pending(on(scenario, LATE)).is_file()


@pytest.mark.slow
def test_nothing_is_past_its_time_where_no_contract_says_since_when(tmp_path):
    scenario = Scenario(tmp_path)
    scenario.build("arbres")
    platform = scenario.platform()
    with platform.warehouse.writing() as connection:
        assert past_rows(connection, platform, list(platform.catalogue)) == []


@pytest.mark.slow
def test_every_dated_table_of_the_demonstration_says_since_when():
    catalogue: Catalogue = Platform().catalogue
    since = {table.name: table.contract.retention.since for table in catalogue}
    assert since["bacs_remplissage"] == "horodatage"
    assert since["cantines"] == "jour"
    assert since["demandes_usagers"] == "date_depot"
    assert since["subventions"] == "date_convention"


@pytest.mark.slow
def test_a_row_past_its_time_at_arrival_is_set_aside_without_its_text(scenario):
    outcome = build_one(on(scenario, LATE))
    assert outcome.state == "published"
    assert (outcome.received, outcome.rows, outcome.quarantined) == (6, 2, 4)
    assert outcome.reasons == {"plante_le:HORS_DELAI": 3, "id_arbre:FORMAT": 1}
    rows = scenario.query(
        "select _ligne, _colonne, _motif, _motifs, id_arbre, remarque from quarantine.arbres"
    )
    late = ("plante_le", "HORS_DELAI", ["plante_le:HORS_DELAI"], None, None)
    assert rows == [
        (2, *late),
        (3, *late),
        (6, *late),
        (7, "id_arbre", "FORMAT", ["id_arbre:FORMAT"], "B-2", "gardé"),
    ]


def build_one(platform: Platform) -> Outcome:
    return Builder(platform, Run("essai", Meter())).build(platform.catalogue.named("arbres"))


@pytest.mark.slow
def test_rows_past_their_time_do_not_count_as_faults_of_the_file(scenario):
    scenario.edit("sources/arbres.yaml", "max_pct: 60", "max_pct: 34")
    assert build_one(on(scenario, LATE)).state == "published"  # one row at fault in three
    scenario.edit("sources/arbres.yaml", "max_pct: 34", "max_pct: 33")
    assert build_one(on(scenario, LATE)).state == "refused"


@pytest.mark.slow
def test_a_row_past_its_time_repeats_nothing(scenario):
    scenario.write("arbres.csv", FILE + "A-003;érable;7;15/04/2009;\n")
    outcome = build_one(on(scenario, LATE))
    assert outcome.rows == 2
    assert "id_arbre:CLE_EN_CONFLIT" not in outcome.reasons


@pytest.mark.slow
def test_a_file_whose_rows_are_all_past_their_time_replaces_nothing(scenario):
    build_one(on(scenario, EARLY))
    scenario.write("arbres.csv", FILE.splitlines()[0] + "\nA-001;tilleul;12,5;21/03/2010;\n")
    outcome = build_one(on(scenario, LATE))
    assert outcome.state == "refused"
    assert scenario.query("select count(*) from sources.arbres") == [(4,)]


@pytest.mark.slow
def test_a_file_with_its_own_lines_keeps_them(scenario):
    scenario.edit("sources/arbres.yaml", "file:../arbres.csv", "file:../arbres.jsonl")
    scenario.edit("sources/arbres.yaml", "encoding: utf-8", "encoding: utf-8\nformat: jsonl")
    kept = {"Identifiant": "A-003", "essence": "érable", "Hauteur (m)": "7", "remarque": ""}
    lines = [
        {**kept, "Planté le": "15/04/2019"},
        {**kept, "Identifiant": "A-001", "Planté le": "21/03/2010"},
    ]
    text = "\n".join(["", *(json.dumps(line) for line in lines), ""])
    scenario.write("arbres.jsonl", text)
    outcome = build_one(on(scenario, LATE))
    assert (outcome.rows, outcome.reasons) == (1, {"plante_le:HORS_DELAI": 1}), outcome.message
    assert scenario.query("select _ligne from quarantine.arbres") == [(3,)]


@pytest.mark.slow
def test_a_date_nobody_can_believe_is_a_fault_and_tells_no_age(scenario):
    scenario.edit(
        "sources/arbres.yaml",
        "description: Jour de la plantation.",
        'description: Jour de la plantation.\n    constraints: {minimum: "1900-01-01"}',
    )
    scenario.write("arbres.csv", FILE + "A-005;tilleul;7;01/01/1870;horloge\n")
    outcome = build_one(on(scenario, LATE))
    assert outcome.reasons["plante_le:HORS_BORNES"] == 1
    assert outcome.reasons["plante_le:HORS_DELAI"] == 3
    platform = on(scenario, LATE)
    with platform.warehouse.writing() as connection:
        (past,) = past_rows(connection, platform, list(platform.catalogue))
    assert (past.rows, past.aside, past.received) == (0, 0, 3)
    later = on(scenario, dt.date(2060, 1, 1))  # the file itself is past its time
    with later.warehouse.writing() as connection:
        (past,) = past_rows(connection, later, list(later.catalogue))
    assert past.aside == 2
