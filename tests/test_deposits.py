"""Deposit folders: which file is taken, when, and what is left of it. Near, then by real SFTP."""

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from assets.asking.deposit import UNFINISHED
from resources.errors import SourceError
from tests.portals.asking import Asking, contract
from tests.portals.sshd import Drop, make_key, sshd

AT_ONCE = "settle_s=0.05"


@pytest.fixture
def asking(tmp_path) -> Asking:
    return Asking(tmp_path)


@pytest.fixture
def deposit(asking: Asking) -> Path:
    folder = asking.scenario.folder / "depots"
    folder.mkdir()
    return folder


def drop(folder: Path, name: str, content: str = "id\n1\n", *, day: int = 1) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    os.utime(path, (day * 86400, day * 86400))
    return path


def of(pattern: str, *words: str, **more: object):
    return contract(f"folder:../depots/{pattern}?{'&'.join((AT_ONCE, *words))}", **more)


# --- Which file -------------------------------------------------------------------------------


def test_the_newest_file_that_fits_is_taken_and_left_in_place(asking, deposit):
    drop(deposit, "agents_2.csv", "id\nancien\n", day=1)
    newest = drop(deposit, "agents_1.csv", "id\nrécent\n", day=2)
    drop(deposit, "autre.csv", day=3)
    answer = asking.fetch(of("agents_*.csv"))
    assert asking.received.read_bytes() == newest.read_bytes()
    assert answer.origin == "folder:depots/agents_1.csv"
    assert len(list(deposit.iterdir())) == 3


def test_the_same_file_again_is_unchanged_and_a_newer_one_is_not(asking, deposit):
    drop(deposit, "a_1.csv", day=1)
    tag = asking.fetch(of("a_*.csv")).tag
    assert asking.fetch(of("a_*.csv"), tag) is None
    drop(deposit, "a_2.csv", "id\n2\n", day=2)
    assert asking.fetch(of("a_*.csv"), tag).tag != tag


def test_an_unchanged_deposit_is_known_without_waiting(asking, deposit):
    drop(deposit, "a.csv")
    tag = asking.fetch(of("a.csv")).tag
    slow = contract("folder:../depots/a.csv?settle_s=500")
    assert asking.fetch(slow, tag) is None


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_file_under_an_unfinished_name_is_not_taken(asking, deposit, name):
    drop(deposit, "a.csv", "id\nfini\n", day=1)
    drop(deposit, name.replace("*", "a.csv"), "id\nen cours", day=2)
    asking.fetch(of("*"))
    assert asking.received.read_text(encoding="utf-8") == "id\nfini\n"


def test_a_link_is_never_followed(asking, deposit, tmp_path):
    (deposit / "a.csv").symlink_to(drop(tmp_path, "secret.csv"))
    with pytest.raises(SourceError) as error:
        asking.fetch(of("a.csv"))
    assert error.value.code == "ABSENTE"


def test_a_folder_that_does_not_exist_is_told(asking):
    with pytest.raises(SourceError, match="dossier de dépôt") as error:
        asking.fetch(of("a.csv"))
    assert error.value.code == "ABSENTE"


def test_a_deposit_over_the_limit_is_not_copied(asking, deposit):
    drop(deposit, "a.csv", "id\n" + "1\n" * 1000)
    with pytest.raises(SourceError) as error:
        asking.fetch(of("a.csv", transport={"max_mb": 0.001}))
    assert error.value.code == "TROP_GROS"
    assert not asking.received.exists()


# --- A file being written ---------------------------------------------------------------------


def written_slowly(path: Path, stop: threading.Event) -> threading.Thread:
    def write() -> None:
        with path.open("a", encoding="utf-8") as file:
            while not stop.is_set():
                file.write("1\n")
                file.flush()
                time.sleep(0.005)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


@pytest.mark.slow
def test_a_file_being_written_is_left_and_no_older_one_stands_in_for_it(asking, deposit):
    drop(deposit, "a_1.csv", day=1)
    stop = threading.Event()
    thread = written_slowly(drop(deposit, "a_2.csv", day=2), stop)
    try:
        with pytest.raises(SourceError) as error:
            asking.fetch(of("a_*.csv"))
        assert error.value.code == "EN_COURS"
    finally:
        stop.set()
        thread.join()
    asking.fetch(of("a_*.csv"))
    assert asking.received.read_bytes() == (deposit / "a_2.csv").read_bytes()


# --- Several files joined ---------------------------------------------------------------------


def test_all_files_are_joined_with_their_titles_once(asking, deposit):
    drop(deposit, "m_02.csv", "\ufeffid;v\n2;b", day=1)
    drop(deposit, "m_01.csv", "\ufeffid;v\r\n1;a\r\n", day=2)
    drop(deposit, "m_03.csv", "id;v\n", day=2)
    drop(deposit, "m_04.csv", "id;v", day=2)
    answer = asking.fetch(of("m_*.csv", "take=all"))
    assert asking.received.read_bytes().decode() == "\ufeffid;v\r\n1;a\r\n2;b\n"
    assert answer.facts == {"fichiers réunis": 4}


def test_files_with_other_titles_are_not_joined(asking, deposit):
    drop(deposit, "m_1.csv", "id;v\n1;a\n")
    drop(deposit, "m_2.csv", "v;id\na;1\n")
    with pytest.raises(SourceError) as error:
        asking.fetch(of("m_*.csv", "take=all"))
    assert error.value.code == "TITRES_DIFFERENTS"


def test_lines_of_json_are_joined_without_titles(asking, deposit):
    drop(deposit, "a.jsonl", '{"id": 1}')
    drop(deposit, "b.jsonl", '\ufeff{"id": 2}\n')
    asking.fetch(of("*.jsonl", "take=all", format="jsonl"))
    assert asking.received.read_text() == '{"id": 1}\n{"id": 2}\n'


def test_a_file_that_disappears_from_all_changes_the_answer(asking, deposit):
    drop(deposit, "a.csv")
    gone = drop(deposit, "b.csv")
    tag = asking.fetch(of("*.csv", "take=all")).tag
    gone.unlink()
    assert asking.fetch(of("*.csv", "take=all"), tag).tag != tag


@pytest.mark.parametrize("words", [{"format": "parquet"}, {"encoding": "utf-16"}])
def test_what_has_no_lines_of_bytes_is_not_joined(asking, deposit, words):
    drop(deposit, "a.csv")
    with pytest.raises(SourceError) as error:
        asking.fetch(of("*", "take=all", **words))
    assert error.value.code == "FORMAT"


# --- Addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("folder:", "nom du fichier"),
        ("folder:../a.csv?tak=all", "le plus proche est « take »"),
        ("folder:../a.csv?take=some", "« newest »"),
        ("folder:../a.csv?settle_s=demain", "secondes"),
        ("sftp://serveur/a.csv?password_from=P", "compte"),
        ("sftp:a.csv?password_from=P", "serveur"),
        ("sftp://c@s:port/a.csv?password_from=P", "serveur"),
        ("sftp://c@s/a.csv", "password_from"),
        ("sftp://c@s/a.csv?password_from=P&key_from=K", "un seul"),
        ("sftp://c@s/a.csv?password_from=P&host_key=aa:bb", "empreinte"),
        ("sftp://c@s/?password_from=P", "nom du fichier"),
    ],
)
def test_an_address_that_can_never_be_read_is_told_at_the_load(asking, url, told):
    assert told in asking.fault(url)


@pytest.mark.parametrize(
    "url", ["sftp://c:hunter2@s/a.csv?password_from=P", "sftp://c@s/a.csv?password_from=hunter2"]
)
def test_a_secret_written_in_an_address_is_refused_and_never_quoted(asking, url):
    told = asking.fault(url)
    assert "variable" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "url",
    ["folder:../d/a_*.csv?take=all", "sftp://c@s:2222//srv/a.csv?key_from=K&host_key=SHA256:a+b/c"],
)
def test_a_sound_address_has_no_fault(asking, url):
    assert asking.fault(url) is None


# --- SFTP -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    with sshd(tmp_path_factory.mktemp("sshd")) as drop:
        yield drop


@pytest.fixture
def empty(remote: Drop, monkeypatch) -> Drop:
    for path in remote.folder.iterdir():
        path.unlink()
    monkeypatch.setenv("DEPOT_KEY_FILE", str(remote.key))
    return remote


def at(remote: Drop, pattern: str, **words: str) -> str:
    said = {"key_from": "DEPOT_KEY_FILE", "host_key": remote.fingerprint, "settle_s": "0.05"}
    return remote.url(pattern, **said | words)


@pytest.mark.slow
def test_sftp_takes_the_newest_file_whole_then_answers_unchanged(asking, empty):
    drop(empty.folder, "a_1.csv", day=1)
    big = drop(empty.folder, "a_2.csv", "id\n" + "ligne\n" * 500_000, day=2)
    answer = asking.fetch(contract(at(empty, "a_*.csv")))
    assert asking.received.read_bytes() == big.read_bytes()
    assert answer.origin.endswith("/depot/a_2.csv")
    assert asking.fetch(contract(at(empty, "a_*.csv")), answer.tag) is None
    assert big.exists()


@pytest.mark.slow
def test_sftp_joins_all_files(asking, empty):
    drop(empty.folder, "a.csv", "id\n1")
    drop(empty.folder, "b.csv", "id\n2\n")
    asking.fetch(contract(at(empty, "*.csv", take="all")))
    assert asking.received.read_text() == "id\n1\n2\n"


@pytest.mark.slow
def test_sftp_takes_neither_a_link_nor_a_folder(asking, empty, tmp_path):
    link = empty.folder / "a.csv"
    link.symlink_to(drop(tmp_path, "secret.csv"))
    with pytest.raises(SourceError) as error:
        asking.fetch(contract(at(empty, "*.csv")))
    assert error.value.code == "ABSENTE"


@pytest.mark.slow
def test_a_server_with_another_key_is_told_nothing(asking, empty):
    url = at(empty, "a.csv", host_key="SHA256:" + "A" * 43)
    with pytest.raises(SourceError, match="autre clé") as error:
        asking.fetch(contract(url))
    assert error.value.code == "CLE_HOTE"


@pytest.mark.slow
def test_an_unknown_server_shows_the_fingerprint_to_confirm(asking, empty):
    url = empty.url("a.csv", key_from="DEPOT_KEY_FILE")
    with pytest.raises(SourceError) as error:
        asking.fetch(contract(url))
    assert error.value.code == "CLE_HOTE"
    assert empty.fingerprint in str(error.value)


@pytest.mark.slow
def test_a_server_of_the_known_hosts_file_is_trusted(asking, empty):
    drop(empty.folder, "a.csv")
    key = Path(f"{empty.host_key}.pub").read_text().rsplit(" ", 1)[0]
    home = asking.platform.home.path
    home.mkdir(exist_ok=True)
    (home / "known_hosts").write_text(f"[127.0.0.1]:{empty.port} {key}\n")
    url = empty.url("a.csv", key_from="DEPOT_KEY_FILE", settle_s="0")
    assert asking.fetch(contract(url)) is not None


@pytest.mark.slow
def test_an_account_the_server_does_not_know_is_refused(asking, empty, tmp_path, monkeypatch):
    make_key(tmp_path / "autre")
    monkeypatch.setenv("DEPOT_KEY_FILE", str(tmp_path / "autre"))
    with pytest.raises(SourceError) as error:
        asking.fetch(contract(at(empty, "a.csv")))
    assert error.value.code == "ACCES_REFUSE"


@pytest.mark.slow
def test_a_key_under_a_passphrase_opens_with_its_variable_alone(
    asking, empty, tmp_path, monkeypatch
):
    drop(empty.folder, "a.csv")
    key = tmp_path / "protegee"
    make_key(key, "sésame")
    Path(f"{empty.key}.pub").write_text(
        Path(f"{empty.key}.pub").read_text() + Path(f"{key}.pub").read_text()
    )
    monkeypatch.setenv("DEPOT_KEY_FILE", str(key))
    monkeypatch.setenv("DEPOT_PASSPHRASE", "sésame")
    with pytest.raises(SourceError) as error:
        asking.fetch(contract(at(empty, "a.csv")))
    assert error.value.code == "CLE_ILLISIBLE"
    assert asking.fetch(contract(at(empty, "a.csv", passphrase_from="DEPOT_PASSPHRASE")))


@pytest.mark.slow
def test_a_folder_the_server_does_not_have_is_told(asking, empty):
    with pytest.raises(SourceError) as error:
        asking.fetch(contract(at(empty, "nulle/part/a.csv")))
    assert error.value.code == "ABSENTE"


def test_a_secret_that_is_not_set_is_named(asking):
    with pytest.raises(SourceError, match="DEPOT_NON_REGLE") as error:
        asking.fetch(contract("sftp://c@127.0.0.1:1/a.csv?password_from=DEPOT_NON_REGLE"))
    assert error.value.code == "SECRET_ABSENT"


@pytest.mark.slow
def test_a_server_that_does_not_answer_or_does_not_speak_ssh_is_unavailable(asking, monkeypatch):
    monkeypatch.setenv("DEPOT_PASSWORD", "x")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        url = f"sftp://c@127.0.0.1:{port}/a.csv?password_from=DEPOT_PASSWORD"
        with pytest.raises(SourceError) as error:
            asking.fetch(contract(url, transport={"deadline_s": 1}))
        assert error.value.code == "SOURCE_INDISPONIBLE"
    with pytest.raises(SourceError) as error:
        asking.fetch(contract(url))
    assert error.value.code == "SOURCE_INDISPONIBLE"


@pytest.mark.slow
def test_a_password_opens_and_a_wrong_one_does_not(asking, tmp_path, monkeypatch):
    from resources.sftp import fingerprint
    from tests.portals.password_sftp import password_sftp

    folder = tmp_path / "distant"
    folder.mkdir()
    drop(folder, "a.csv", "id\n7\n")
    with password_sftp(folder, "sésame ouvre-toi") as (port, key):
        said = f"password_from=DEPOT_PASSWORD&host_key={fingerprint(key.asbytes())}&settle_s=0"
        url = f"sftp://agent@127.0.0.1:{port}/a.csv?{said}"
        monkeypatch.setenv("DEPOT_PASSWORD", "sésame ouvre-toi")
        asking.fetch(contract(url))
        assert asking.received.read_text() == "id\n7\n"
        monkeypatch.setenv("DEPOT_PASSWORD", "autre")
        with pytest.raises(SourceError) as error:
            asking.fetch(contract(url))
    assert error.value.code == "ACCES_REFUSE"
    assert "autre" not in str(error.value)
