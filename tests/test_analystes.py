"""The analysts' guide: every block of it runs, or says that it was not tried here."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.run import run
from resources.settings import REPOSITORY
from resources.warehouse import reading
from tests.durability import copied
from tests.scenario import Scenario
from tests.test_publication import RESTRICTED

pytestmark = pytest.mark.slow

GUIDE = (REPOSITORY / "docs" / "analystes.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)( \w+)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The blocks of a language; those marked with another tool are tried by hand."""
    return [text for kind, tool, text in BLOCK.findall(GUIDE) if kind == language and not tool]


@pytest.fixture(scope="module")
def published(template, tmp_path_factory) -> Scenario:
    """A folder as the guide supposes it: a data folder, its keys, a restricted table."""
    scenario = copied(template, tmp_path_factory.mktemp("guide"))
    scenario.register("jardiniers")
    scenario.write("sources/jardiniers.yaml", RESTRICTED)
    assert run(scenario.platform(), ["jardiniers"]).complete
    return scenario


def execute(scenario: Scenario, *command: str) -> str:
    done = subprocess.run(
        command,
        cwd=scenario.home.path.parent,
        env={
            **os.environ,
            "ARDOISE_HOME": str(scenario.home.path),
            "ARDOISE_TERRITORY": str(scenario.folder),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_command_of_the_guide_runs(published):
    told = [execute(published, "sh", "-ec", block) for block in blocks("sh")]
    assert "sources.communes" in told[0]
    folder = published.home.path.parent
    assert (folder / "communes.csv").read_text(encoding="utf-8").startswith("code_commune,")
    spreadsheet = (folder / "communes-tableur.csv").read_bytes()
    assert spreadsheet.startswith("\ufeffcode_commune;".encode())
    assert "sources.jardiniers" in told[1]


@pytest.mark.parametrize("block", blocks("python"))
def test_every_python_of_the_guide_runs(published, block):
    assert execute(published, sys.executable, "-W", "error", "-c", block)


def test_every_query_of_the_guide_runs(published):
    for block in blocks("sql"):
        for statement in filter(str.strip, block.split(";")):
            with reading(published.platform().analyst_file) as connection:
                assert connection.execute(statement).description


def test_what_is_not_run_says_so():
    for section in GUIDE.split("\n## "):
        kinds = {(kind, tool) for kind, tool, _ in BLOCK.findall(section)}
        if kinds - {("sh", ""), ("sql", ""), ("python", "")}:
            assert "Non essayé ici" in section or "Essayé à la main" in section
