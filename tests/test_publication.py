"""What each audience reads: complete, commented, and nothing it should not."""

from base64 import b64encode

import duckdb
import pytest

from assets.publication import publish_for_analysts, published_files
from assets.publication.opening import published_for
from resources.errors import ArdoiseError
from tests.scenario import GOOD, TREES, Scenario

# Each builds tables for real, from a file to a published version.
pytestmark = pytest.mark.slow

CANARY = "CANARIDUJARDIN"
REGISTER = "protection: {personal_data: direct, register: jardiniers}"
INTERNAL = TREES.replace("access: open", "access: internal")
RESTRICTED = TREES.replace("access: open", f"access: restricted\n{REGISTER}")
# An internal table, one column of which is somebody.
HALF = INTERNAL.replace(
    "    example: taillé", "    example: taillé\n    personal_data: direct"
).replace("access: internal", f"access: internal\n{REGISTER}")
# A table about persons that says so of no column: nobody may tell which to leave out.
VAGUE = INTERNAL.replace("access: internal", f"access: internal\n{REGISTER}")


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


def publish_also(scenario: Scenario, contract: str) -> None:
    """Publish with one more table, `jardiniers`, whose every file holds a canary."""
    scenario.register("jardiniers")
    scenario.write("sources/jardiniers.yaml", contract.replace("arbres.csv", "jardiniers.csv"))
    scenario.write("jardiniers.csv", GOOD.replace("taillé", CANARY))
    assert scenario.build("jardiniers").state == "published"
    publish(scenario)


def ask(scenario: Scenario, sql: str, audience: str = "internal") -> list[tuple]:
    with published_for(scenario.platform(), audience) as connection:
        return connection.execute(sql).fetchall()


def names(scenario: Scenario, audience: str) -> list[str]:
    found = ask(scenario, "select nom from catalogue.tables order by all", audience)
    return [name for (name,) in found]


OPEN = ["curated.arbres_par_essence", "sources.arbres"]


def test_open_tables_are_in_the_open_and_in_the_internal_file(scenario):
    publish(scenario)
    for audience in ("open", "internal"):
        assert names(scenario, audience) == OPEN
        assert ask(scenario, "select count(*) from sources.arbres", audience) == [(3,)]
        total = "select sum(arbres) from curated.arbres_par_essence"
        assert ask(scenario, total, audience) == [(3,)]


def test_an_internal_table_is_in_the_internal_file_only(scenario):
    publish_also(scenario, INTERNAL)
    assert names(scenario, "open") == OPEN
    assert names(scenario, "internal") == [*OPEN, "sources.jardiniers"]
    assert not list(scenario.home.published.rglob("*jardiniers*"))


def test_a_restricted_table_is_in_the_encrypted_file_only(scenario):
    publish_also(scenario, RESTRICTED)
    assert names(scenario, "open") == names(scenario, "internal") == OPEN
    assert names(scenario, "restricted") == ["sources.jardiniers"]
    joined = "select count(*) from sources.jardiniers join interne.sources.arbres using (id_arbre)"
    assert ask(scenario, joined, "restricted") == [(3,)]
    remarks = "select remarque from sources.jardiniers where remarque is not null"
    assert ask(scenario, remarks, "restricted") == [(CANARY,)]


def test_no_byte_of_a_restricted_table_is_published_in_clear(scenario):
    publish_also(scenario, RESTRICTED)
    assert holders(scenario, CANARY) == []
    assert holders(scenario, "jardiniers.csv") == []


def holders(scenario: Scenario, word: str) -> list[str]:
    """The published files that hold a word, as it is or packed."""
    found = []
    for path in published_files(scenario.home.published):
        held = word.encode() in path.read_bytes()
        if path.suffix == ".parquet":
            held = held or word in str(duckdb.sql(f"from '{path}'").fetchall())
        found += [path.name] if held else []
    return found


def test_without_a_restricted_table_there_is_no_restricted_file_nor_key(scenario):
    publish(scenario)
    assert not list(scenario.home.published.rglob("restreint*"))
    assert not scenario.home.keys.exists()
    with (
        pytest.raises(ArdoiseError, match="Aucune table restreinte"),
        published_for(scenario.platform(), "restricted"),
    ):
        pass


def test_the_restricted_file_opens_with_its_key_in_any_recent_duckdb_and_not_without(scenario):
    publish_also(scenario, RESTRICTED)
    path = scenario.home.current / "restricted" / "restreint.duckdb"
    with duckdb.connect() as connection:
        with pytest.raises(duckdb.Error, match="without a key"):
            connection.execute(f"attach '{path}' as r (read_only)")
        with pytest.raises(duckdb.Error, match="Wrong encryption key"):
            connection.execute(f"attach '{path}' as r (read_only, encryption_key 'abc')")
        key = b64encode((scenario.home.keys / "restreint.1.key").read_bytes()).decode()
        connection.execute(f"attach '{path}' as r (read_only, encryption_key ?)", [key])
        (cipher,) = connection.execute(
            "select cipher from duckdb_databases() where database_name = 'r'"
        ).fetchone()
        assert cipher == "GCM"
        assert connection.execute("select count(*) from r.sources.jardiniers").fetchone() == (3,)


def test_the_key_stays_readable_after_a_rotation_and_the_next_publication_uses_the_new_one(
    scenario,
):
    publish_also(scenario, RESTRICTED)
    scenario.platform().keys.rotate("restreint")
    assert names(scenario, "restricted") == ["sources.jardiniers"]
    publish(scenario)
    (scenario.home.keys / "restreint.1.key").unlink()
    assert names(scenario, "restricted") == ["sources.jardiniers"]


def test_a_key_that_is_not_there_is_told_in_french_and_none_is_made(scenario):
    publish_also(scenario, RESTRICTED)
    key = scenario.home.keys / "restreint.1.key"
    key.unlink()
    with pytest.raises(ArdoiseError, match="pas lisible ici"):
        names(scenario, "restricted")
    assert not key.exists()


def test_a_personal_column_of_an_internal_table_is_left_out_and_that_is_said(scenario):
    publish_also(scenario, HALF)
    columns = ask(scenario, "select column_name from (describe sources.jardiniers)")
    assert ("remarque",) not in columns and ("essence",) in columns
    assert holders(scenario, CANARY) == []
    told = ask(
        scenario, "select colonne from catalogue.colonnes where table_nom like '%jardiniers'"
    )
    assert ("remarque",) not in told
    sql = "select comment from duckdb_tables() where table_name = 'jardiniers'"
    assert "Sans 1 colonne de données personnelles" in ask(scenario, sql)[0][0]


def test_a_table_about_persons_whose_columns_do_not_say_which_is_left_out_whole(scenario):
    publish_also(scenario, VAGUE)
    assert names(scenario, "internal") == OPEN
    assert holders(scenario, CANARY) == []


def test_quarantined_rows_never_reach_anybody(scenario):
    publish(scenario)
    for audience in ("open", "internal"):
        schemas = ask(scenario, "select distinct schema_name from duckdb_tables()", audience)
        assert ("quarantine",) not in schemas


def test_the_open_file_tells_nothing_of_other_tables(scenario):
    publish_also(scenario, INTERNAL)
    path = scenario.home.current / "open" / "ouvert.duckdb"
    assert b"jardiniers" not in path.read_bytes()
    schemas = ask(scenario, "select distinct schema_name from duckdb_tables() order by all", "open")
    assert schemas == [("catalogue",), ("curated",), ("sources",)]


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


def test_the_catalogue_tells_units_freshness_licence_checks_and_energy(scenario):
    publish(scenario)
    (told,) = ask(
        scenario,
        "select licence, cadence, attendues_avant > donnees_du, acces, conservation "
        "from catalogue.tables where nom = 'sources.arbres'",
        "open",
    )
    assert told == ("etalab-2.0", "mensuelle", True, "open", "10 ans")
    units = "select unite from catalogue.colonnes where colonne = 'hauteur_m'"
    assert ask(scenario, units, "open") == [("m",)]
    rules = (
        "select count(*) > 3, bool_and(tenue) from catalogue.controles "
        "where table_nom = 'sources.arbres'"
    )
    assert ask(scenario, rules, "open") == [(True, True)]
    uncommented = (
        "select table_name, column_name from duckdb_columns() where schema_name = 'catalogue' "
        "and database_name = 'published' and comment is null"
    )
    assert ask(scenario, uncommented, "open") == []


def test_open_and_internal_files_are_what_duckdb_1_0_reads(scenario):
    """Version 64 of the storage and blocks of 256 kB: what DuckDB 1.0.0 was seen to open.

    Tried by hand with duckdb 1.0.0 itself (2026-11-24): tables, comments and catalogue are read.
    """
    publish(scenario)
    for name in ("open/ouvert.duckdb", "internal/interne.duckdb"):
        header = (scenario.home.current / name).read_bytes()[:4200]
        assert header[8:12] == b"DUCK"
        assert int.from_bytes(header[12:20], "little") == 64


def test_the_key_is_in_no_statement_no_setting_and_no_error(scenario):
    publish_also(scenario, RESTRICTED)
    key = b64encode((scenario.home.keys / "restreint.1.key").read_bytes()).decode()
    raw = (scenario.home.keys / "restreint.1.key").read_bytes()
    for path in scenario.home.path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert key.encode() not in content and raw not in content, path
    shown = ask(scenario, "select * from duckdb_databases(), duckdb_settings()", "restricted")
    assert key not in str(shown)
