"""Every command of docs/droits.md is executed, on the demonstration, in the order of the page."""

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.platform import Platform
from pipelines.command import app
from resources.settings import REPOSITORY, settings_from

pytestmark = pytest.mark.slow
PAGE = REPOSITORY / "docs" / "droits.md"


def commands() -> list[list[str]]:
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    return [shlex.split(line, comments=True)[1:] for one in blocks for line in one.splitlines()]


def test_the_commands_of_the_page_do_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARDOISE_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("ARDOISE_TERRITORY", "")
    monkeypatch.setenv("ARDOISE_SENSOR_ROWS", "1000")
    called = CliRunner()
    assert called.invoke(app, ["run", "demandes_usagers"]).exit_code == 0
    platform = Platform(settings_from())
    with platform.warehouse.writing() as connection:
        mail, name = connection.execute(
            "select courriel, nom from sources.demandes_usagers where courriel is not null limit 1"
        ).fetchall()[0]
    Path("identite.yaml").write_text(f"- {{courriel: {mail}}}\n", encoding="utf-8")
    assert len(commands()) >= 9
    for words in commands():
        if words[0] == "restore":
            backup = max((tmp_path / "data" / "backups").iterdir())
            words = [str(backup) if word.endswith(".ardoise") else word for word in words]
            monkeypatch.setenv("ARDOISE_HOME", str(tmp_path / "repris"))
            monkeypatch.setenv("ARDOISE_KEYS", str(tmp_path / "data-keys"))
        result = called.invoke(app, words)
        assert result.exit_code == 0, (words, result.output)
        assert mail not in result.output
    told = json.loads((tmp_path / "remise" / "donnees.json").read_text(encoding="utf-8"))
    assert any(row.get("nom") == name for part in told["donnees"] for row in part["lignes"])
    with Platform(settings_from()).warehouse.writing() as connection:
        rows = connection.execute("select courriel from sources.demandes_usagers").fetchall()
    assert rows and mail not in {found for (found,) in rows}
