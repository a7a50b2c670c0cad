"""What must hold of a data folder after anything: the invariant of the faults of family D.

Live tables are exactly one whole generation; their counts and contents are those of the journal;
nothing staged, nothing half written, no decision lost.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path

from assets.outcome import Published
from assets.versions import published_version
from pipelines.run import Report, run
from resources.content import content_of
from resources.sql import quoted
from resources.warehouse import reading
from tests.scenario import GOOD, Scenario

TABLES = ("sources.arbres", "curated.arbres_par_essence")
LEFTOVERS = (
    "select schema_name, table_name from duckdb_tables() where table_name like '\\_%' escape '\\'"
)


def generation(number: int) -> str:
    """The source's file at a generation: one tree more each time, and one line to set aside."""
    more = "".join(f"A-{100 + tree};platane;9;01/01/2021;\n" for tree in range(number))
    return GOOD + "sans numéro;tilleul;7;01/01/2021;\n" + more


def trees(number: int) -> int:
    """Rows of a generation."""
    return 3 + number


def published_once(folder: Path) -> Scenario:
    """A territory whose generation 0 is published everywhere, made once by the tests' session."""
    scenario = Scenario(folder)
    scenario.write("arbres.csv", generation(0))
    assert run(scenario.platform()).complete
    return scenario


def copied(template: Scenario, folder: Path) -> Scenario:
    """A data folder of one's own to damage."""
    shutil.copytree(template.home.path.parent, folder, dirs_exist_ok=True, symlinks=True)
    return Scenario(folder, write=False)


def decisions(scenario: Scenario) -> list[dict]:
    """Every decision of the journal about the two tables that change, oldest first."""
    return [line for line in scenario.platform().journal.decisions() if line["table"] in TABLES]


def assert_whole(scenario: Scenario, *generations: int, served: Iterable[int] = ()) -> int:
    """The invariant; the generation that is live, one of those allowed.

    What is served may be older, one of `served`, where several runs were killed in a row.
    """
    platform = scenario.platform()
    with platform.warehouse.writing() as connection:
        assert connection.execute(LEFTOVERS).fetchall() == []
        last = {}
        for line in platform.journal.decisions():
            assert (line["table"], line["version"]) not in last, "a version decided twice"
            last[line["table"], line["version"]] = line
        for key in TABLES:
            version = published_version(connection, key)
            assert version is not None, key
            line = last[key, version.version]
            assert line["event"] == "publication"
            assert version.version == max(number for name, number in last if name == key)
            table = quoted(*key.split("."))
            (rows,) = connection.execute(f"select count(*) from {table}").fetchone()
            assert (rows, version.fingerprint) == (line["rows"], line["fingerprint"])
            assert content_of(connection, table) == line["content"] == version.content
        (live,) = connection.execute("select count(*) from sources.arbres").fetchone()
        (aside,) = connection.execute("select count(*) from quarantine.arbres").fetchone()
        assert aside == 1
    assert platform.journal.intact()
    assert live in {trees(number) for number in generations}
    assert_served(scenario, *generations, *served)
    return live - trees(0)


def assert_served(scenario: Scenario, *generations: int) -> None:
    """What analysts open is whole, and of one of these generations."""
    allowed = {trees(number) for number in generations}
    with reading(scenario.platform().analyst_file) as published:
        (rows,) = published.execute("select count(*) from sources.arbres").fetchone()
        (counted,) = published.execute(
            "select sum(arbres) from curated.arbres_par_essence"
        ).fetchone()
        assert rows in allowed
        assert counted in allowed
    parquet = scenario.home.current / "open" / "parquet"
    assert all((parquet / f"{key}.parquet").is_file() for key in TABLES)


def assert_finished(scenario: Scenario, number: int, report: Report) -> None:
    """A run after the fault did all there was to do, and left nothing behind."""
    assert report.complete
    assert assert_whole(scenario, number) == number
    assert_served(scenario, number)
    assert list(scenario.home.work.iterdir()) == []
    stray = [path for path in scenario.home.path.rglob(".*") if "dagster" not in path.parts]
    assert stray == []
    with reading(scenario.platform().analyst_file) as published:
        told = dict(published.execute("select nom, version from catalogue.tables").fetchall())
    for key, version in standing(scenario).items():
        assert told[key] == version.version
    assert run(scenario.platform()).plan.stale == []


def standing(scenario: Scenario) -> dict[str, Published]:
    """The published version of each table."""
    platform = scenario.platform()
    with platform.warehouse.writing() as connection:
        return {key: published_version(connection, key) for key in TABLES}
