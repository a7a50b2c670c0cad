"""What analysts read: complete, commented, free of personal data, there at once or not at all."""

import threading
import time

import duckdb
import pytest

from assets.publication import publish_for_analysts
from resources.warehouse import reading
from tests.scenario import GOOD, TREES, Scenario

# Each builds tables for real, from a file to a published version.
pytestmark = pytest.mark.slow

PERSONAL = TREES.replace("title: Arbres d’alignement", "title: Jardiniers").replace(
    "access: open",
    "access: restricted\nprotection: {personal_data: direct, register: jardiniers}",
)
INTERNAL = TREES.replace("access: open", "access: internal")


@pytest.fixture
def scenario(tmp_path) -> Scenario:
    scenario = Scenario(tmp_path)
    scenario.register("jardiniers")
    scenario.build("arbres")
    scenario.build("arbres_par_essence")
    return scenario


def publish(scenario: Scenario):
    platform = scenario.platform()
    with platform.warehouse.writing() as connection:
        return publish_for_analysts(connection, platform)


def ask(scenario: Scenario, sql: str) -> list[tuple]:
    with reading(scenario.platform().analyst_file) as connection:
        return connection.execute(sql).fetchall()


def test_curated_tables_and_open_sources_are_in_the_analysts_file(scenario):
    publish(scenario)
    assert ask(scenario, "select count(*) from sources.arbres") == [(3,)]
    assert ask(scenario, "select sum(arbres) from curated.arbres_par_essence") == [(3,)]
    tables = ask(scenario, "select nom from catalogue.tables order by all")
    assert tables == [("curated.arbres_par_essence",), ("sources.arbres",)]


@pytest.mark.parametrize("contract", [PERSONAL, INTERNAL])
def test_a_restricted_or_internal_source_never_reaches_it(scenario, contract):
    scenario.write("sources/jardiniers.yaml", contract)
    scenario.build("jardiniers")
    publish(scenario)
    names = ask(scenario, "select table_name from duckdb_tables()")
    assert ("jardiniers",) not in names
    assert not list(scenario.home.published.rglob("*jardiniers*"))


def test_quarantined_rows_never_reach_it(scenario):
    publish(scenario)
    schemas = ask(scenario, "select distinct schema_name from duckdb_tables()")
    assert ("quarantine",) not in schemas


def test_tables_and_columns_carry_their_description_and_unit(scenario):
    publish(scenario)
    (comment,) = ask(scenario, "select comment from duckdb_tables() where table_name = 'arbres'")[0]
    assert "Un arbre planté sur le domaine public" in comment
    (column,) = ask(
        scenario,
        "select comment from duckdb_columns() "
        "where table_name = 'arbres' and column_name = 'hauteur_m'",
    )[0]
    assert column == "Hauteur mesurée. (m)"


def test_the_file_opens_in_duckdb_1_0(scenario):
    """Version 64 of the storage and blocks of 256 kB: what DuckDB 1.0.0 was seen to open."""
    publish(scenario)
    header = scenario.platform().analyst_file.read_bytes()[:4200]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64


def test_open_tables_are_in_parquet_and_only_rewritten_when_they_change(scenario):
    publish(scenario)
    folder = scenario.home.published / "parquet"
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert set(before) == {"sources.arbres.parquet", "curated.arbres_par_essence.parquet"}
    publish(scenario)
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert after == before
    rows = duckdb.connect().execute(
        f"select count(*) from read_parquet('{folder / 'sources.arbres.parquet'}')"
    )
    assert rows.fetchall() == [(3,)]


def test_a_table_that_is_no_longer_open_loses_its_parquet_file(scenario):
    publish(scenario)
    scenario.edit("sources/arbres.yaml", "access: open", "access: internal")
    publish(scenario)
    assert not (scenario.home.published / "parquet" / "sources.arbres.parquet").exists()


def test_nothing_half_written_is_left_beside_it(scenario):
    publish(scenario)
    names = {path.name for path in scenario.home.published.iterdir()}
    assert names == {"analyse.duckdb", "parquet"}


def test_a_reader_holding_the_old_file_keeps_it_while_a_new_one_appears(scenario):
    publish(scenario)
    with reading(scenario.platform().analyst_file) as held:
        scenario.write("arbres.csv", GOOD + "A-004;platane;3,5;01/01/2021;\n")
        scenario.build("arbres")
        publish(scenario)
        assert held.execute("select count(*) from sources.arbres").fetchall() == [(3,)]
    assert ask(scenario, "select count(*) from sources.arbres") == [(4,)]


@pytest.mark.slow
def test_readers_in_a_loop_never_fail_during_publications(scenario):
    publish(scenario)
    failures, seen, done = [], set(), threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.add(ask(scenario, "select count(*) from sources.arbres")[0][0])
            except Exception as error:
                failures.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(6):
        publish(scenario)
        time.sleep(0.02)
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert seen == {3}
