"""The front door does not lie: its commands work, its links lead somewhere, its verbs exist."""

import os
import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from resources.settings import REPOSITORY
from tests.scenario import Scenario

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
SCRIPTS = REPOSITORY / ".venv" / "bin"


def commands(text: str = README) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.S)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def environment(home: Path, **more: str) -> dict[str, str]:
    path = f"{SCRIPTS}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "ARDOISE_HOME": str(home), **more}


def test_every_link_and_image_leads_to_a_file():
    targets = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)
    assert len(targets) >= 6
    assert [target for target in targets if not (REPOSITORY / target).exists()] == []


def test_every_make_verb_named_exists():
    verbs = {command.split()[1] for command in commands() if command.startswith("make ")}
    assert verbs >= {"run", "test", "dev", "check"}
    told = subprocess.run(
        ["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    assert [verb for verb in verbs if not re.search(rf"^{verb}\s", told, flags=re.M)] == []


def test_the_source_it_shows_loads_as_it_is(tmp_path):
    scenario = Scenario(tmp_path)
    shown = re.search(r"```yaml\n(.*?)```", README, flags=re.S)
    scenario.write("sources/arbres.yaml", shown.group(1))
    scenario.write("curated/arbres_par_essence.sql", "")
    (scenario.folder / "curated/arbres_par_essence.sql").unlink()
    scenario.edit("territory.yaml", "profile: essai", "profile: demo")
    contract = scenario.platform().catalogue.named("arbres").contract
    assert contract.title == "Arbres d’alignement"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A data folder filled by the README's first command."""
    folder = tmp_path_factory.mktemp("readme") / "data"
    done = subprocess.run(
        ["make", "run"],
        cwd=REPOSITORY,
        env=environment(folder, ARDOISE_SENSOR_ROWS="5000"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [command for command in commands() if command.startswith("ardoise ")]
)
def test_every_ardoise_command_it_shows_succeeds(command, home):
    done = subprocess.run(
        shlex.split(command),
        cwd=REPOSITORY,
        env=environment(home, ARDOISE_SENSOR_ROWS="5000"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


@pytest.mark.slow
def test_another_territory_runs_by_the_command_it_shows(tmp_path):
    scenario = Scenario(tmp_path)
    done = subprocess.run(
        ["ardoise", "run"],
        env=environment(scenario.home.path, ARDOISE_TERRITORY=str(scenario.folder)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_make_dev_opens_the_dagster_interface(home):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [SCRIPTS / "ardoise", "dev", "--port", str(port)],
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert _answers(f"http://127.0.0.1:{port}/server_info", within_s=90)
    finally:
        os.killpg(server.pid, signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _answers(url: str, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.5)
    return False
