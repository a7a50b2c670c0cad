"""Another authority: one file, its extracts, no change of code."""

import re
import subprocess
from pathlib import Path

import pytest

from assets.platform import Platform
from checks.territory import TerritoryFolder
from pipelines.run import run
from resources.settings import REPOSITORY, Home, Settings
from tests.scenario import Scenario

CODE = ("pipelines", "assets", "checks", "resources", "deploy", "workspace.yaml", "pyproject.toml")
SHIPPED = REPOSITORY / "assets" / "territories"


def shipped() -> list[TerritoryFolder]:
    return [TerritoryFolder(path.parent) for path in SHIPPED.glob("*/territory.yaml")]


def constants(territory: TerritoryFolder) -> set[str]:
    """Whatever would betray a territory: its names, codes, and those of its communes."""
    known = territory.territory
    lines = territory.extract("communes").read_text(encoding="utf-8").splitlines()[1:]
    cells = [line.split(",") for line in lines]
    words = {known.name, known.epci, known.seat, *(cell[0] for cell in cells)}
    words |= {cell[1] for cell in cells if len(cell[1]) > 5} | {cell[2] for cell in cells}
    return words | {territory.folder.name}


@pytest.mark.slow
def test_no_file_but_the_territory_s_own_holds_a_constant_of_it():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *CODE],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [REPOSITORY / name for name in listed.stdout.splitlines()]
    files = [path for path in files if path.is_file() and not path.is_relative_to(SHIPPED)]
    assert len(files) > 60
    found = []
    for territory in shipped():
        pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in constants(territory)))
        for path in files:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if match := pattern.search(line):
                    found.append(f"{path.relative_to(REPOSITORY)}:{number}: {match.group()}")
    assert found == []


def test_the_shipped_territory_is_taken_when_none_is_named(tmp_path):
    platform = Platform(Settings(home=Home(tmp_path)))
    assert platform.territory.territory.name == shipped()[0].territory.name


def test_a_folder_brings_its_own_sources_beside_the_shipped_ones(tmp_path):
    keys = set(Scenario(tmp_path).platform().catalogue.tables)
    assert {"sources.arbres", "curated.arbres_par_essence", "sources.communes"} <= keys


def test_its_variables_are_those_of_the_contracts(tmp_path):
    scenario = Scenario(tmp_path)
    contract = scenario.platform().catalogue.named("communes").contract
    assert contract.by_name["code_commune"].example == "01004"


def test_the_path_of_its_yaml_file_serves_as_well_as_its_folder(tmp_path):
    scenario = Scenario(tmp_path)
    by_file = Platform(Settings(home=scenario.home, territory=scenario.folder / "territory.yaml"))
    assert by_file.territory.territory.epci == "200000172"


@pytest.mark.slow
def test_the_whole_demo_runs_for_another_territory(tmp_path):
    scenario = Scenario(tmp_path)
    platform = Platform(
        Settings(
            home=scenario.home,
            territory=scenario.folder,
            profile="demo",
            sensor_rows=5_000,
        )
    )
    report = run(platform)
    assert report.complete, [outcome.message for outcome in report.outcomes]
    communes = scenario_query(
        platform, "select distinct code_commune from curated.electricite_par_habitant"
    )
    assert {row[0] for row in communes} == {"01004", "01007", "01014"}
    page = (Path(scenario.home.site) / "index.html").read_text(encoding="utf-8")
    assert "Pays des Trois Rivières" in page
    assert "Données de démonstration" in page


def scenario_query(platform: Platform, sql: str) -> list[tuple]:
    with platform.warehouse.writing() as connection:
        return connection.execute(sql).fetchall()
