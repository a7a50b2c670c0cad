"""Backups: sealed, whole or refused, and no way back for an erased person."""

import io
import json
import os
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.backup import SUFFIX, back_up, read_backup, restore
from assets.platform import Platform
from pipelines.run import run
from resources.errors import ArdoiseError
from resources.keys import Keys
from resources.sealing import HEADER, PIECE, TAG, Sealer, Unsealer
from resources.settings import Home, Settings
from tests.scenario import Scenario


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


def sealed(keys: Keys, *pieces: bytes) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, keys, "essai")
    for piece in pieces:
        sealer.write(piece)
    sealer.finish()
    return file.getvalue()


def unsealed(keys: Keys, content: bytes) -> bytes:
    return io.BufferedReader(Unsealer(io.BytesIO(content), keys, "essai")).read()


@given(pieces=st.lists(st.binary(max_size=2000), max_size=5))
@pytest.mark.slow
def test_what_is_sealed_is_read_back_the_same(keys, pieces):
    assert unsealed(keys, sealed(keys, *pieces)) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_any_size_is_read_back_and_says_nothing_in_clear(keys, size):
    clear = (b"MARQUE" * (size // 6 + 1))[:size]
    content = sealed(keys, clear)
    assert unsealed(keys, content) == clear
    assert b"MARQUEMARQUE" not in content


@pytest.fixture(scope="module")
def three(keys) -> bytes:
    return sealed(keys, os.urandom(2 * PIECE + 100))


def damages(content: bytes) -> dict[str, bytes]:
    start, piece = HEADER.size, PIECE + TAG
    first, second = content[start : start + piece], content[start + piece : start + 2 * piece]
    rest = content[start + 2 * piece :]
    head = content[:start]
    flipped = bytearray(content)
    flipped[start + 5] ^= 1
    salted = bytearray(content)
    salted[20] ^= 1
    return {
        "a bit flipped": bytes(flipped),
        "the salt changed": bytes(salted),
        "the end cut off": head + first + second,
        "cut in a piece": content[:-7],
        "pieces exchanged": head + second + first + rest,
        "a piece removed": head + first + rest,
        "a piece repeated": head + first + first + second + rest,
        "something added": content + b"x",
        "nothing but the header": head,
    }


@pytest.mark.parametrize("damage", damages(b"\0" * (HEADER.size + 3 * (PIECE + TAG))))
def test_a_damaged_seal_is_refused(keys, three, damage):
    with pytest.raises(ArdoiseError, match="altérée ou coupée"):
        unsealed(keys, damages(three)[damage])


def test_what_is_no_backup_is_said_to_be_none(keys):
    with pytest.raises(ArdoiseError, match="pas une sauvegarde"):
        unsealed(keys, b"bonjour" * 20)


def test_a_backup_whose_key_is_gone_says_which(keys, three, tmp_path):
    with pytest.raises(ArdoiseError, match=r"clé n° 1 .* manque"):
        unsealed(Keys(tmp_path), three)


def elsewhere(scenario: Scenario, folder) -> Platform:
    """The same territory and keys, an empty data folder."""
    home = Home(folder / "repris", scenario.home.keys)
    return Platform(Settings(home=home, territory=scenario.folder))


def rows(platform: Platform) -> list:
    with platform.warehouse.writing() as connection:
        return connection.execute("from sources.arbres order by all").fetchall()


@pytest.fixture
def scenario(template, tmp_path) -> Scenario:
    shutil.copytree(template.home.path.parent, tmp_path, dirs_exist_ok=True)
    return Scenario(tmp_path, write=False)


@pytest.mark.slow
def test_the_restore_drill_gives_everything_back_and_nothing_to_do_again(scenario, tmp_path):
    platform = scenario.platform()
    made = back_up(platform)
    fresh = elsewhere(scenario, tmp_path)
    held = restore(fresh, made.path)
    assert held.files["landing"] == len(list(scenario.home.landing.rglob("*.*")))
    assert rows(fresh) == rows(platform)
    assert fresh.journal.intact()
    assert fresh.journal.last("reconstruction") is None
    report = run(fresh)
    assert report.complete and report.plan.stale == []
    assert fresh.analyst_file.is_file()


@pytest.mark.slow
def test_a_backup_says_nothing_in_clear_and_is_written_in_the_journal(scenario):
    made = back_up(scenario.platform())
    content = made.path.read_bytes()
    assert b"tilleul" not in content and b"landing" not in content
    line = scenario.platform().journal.last("sauvegarde")
    assert (line["file"], line["bytes"]) == (made.path.name, len(content))


@pytest.mark.slow
def test_only_the_last_backups_are_kept(scenario):
    platform = scenario.platform()
    names = [back_up(platform).path.name for _ in range(4)]
    assert [path.name for path in sorted(platform.home.backups.glob(f"*{SUFFIX}"))] == names[1:]


@pytest.mark.slow
def test_a_folder_that_holds_data_is_not_replaced_unless_it_is_asked(scenario):
    platform = scenario.platform()
    made = back_up(platform)
    before = rows(platform)
    scenario.write("arbres.csv", "Identifiant;essence;Hauteur (m);Planté le;remarque\n")
    with pytest.raises(ArdoiseError, match="contient déjà des données"):
        restore(platform, made.path)
    decided = platform.journal.last("sauvegarde")
    restore(platform, made.path, replace=True)
    assert rows(scenario.platform()) == before
    (former,) = scenario.home.journal.parent.glob("journal-avant-*")
    assert json.loads(former.read_text("utf-8").splitlines()[-1])["hash"] == decided["hash"]
    assert run(scenario.platform(), ask="none").complete


@pytest.mark.slow
def test_an_altered_backup_changes_nothing(scenario, tmp_path):
    made = back_up(scenario.platform())
    content = bytearray(made.path.read_bytes())
    content[-30] ^= 1
    made.path.write_bytes(content)
    fresh = elsewhere(scenario, tmp_path)
    for ask in (read_backup, restore):
        with pytest.raises(ArdoiseError, match="altérée ou coupée"):
            ask(fresh, made.path)
    assert not fresh.home.warehouse.exists() and not fresh.home.landing.exists()
