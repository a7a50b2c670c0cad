"""Family F of the faults, what is done of persons' data: F3, F4, F5 and F6."""

import datetime as dt
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner

from assets.backup import back_up
from assets.intermediate import batches, ended
from assets.platform import Platform
from assets.publication.opening import published_for
from assets.rights.identity import scope_of
from checks.identity import Description
from pipelines.backing_up import restore_from
from pipelines.command import app
from pipelines.erasing import erase, look_for
from pipelines.handing import give_access
from pipelines.instance import prepare
from pipelines.purging import purge_tables, show_purge
from pipelines.run import run
from resources import warehouse
from resources.errors import ArdoiseError, DeclarationError
from tests.scenario import Scenario
from tests.town_hall import (
    CAMILLE,
    ENTRY,
    HEAD,
    HERS,
    IDENTITY,
    MAIL,
    OTHERS,
    SPOILT,
    TORN,
    holders,
    town_hall,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def scenario(tmp_path, monkeypatch) -> Scenario:
    """A person ingested, joined, quarantined, refused once, logged; nothing is compressed."""
    lock = warehouse.lock_down

    def uncompressed(connection, folders, *, temporary):
        connection.execute("set force_compression = 'uncompressed'")
        lock(connection, folders, temporary=temporary)

    monkeypatch.setattr(warehouse, "lock_down", uncompressed)
    scenario = town_hall(tmp_path)
    assert run(scenario.platform()).complete
    scenario.write("demandes.csv", HEAD + OTHERS + HERS + 9 * SPOILT + TORN)
    assert not run(scenario.platform()).complete
    told_everywhere(scenario, monkeypatch)
    return scenario


def certificate(scenario: Scenario) -> dict:
    return scenario.platform().journal.last("effacement")


def published_mails(platform: Platform) -> list[str]:
    """What the restricted file, which is encrypted, gives its readers."""
    with published_for(platform, "restricted") as connection:
        rows = connection.execute("select courriel from sources.demandes").fetchall()
    return sorted(mail for (mail,) in rows if mail)


def told_everywhere(scenario: Scenario, monkeypatch) -> None:
    """What a careless library would write: her address in a log and in Dagster's history."""
    logs = scenario.home.logs / "ardoise.log"
    logs.parent.mkdir(exist_ok=True)
    with logs.open("a", encoding="utf-8") as file:
        file.write(f"2026-02-06 ERROR valeur refusée : {CAMILLE[0]}\n2026-02-06 INFO rien\n")
    monkeypatch.setenv("DAGSTER_HOME", str(scenario.home.dagster))
    with dg.DagsterInstance.from_config(str(prepare(scenario.home))) as instance:
        told = instance.get_runs()[0]
        instance.report_engine_event(f"échec sur {CAMILLE[0]}", told)
    back_up(scenario.platform())
    aside = scenario.home.warehouse.parent / "ecarte-20260206T000000"
    aside.mkdir()
    shutil.copy(scenario.home.warehouse, aside)


def test_f5_an_erased_person_is_in_no_file_and_does_not_come_back(scenario, tmp_path):
    platform = scenario.platform()
    scope = scope_of(platform, "demandes")
    before = set(holders(platform))
    assert {name.split("/")[0] for name in before} == {"dagster", "landing", "logs", "warehouse"}
    assert any("ecarte" in name for name in before)
    found, elsewhere = look_for(platform, scope, [IDENTITY])
    assert set(holders(platform)) == before  # a dry run changes nothing
    assert [(one.table, one.rows, one.aside, one.refused) for one in found.tables] == [
        ("sources.demandes", 1, 2, 10),
        ("curated.demandes_arbres", 1, 0, 0),
    ]
    assert [(one.source, one.files, one.rows) for one in found.landed] == [("demandes", 2, 14)]
    assert (elsewhere.log_lines, elsewhere.runs, found.set_aside) == (1, 1, 1)

    assert MAIL in published_mails(platform)
    away = tmp_path / "ailleurs.ardoise"
    shutil.copy(next(scenario.home.backups.glob("*")), away)
    assert elsewhere.backups == 1
    done = erase(platform, scope, [IDENTITY], verified_by="presence")
    assert done.complete, (done.remaining, done.report)
    told = certificate(scenario)
    assert (told["register"], told["verified_by"], told["remaining"]) == (
        "demandes",
        "presence",
        [],
    )
    assert told["found"]["tables"][0]["refused"] == 10
    # The one backup left is the one made since.
    (backup,) = scenario.home.backups.glob("*")
    assert scenario.platform().journal.last("sauvegarde")["file"] == backup.name
    assert holders(platform) == {}
    assert scenario.query("select numero from sources.demandes order by 1") == [(1,), (2,), (3,)]
    assert scenario.query("select count(*) from curated.demandes_arbres") == [(3,)]

    assert MAIL not in published_mails(platform)
    assert len(list((platform.home.published / "versions").iterdir())) == 1

    # The same source again, then another file that still has her.
    assert scenario.platform().landing.last("demandes")
    run(scenario.platform(), force=True)
    assert holders(platform) == {}
    scenario.write("demandes.csv", HEAD + OTHERS + HERS + SPOILT + TORN + "\n")
    assert run(scenario.platform()).complete
    assert holders(platform) == {}
    assert scenario.query("select numero from sources.demandes order by 1") == [(1,), (2,), (3,)]

    # A copy of the backup kept elsewhere, made before: she is in it, and it is no way back.
    restore_from(scenario.platform(), away, replace=True)
    assert scenario.query("select count(*) from quarantine.demandes__refusee") == [(10,)]
    assert run(scenario.platform(), ask="none").plan
    assert holders(platform) == {}
    assert scenario.query("select numero from sources.demandes order by 1") == [(1,), (2,), (3,)]


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Scenario:
    scenario = town_hall(tmp_path_factory.mktemp("mairie"))
    assert run(scenario.platform()).complete
    return scenario


def test_f6_every_row_of_a_person_is_handed_over_with_the_day_the_answer_is_due(
    published, tmp_path
):
    platform = published.platform()
    scope = scope_of(platform, "demandes")
    folder = tmp_path / "remise"
    before = set(holders(platform))
    handed = give_access(platform, scope, [IDENTITY], folder, dt.date(2027, 1, 31))
    assert handed.rows == {
        "sources.demandes": 1,
        "quarantine.demandes": 2,
        "depot.demandes": 3,
        "curated.demandes_arbres": 1,
    }
    assert handed.until == dt.date(2027, 2, 28)
    told = json.loads((folder / "donnees.json").read_text(encoding="utf-8"))
    (row,) = next(part for part in told["donnees"] if part["ou"] == "sources.demandes")["lignes"]
    assert (row["numero"], row["nom"], row["adresse"]) == (4, "Arbrisseau", "4 rue du Tilleul bleu")
    assert {path.name for path in folder.iterdir()} == {
        "donnees.json",
        "donnees.ods",
        "reponse.odt",
    }
    assert folder.stat().st_mode & 0o077 == 0
    for other in ("Durand", "Petit", "Moreau"):
        assert other not in (folder / "donnees.json").read_text(encoding="utf-8")
    # Handing over leaves nothing behind: neither a file, nor a word in the journal.
    assert set(holders(platform)) == before
    assert platform.suppressions.all() == []
    assert platform.journal.last("acces")["until"] == "2027-02-28"


def test_f6_what_is_handed_over_never_stays_among_the_data(published):
    platform = published.platform()
    scope = scope_of(platform, "demandes")
    with pytest.raises(DeclarationError, match="parmi les données"):
        give_access(platform, scope, [IDENTITY], platform.home.path / "x", dt.date(2026, 1, 1))


def copy(published: Scenario, folder: Path) -> Scenario:
    """A data folder of one's own."""
    shutil.copytree(published.home.path.parent, folder, dirs_exist_ok=True)
    return Scenario(folder, write=False)


def test_f5_an_erasure_is_refused_while_a_dispute_holds_the_processing(published, tmp_path):
    scenario = copy(published, tmp_path)
    scenario.write("register/demandes.yaml", ENTRY + FROZEN)
    platform = scenario.platform()
    before = holders(platform)
    with pytest.raises(ArdoiseError, match="gelé depuis le 01/10/2026 pour un litige"):
        erase(platform, scope_of(platform, "demandes"), [IDENTITY], verified_by="piece")
    assert holders(platform) == before
    assert platform.suppressions.all() == []


def test_f5_a_list_that_is_lost_or_damaged_stops_whatever_would_come_in(published, tmp_path):
    scenario = copy(published, tmp_path)
    platform = scenario.platform()
    erase(platform, scope_of(platform, "demandes"), [IDENTITY], verified_by="piece")
    scenario.write("demandes.csv", HEAD + OTHERS + HERS)
    before = platform.home.suppressions.read_bytes()
    for damage in (b"{", None):
        platform.home.suppressions.unlink()
        if damage is not None:
            platform.home.suppressions.write_bytes(damage)
        with pytest.raises(ArdoiseError, match="une personne effacée reviendrait"):
            run(scenario.platform())
        assert holders(platform) == {}
    platform.home.suppressions.write_bytes(before)
    assert run(scenario.platform()).complete
    assert holders(platform) == {}


# --- retention ---------------------------------------------------------------------------------

LATER = dt.date(2028, 2, 5)  # two years after the third request: two of them are past their time
PAST = ("Durand", "aline.durand@exemple.fr", "Petit", "basile.petit@exemple.fr")


def on(scenario: Scenario, day: dt.date = LATER) -> Platform:
    return Platform(replace(scenario.settings, today=day))


def numbers(scenario: Scenario) -> list[int]:
    rows = scenario.query("select numero from sources.demandes order by 1")
    return [number for (number,) in rows]


def test_f3_what_is_past_its_time_is_in_no_file_any_more(scenario):
    platform = on(scenario)
    before = {name.split("/")[0] for name in holders(platform, PAST)}
    assert before == {"landing", "warehouse"}
    kept = holders(platform)
    assert show_purge(platform, None, dry_run=True)
    assert holders(platform) == kept
    done = purge_tables(platform, list(platform.catalogue))
    assert done is not None and done.complete
    assert holders(platform, PAST) == {}
    assert numbers(scenario) == [3, 4]
    (past,) = done.past
    assert (past.table, past.rows, past.received, past.files) == ("sources.demandes", 2, 4, 0)
    assert (done.swept.log_lines >= 2, done.swept.set_aside) == (True, 1)
    assert len(list(scenario.home.backups.glob("*"))) == 1
    certificate = platform.journal.last("purge")
    assert certificate["tables"][0]["received"] == 4
    assert certificate["swept"]["set_aside"] == 1
    # Nothing else went, nothing is due.
    assert purge_tables(platform, list(platform.catalogue)) is None
    assert numbers(scenario) == [3, 4]
    # A warehouse made again from what was received is the one that was purged.
    before = scenario.query("from sources.demandes order by all")
    scenario.home.warehouse.unlink()
    shutil.rmtree(scenario.home.published)
    assert scenario.query("from sources.demandes order by all") == before


def test_f3_a_former_file_goes_when_no_row_says_its_date(published, tmp_path):
    scenario = copy(published, tmp_path)
    scenario.edit("sources/demandes.yaml", ", since: depose_le", "")
    scenario.write("demandes.csv", HEAD + OTHERS)
    assert run(scenario.platform()).complete
    platform = on(scenario, dt.date(2030, 1, 1))
    _, last = platform.landing.kept("demandes")
    purge_tables(platform, list(platform.catalogue))
    assert platform.landing.kept("demandes") == [last]
    assert platform.landing.last("demandes").sha256 == last.stem
    assert numbers(scenario) == [1, 2, 3]


def test_f3_a_second_age_is_sealed_then_ends_and_a_person_is_found_in_it(published, tmp_path):
    scenario = copy(published, tmp_path)
    second = ENTRY.replace("active: 2 years", "active: 2 years, intermediate: 3 years")
    scenario.write("register/demandes.yaml", second)
    platform = on(scenario)
    done = purge_tables(platform, list(platform.catalogue))
    assert done is not None and done.complete and done.ages.put_away == 2
    assert numbers(scenario) == [3, 4]
    assert holders(platform, PAST) == {}  # sealed: no reader of tables, no copy, has them
    aline = Description({"courriel": "aline.durand@exemple.fr"})
    scope = scope_of(platform, "demandes")
    handed = give_access(platform, scope, [aline], tmp_path / "remise", LATER)
    assert handed.rows == {"intermediaire.sources.demandes": 1}
    found, _ = look_for(platform, scope, [aline])
    assert [one.put_away for one in found.tables] == [1, 0]
    assert erase(platform, scope, [aline], verified_by="connue").complete
    with pytest.raises(KeyError):
        give_access(platform, scope, [aline], tmp_path / "vide", LATER).rows["sources.demandes"]
    assert [one.rows for one in batches(platform, scope.tables[0])] == [1]
    end = on(scenario, dt.date(2031, 2, 4))
    assert [one.rows for one in batches(end, scope.tables[0])] == [1]
    assert ended(end, scope.tables[0]) == []
    end = on(scenario, dt.date(2031, 2, 5))
    assert purge_tables(end, scope.tables).ages.ended == 1
    # What is left there entered its second age that day.
    assert [one.before for one in batches(end, scope.tables[0])] == [dt.date(2029, 2, 5)]


FROZEN = "hold: {since: 2026-10-01, reason: recours au tribunal, author: le DPO}\n"
ARCHIVED = ENTRY.replace("final: destroy", "final: sort")


@pytest.mark.parametrize("entry", [ENTRY + FROZEN, ARCHIVED], ids=["dispute", "archives"])
def test_f4_a_purge_is_refused_under_a_dispute_or_without_the_visa_of_the_archives(
    published, tmp_path, entry, capsys
):
    scenario = copy(published, tmp_path)
    scenario.write("register/demandes.yaml", entry)
    assert run(scenario.platform()).complete
    before = holders(scenario.platform(), PAST)
    assert not show_purge(on(scenario), "demandes", dry_run=False)
    assert holders(scenario.platform(), PAST) == before
    assert numbers(scenario) == [1, 2, 3, 4]
    told = " ".join(capsys.readouterr().out.split())
    drafts = list((scenario.home.path / "eliminations").glob("*.ods"))
    if entry == ARCHIVED:
        assert "faites viser le bordereau par les archives" in told
        assert len(drafts) == 1
    else:
        assert "est gelé depuis le 1er octobre 2026 (le DPO)" in told
        assert drafts == []


def test_f4_with_a_visa_rows_go_to_the_archives_first(published, tmp_path):
    scenario = copy(published, tmp_path)
    scenario.write("register/demandes.yaml", ARCHIVED + "elimination_visa: AD49 2028-17\n")
    away = tmp_path / "versement"
    assert not show_purge(on(scenario), "demandes", dry_run=False)
    assert numbers(scenario) == [1, 2, 3, 4]
    assert show_purge(on(scenario), "demandes", dry_run=False, archives=away)
    assert numbers(scenario) == [3, 4]
    (told,) = json.loads((away / "versement.json").read_text(encoding="utf-8"))
    assert (told["lignes"], told["visa"]) == (2, "AD49 2028-17")
    handed = (away / told["fichier"]).read_bytes()
    assert hashlib.sha256(handed).hexdigest() == told["sha256"]
    assert b"Durand" in handed and b"Moreau" not in handed


# --- the command line: who she is comes by standard input, and is never told -------------------


@pytest.fixture
def command(published, tmp_path, monkeypatch):
    shutil.copytree(published.home.path.parent, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("ARDOISE_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("ARDOISE_TERRITORY", str(tmp_path / "territoire"))

    def call(*words: str, said: str = ""):
        return CliRunner().invoke(app, ["person", *words], input=said)

    return call


def test_f5_the_command_erases_whom_it_is_told_by_standard_input_and_names_nobody(
    command, tmp_path
):
    said = f"courriel: {MAIL}\n"
    shown = command("erase", "demandes", "--identity", "-", "--dry-run", said=said)
    assert shown.exit_code == 0, shown.output
    told = " ".join(shown.output.split())
    assert "curated.objets_demandes, calculée ; elle lit demandes.objet" in told
    unsure = command("erase", "demandes", "--identity", "-", said=said)
    assert unsure.exit_code == 2 and "--verified-by" in unsure.output
    unconfirmed = command(
        "erase", "demandes", "--verified-by", "piece", "--identity", "-", said=said
    )
    assert unconfirmed.exit_code == 1
    done = command(
        "erase", "demandes", "--verified-by", "piece", "--identity", "-", "--yes", said=said
    )
    assert done.exit_code == 0, done.output
    assert holders(Scenario(tmp_path, write=False).platform()) == {}
    for result in (shown, unsure, unconfirmed, done):
        assert not any(word in result.output for word in CAMILLE)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("courrier: x\n", "le mot le plus proche est « courriel »"),
        ("courriel: ''\n", "n’a pas de valeur"),
        ("- x\n", "attend une valeur par colonne"),
        ("{", "n’est pas lisible"),
        ("courriel: '--'\n", "n’a pas de valeur"),
    ],
)
def test_f5_an_identity_that_says_nobody_is_refused_without_a_value(command, said, told):
    result = command("erase", "demandes", "--identity", "-", "--dry-run", said=said)
    assert result.exit_code == 2
    assert told in result.output


def test_f5_a_processing_nobody_knows_is_told_with_the_closest(command):
    result = command("erase", "demande", "--identity", "-", "--dry-run", said="nom: x\n")
    assert result.exit_code == 2
    assert "« demandes »" in result.output
