"""The versions of what is published: whole, there at once, kept a few, given back at once."""

import json
import shutil
import threading
from dataclasses import replace

import duckdb
import pytest

from assets.platform import Platform
from assets.publication import publish_for_analysts, published_files, roll_back
from assets.publication.shelf import Shelf
from assets.verification import verify
from checks.protection import scan_file
from pipelines.run import run
from resources.errors import ArdoiseError, BusyWarehouse
from resources.warehouse import reading
from tests.durability import copied
from tests.readers import readers
from tests.scenario import GOOD, Scenario
from tests.test_publication import INTERNAL, RESTRICTED, ask, publish, publish_also

# Each builds tables for real, from a file to a published version.
pytestmark = pytest.mark.slow

TREES = "select count(*) from sources.arbres"
READERS, PUBLICATIONS = 20, 50


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Scenario:
    scenario = Scenario(tmp_path_factory.mktemp("built"))
    scenario.build("arbres")
    scenario.build("arbres_par_essence")
    return scenario


@pytest.fixture
def scenario(built, tmp_path) -> Scenario:
    return copied(built, tmp_path)


def grow(scenario: Scenario, trees: int = 1) -> None:
    """Publish as many trees more."""
    more = "".join(f"A-{100 + tree};platane;3,5;01/01/2021;\n" for tree in range(trees))
    scenario.write("arbres.csv", GOOD + more)
    scenario.build("arbres")
    scenario.build("arbres_par_essence")
    publish(scenario)


def versions(scenario: Scenario) -> list[int]:
    return [version.number for version in Shelf(scenario.home.published).kept()]


def current(scenario: Scenario) -> int:
    version = Shelf(scenario.home.published).current()
    assert version is not None
    return version.number


def events(scenario: Scenario, name: str) -> list[dict]:
    return [line for _, line in scenario.platform().journal.lines() if line["event"] == name]


def test_nothing_half_written_is_left_and_a_link_leads_to_the_version(scenario):
    publish(scenario)
    folder = scenario.home.published
    assert {path.name for path in folder.iterdir()} == {"analyse.duckdb", "current", "versions"}
    assert str((folder / "analyse.duckdb").readlink()) == "current/internal/interne.duckdb"
    (version,) = (folder / "versions").iterdir()
    assert str((folder / "current").readlink()) == f"versions/{version.name}"


def test_an_open_file_is_searched_before_readers_have_it_and_only_when_it_is_written(
    scenario, monkeypatch
):
    searched: list[str] = []

    def search(path, contract) -> None:
        assert any(folder.name.startswith(".0") for folder in path.parents)  # nobody sees it
        searched.append(path.name)

    monkeypatch.setattr("assets.publication.open_files.refuse_personal_data", search)
    publish_also(scenario, INTERNAL)
    assert sorted(searched) == ["curated.arbres_par_essence.parquet", "sources.arbres.parquet"]
    searched.clear()
    publish(scenario)
    assert searched == []


def test_personal_data_that_reached_an_open_table_all_the_same_is_not_published(scenario):
    """As if the gate had let it through: here, somebody wrote in the warehouse."""
    publish(scenario)
    kept = published_files(scenario.home.published)
    platform = scenario.platform()
    with platform.warehouse.writing() as connection:
        connection.execute("update sources.arbres set remarque = 'jeanne.dupont' || '@exemple.fr'")
        connection.execute("update quality.versions set content = 'autre'")
        with pytest.raises(ArdoiseError, match="n’est pas publié") as refusal:
            publish_for_analysts(connection, platform)
    assert "jeanne" not in str(refusal.value)
    assert published_files(scenario.home.published) == kept
    assert ask(scenario, "select count(remarque) from sources.arbres") == [(1,)]


def test_no_open_file_of_any_form_holds_personal_data_by_the_scanner_itself(scenario):
    publish_also(scenario, INTERNAL)
    for path in published_files(scenario.home.current / "open"):
        found = [one for one in scan_file(path) if not one.column.startswith("catalogue.")]
        assert found == [], path.name


def test_a_file_that_did_not_change_takes_no_more_room(scenario):
    publish_also(scenario, RESTRICTED)
    before = {path.name: path.stat().st_ino for path in scenario.home.current.rglob("*.*")}
    publish(scenario)
    after = {path.name: path.stat().st_ino for path in scenario.home.current.rglob("*.*")}
    assert set(after) == set(before)
    changed = {name for name, inode in after.items() if before[name] != inode}
    assert changed == {"interne.duckdb", "manifest.json"}


def test_versions_are_kept_as_many_as_said(scenario):
    publish(scenario)
    for trees in (1, 2, 3):
        grow(scenario, trees)
    assert versions(scenario) == [3, 4]
    platform = Platform(replace(scenario.settings, kept_versions=4))
    for _ in range(3):
        with platform.warehouse.writing() as connection:
            publish_for_analysts(connection, platform)
    assert versions(scenario) == [4, 5, 6, 7]


@pytest.mark.parametrize("closed", ["access: internal", "access: restricted"])
def test_a_table_that_closes_is_closed_in_every_version(scenario, closed):
    publish(scenario)
    grow(scenario)
    scenario.edit("sources/arbres.yaml", "access: open", closed)
    publish(scenario)
    assert not list(scenario.home.published.rglob("sources.arbres.*"))
    assert len(versions(scenario)) == 1


def test_the_files_of_every_version_are_those_to_rewrite_when_someone_is_erased(scenario):
    publish(scenario)
    grow(scenario)
    found = [
        path.relative_to(scenario.home.published)
        for path in published_files(scenario.home.published)
    ]
    assert len({path.parts[1] for path in found}) == 2
    assert {path.suffix for path in found} == {".csv", ".duckdb", ".json", ".parquet"}
    assert not any(path.parts[0] == "current" for path in found)


def test_a_copy_of_the_folder_that_followed_links_is_published_over(scenario, tmp_path):
    publish(scenario)
    shutil.copytree(scenario.home.published, tmp_path / "copie")
    shutil.rmtree(scenario.home.published)
    shutil.move(tmp_path / "copie", scenario.home.published)
    grow(scenario)
    assert (scenario.home.published / "current").is_symlink()
    assert ask(scenario, TREES) == [(4,)]


def test_the_open_files_of_before_versions_do_not_outlive_them(scenario):
    former = scenario.home.published / "parquet" / "sources.fermee.parquet"
    former.parent.mkdir(parents=True)
    former.write_bytes(b"")
    (scenario.home.published / "analyse.duckdb").write_bytes(b"")
    publish(scenario)
    assert not former.exists()
    assert ask(scenario, TREES) == [(3,)]


def test_rollback_gives_the_version_before_and_says_so_in_the_journal(after_first_run):
    scenario = after_first_run
    scenario.write("arbres.csv", GOOD + "A-004;platane;3,5;01/01/2021;\n")
    run(scenario.platform())
    assert ask(scenario, TREES) == [(4,)]
    roll_back(scenario.platform(), None, "arbre inventé")
    assert ask(scenario, TREES) == [(3,)]
    (line,) = events(scenario, "retour")
    assert line["reason"] == "arbre inventé"
    assert (line["former"][:6], line["version"][:6]) == ("000002", "000001")
    assert verify(scenario.platform()).findings == []


def test_the_next_run_leaves_a_rollback_alone_until_something_changes(after_first_run):
    scenario = after_first_run
    scenario.write("arbres.csv", GOOD + "A-004;platane;3,5;01/01/2021;\n")
    run(scenario.platform())
    roll_back(scenario.platform(), None, "")
    run(scenario.platform())
    assert ask(scenario, TREES) == [(3,)]
    scenario.write("arbres.csv", GOOD + "A-005;érable;3,5;01/01/2021;\n")
    run(scenario.platform())
    assert ask(scenario, "select count(*) from sources.arbres where id_arbre = 'A-005'") == [(1,)]
    assert versions(scenario) == [1, 3]  # the one that was withdrawn is gone
    assert events(scenario, "export")[-1]["ends_rollback"] is True
    assert "ends_rollback" not in events(scenario, "export")[-2]


def test_a_rollback_is_undone_by_another_and_by_number(scenario):
    publish(scenario)
    grow(scenario)
    roll_back(scenario.platform(), None, "")
    assert (current(scenario), versions(scenario)) == (1, [1, 2])
    roll_back(scenario.platform(), "2", "")
    assert current(scenario) == 2


def test_a_rollback_that_cannot_be_says_why_and_changes_nothing(scenario):
    with pytest.raises(ArdoiseError, match="Rien n’est publié"):
        roll_back(scenario.platform(), None, "")
    publish(scenario)
    with pytest.raises(ArdoiseError, match="Aucune version antérieure"):
        roll_back(scenario.platform(), None, "")
    grow(scenario)
    with pytest.raises(ArdoiseError, match="« 12 » n’est gardée"):
        roll_back(scenario.platform(), "12", "")
    with scenario.platform().warehouse.writing(), pytest.raises(BusyWarehouse):
        roll_back(scenario.platform(), None, "")
    assert current(scenario) == 2
    assert events(scenario, "retour") == []


def test_a_damaged_version_is_not_given_back(scenario):
    publish(scenario)
    grow(scenario)
    (path,) = scenario.home.published.glob("versions/000001-*/internal/*")
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    with pytest.raises(ArdoiseError, match="abîmée"):
        roll_back(scenario.platform(), None, "")
    assert ask(scenario, TREES) == [(4,)]


def test_a_version_that_shows_what_its_contract_closed_since_is_not_given_back(scenario):
    publish(scenario)
    grow(scenario)
    scenario.edit("sources/arbres.yaml", "access: open", "access: internal")
    with pytest.raises(ArdoiseError, match=r"« sources\.arbres\."):
        roll_back(scenario.platform(), None, "")


@pytest.mark.parametrize("damage", ["", "[]", '{"name": "000001-x"}'])
def test_a_manifest_that_cannot_be_read_costs_a_publication_and_no_reader(after_first_run, damage):
    scenario = after_first_run
    (scenario.home.current / "manifest.json").write_text(damage)
    assert ask(scenario, TREES) == [(3,)]
    run(scenario.platform())
    assert current(scenario) > 0
    assert ask(scenario, TREES) == [(3,)]


@pytest.mark.parametrize("lost", ["current", "analyse.duckdb"])
def test_a_link_that_was_removed_comes_back(after_first_run, lost):
    scenario = after_first_run
    (scenario.home.published / lost).unlink()
    run(scenario.platform())
    assert ask(scenario, TREES) == [(3,)]
    with reading(scenario.platform().analyst_file) as connection:
        assert connection.execute(TREES).fetchall() == [(3,)]


def test_d10_a_reader_keeps_its_version_and_the_same_process_opens_the_new_one(scenario):
    """Through the link, DuckDB opens a version by its own name: its instances never mix them."""
    publish(scenario)
    link = str(scenario.home.published / "analyse.duckdb")
    with duckdb.connect(link, read_only=True) as held:
        grow(scenario)
        assert held.execute(TREES).fetchall() == [(3,)]
        with duckdb.connect(link, read_only=True) as again:
            assert again.execute(TREES).fetchall() == [(4,)]
        assert held.execute(TREES).fetchall() == [(3,)]


def test_d11_a_published_file_is_never_written_to_again_once_it_has_its_name(scenario):
    publish(scenario)
    before = {path: path.read_bytes() for path in published_files(scenario.home.published)}
    grow(scenario)
    roll_back(scenario.platform(), None, "")
    assert {path: path.read_bytes() for path in before} == before


def test_twenty_readers_in_a_loop_during_fifty_publications_meet_no_error_and_one_version(scenario):
    publish(scenario)
    platform = scenario.platform()
    with (
        readers(platform.analyst_file, READERS) as queries,
        platform.warehouse.writing() as connection,
    ):
        for number in range(PUBLICATIONS):
            connection.execute(
                f"insert into sources.arbres select 'B-{number:03d}', 'platane', 1, null, null;"
                "update curated.arbres_par_essence set arbres = arbres + 1 "
                "where essence = 'platane';"
                f"update quality.versions set content = '{number}'"
            )
            publish_for_analysts(connection, platform)
    assert len(queries) == READERS
    assert min(queries) > 0
    assert ask(scenario, TREES) == [(3 + PUBLICATIONS,)]


def test_readers_in_threads_of_one_process_meet_no_error_either(scenario):
    publish(scenario)
    failures: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                ask(scenario, TREES)
            except Exception as error:
                failures.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(5):
        publish(scenario)
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_the_manifest_of_a_version_names_no_value(scenario):
    publish_also(scenario, RESTRICTED)
    told = json.loads((scenario.home.current / "manifest.json").read_text())
    assert set(told) == {"name", "state", "tables", "shown", "key", "files"}
    assert told["key"] == 1
