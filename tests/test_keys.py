"""Keys: one per domain, kept through rotation, closed to others, never among the data."""

from pathlib import Path

import pytest

from resources.errors import ArdoiseError, DeclarationError
from resources.keys import Keys
from resources.settings import settings_from


def test_a_key_is_the_same_each_time_it_is_asked_for(tmp_path: Path) -> None:
    first = Keys(tmp_path / "keys").current("publication")
    assert Keys(tmp_path / "keys").current("publication") == first
    assert len(first.value) == 32


def test_two_domains_never_share_a_key(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    assert keys.current("usagers").value != keys.current("agents").value


def test_a_rotation_gives_another_key_and_keeps_the_former(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    first, second = keys.current("usagers"), keys.rotate("usagers")
    assert second.version == 2 and second.value != first.value
    assert keys.versions("usagers") == [first, second]
    assert keys.current("usagers") == second


def test_only_its_owner_may_read_a_key(tmp_path: Path) -> None:
    Keys(tmp_path / "keys").current("usagers")
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(ArdoiseError, match="d’autres que son propriétaire"):
        Keys(tmp_path / "keys").current("usagers")


def test_a_damaged_key_is_said_so_and_never_replaced(tmp_path: Path) -> None:
    Keys(tmp_path).current("usagers")
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"short")
    with pytest.raises(ArdoiseError, match="abîmée"):
        Keys(tmp_path).current("usagers")
    assert file.read_bytes() == b"short"


def test_a_key_is_never_told_by_its_representation(tmp_path: Path) -> None:
    key = Keys(tmp_path).current("usagers")
    assert str(key.value) not in repr(key)


def test_keys_stand_outside_the_data_folder(tmp_path: Path) -> None:
    home = settings_from({"ARDOISE_HOME": str(tmp_path / "data")}).home
    assert not home.keys.is_relative_to(home.path)
    inside = {"ARDOISE_HOME": str(tmp_path), "ARDOISE_KEYS": str(tmp_path / "keys")}
    with pytest.raises(DeclarationError, match="ARDOISE_KEYS"):
        settings_from(inside)
