"""Family D of the faults: a disk that is full, read-only or somebody else's.

On a real file system, small and full: a tmpfs, which asks to be root, as our CI is.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.run import run
from resources.errors import ArdoiseError
from tests.durability import assert_finished, assert_served, copied, generation
from tests.scenario import Scenario

pytestmark = pytest.mark.slow
ROOMY = "64m"


@pytest.fixture
def scenario(template, tmp_path) -> Scenario:
    """Generation 0 published, generation 1 received."""
    scenario = copied(template, tmp_path)
    scenario.write("arbres.csv", generation(1))
    return scenario


def mount(folder: Path, *options: str) -> None:
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join(options), "none", str(folder)], check=True
    )


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """The folder, with what it holds, on a disk of its own."""
    former = folder.with_name(f"{folder.name}-former")
    folder.mkdir(parents=True, exist_ok=True)
    folder.rename(former)
    folder.mkdir()
    mount(folder, f"size={ROOMY}")
    try:
        shutil.copytree(former, folder, dirs_exist_ok=True, symlinks=True)
        shutil.rmtree(former)
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _no_file_more(folder: Path) -> list[str]:
    """A disk has one page at least: the empty work folder would take a small file without this."""
    found = os.statvfs(folder)
    return [f"nr_inodes={found.f_files - found.f_ffree}"] if folder.name == "work" else []


@contextmanager
def full(folder: Path, spare_kb: int) -> Iterator[None]:
    """The disk of a folder with only so much room left, until the end of the `with`."""
    found = os.statvfs(folder)
    used = (found.f_blocks - found.f_bfree) * found.f_frsize
    mount(folder, "remount", f"size={max(used, 4096) + spare_kb * 1024}", *_no_file_more(folder))
    try:
        yield
    finally:
        mount(folder, "remount", f"size={ROOMY}", "nr_inodes=10000")


@pytest.mark.parametrize(
    ("place", "spare_kb"),
    [
        ("work", 0),
        ("landing", 0),
        ("warehouse", 0),
        ("warehouse", 128),
        ("journal", 0),
        ("published", 600),
        ("published/versions", 64),
        ("site", 0),
        ("dagster", 0),
    ],
)
def test_d7_a_full_disk_is_told_in_french_and_everything_works_once_there_is_room(
    scenario, place, spare_kb
):
    folder = scenario.home.path / place
    with small_disk(folder):
        with full(folder, spare_kb):
            told = told_by_a_run(scenario)
            assert "disque est plein" in told
            assert_served(scenario, 0, 1)
            assert [path for path in stray(scenario) if path.stat().st_size > 0] == []
        assert_finished(scenario, 1, run(scenario.platform()))


def told_by_a_run(scenario: Scenario) -> str:
    """What a run that must not end well says."""
    try:
        report = run(scenario.platform())
    except ArdoiseError as error:
        return str(error)
    assert not report.complete
    return " ".join(report.crashes.values())


def stray(scenario: Scenario) -> list[Path]:
    """Files half written, or set aside, in what people read."""
    found = [*scenario.home.published.rglob("*"), *scenario.home.site.rglob("*")]
    return [path for path in found if path.suffix in (".new", ".tmp", ".wal", ".altered")]


def test_d7_a_log_that_cannot_be_written_stops_nobody(scenario):
    scenario.write("arbres.csv", "")
    scenario.home.logs.mkdir(exist_ok=True)
    with small_disk(scenario.home.logs), full(scenario.home.logs, 0):
        (scenario.home.logs / "ballast").write_bytes(b"")
        report = run(scenario.platform())
    assert [outcome.state for outcome in report.outcomes] == ["refused"]
    assert report.crashes == {}


PLAIN = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


def ardoise(scenario: Scenario, *words: str, under: Sequence[str] = ()) -> tuple[int, str]:
    """The command line in a process of its own, under another command if asked."""
    code = "from pipelines.command import app; app()"
    done = subprocess.run(
        [*under, sys.executable, "-c", code, *words],
        env={
            **os.environ,
            "ARDOISE_HOME": str(scenario.home.path),
            "ARDOISE_TERRITORY": str(scenario.folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_d7_a_data_folder_that_is_read_only_is_told_and_still_read(scenario):
    folder = scenario.home.path
    with small_disk(folder):
        mount(folder, "remount", "ro")
        code, told = ardoise(scenario, "run")
        assert code == 1
        assert "lecture seule" in told
        assert "Traceback" not in told
        code, told = ardoise(scenario, "query", "select count(*) from sources.arbres")
        assert (code, "3" in told) == (0, True)
        mount(folder, "remount", "rw")
        assert_finished(scenario, 1, run(scenario.platform()))


def test_d7_a_data_folder_of_another_user_is_told_and_still_read(scenario):
    """Root without its right to pass over permissions: a user like any other."""
    subprocess.run(["chown", "-R", "65534:65534", str(scenario.home.path)], check=True)
    code, told = ardoise(scenario, "run", under=PLAIN)
    assert code == 1
    assert "les droits ne le permettent pas" in told
    assert "Traceback" not in told
    code, told = ardoise(scenario, "query", "select count(*) from sources.arbres", under=PLAIN)
    assert (code, "3" in told) == (0, True), told
    assert_finished(scenario, 1, run(scenario.platform()))
