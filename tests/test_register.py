"""The register told: what is observed, what is exported, what is held back; and the DPO's guide."""

import datetime as dt
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from assets.dashboards.site import Site
from assets.dashboards.subjects import registre
from assets.platform import Platform
from assets.register.facts import processings, processings_behind, told_by
from assets.register.words import BASES, CONDITIONS, CRITERIA, DATA, NIR_FIELDS
from assets.table import Builder, Run
from checks.register import Basis6, Condition9, Criterion, DataKind, NirField
from pipelines.command import app
from pipelines.purging import purge_tables
from resources.energy import Meter
from resources.settings import REPOSITORY
from tests.scenario import GOOD, Scenario

GUIDE = (REPOSITORY / "docs/dpo.md").read_text(encoding="utf-8")
TWO = "{criteria: [large_scale, matching]}"


@pytest.fixture
def scenario(tmp_path, monkeypatch) -> Scenario:
    """Trees whose remarks are personal, read behind a pseudonym; an open table counts them."""
    found = Scenario(tmp_path)
    found.protected()
    found.edit(
        "sources/arbres.yaml",
        "    example: taillé\n",
        "    example: taillé\n    personal_data: direct\n    pseudonym: usagers\n",
    )
    found.edit(
        "sources/arbres.yaml",
        "access: open\n",
        "protection: {personal_data: direct, register: arbres}\naccess: restricted\n",
    )
    found.edit("sources/arbres.yaml", "keep: 10 years", "keep: 10 years, since: plante_le")
    found.register("arbres")
    found.write("arbres.csv", GOOD.replace("2020;", "2020;noté"))
    monkeypatch.setenv("ARDOISE_HOME", str(found.home.path))
    monkeypatch.setenv("ARDOISE_TERRITORY", str(found.folder))
    return found


def ardoise(*words: str):
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_every_word_of_the_register_has_its_french_one():
    for words, told in (
        (Basis6, BASES),
        (Condition9, CONDITIONS),
        (NirField, NIR_FIELDS),
        (DataKind, DATA),
        (Criterion, CRITERIA),
    ):
        assert set(get_args(words)) == set(told)
    assert len(CRITERIA) == 9


@pytest.mark.slow
def test_before_any_publication_the_register_is_told_as_declared(scenario):
    told = ardoise("register").stdout
    assert "T-900" in told
    assert "dpo@example.org" in told
    assert not scenario.home.warehouse.exists()


@pytest.mark.slow
def test_a_processing_shipped_for_a_table_nobody_has_is_not_one_of_this_authority(scenario):
    assert list(scenario.platform().catalogue.processings) == ["arbres"]
    assert "demandes_usagers" in scenario.platform().register


def test_an_open_table_is_traced_to_the_processings_behind_it(scenario):
    tables = list(scenario.platform().catalogue)
    (open_table,) = [one for one in tables if one.name == "arbres_par_essence"]
    assert processings_behind(open_table, tables) == {"arbres"}


@pytest.mark.slow
def test_volumes_and_the_last_purge_are_those_observed(scenario):
    early, late = (
        Platform(replace(scenario.settings, today=dt.date(year, 1, 1))) for year in (2005, 2009)
    )
    assert Builder(early, Run("essai", Meter())).build(early.catalogue.named("arbres")).rows == 2
    assert purge_tables(late, list(late.catalogue)) is not None
    with late.warehouse.writing() as connection:
        (found,) = processings(
            connection,
            list(late.catalogue),
            late.catalogue.processings,
            told_by(late.journal),
        )
    (held,) = found.holdings
    assert (found.rows, held.natures, held.pseudonyms) == (
        1,
        {"remarque": "direct"},
        ["remarque"],
    )
    assert found.purge is not None and found.purge.rows == 1
    assert found.opened == ["Arbres par essence"]


@pytest.mark.slow
def test_an_assessment_to_be_made_keeps_what_is_open_from_being_published(scenario):
    scenario.register("arbres", assessment=TWO)
    source = scenario.build("arbres")
    assert source.state == "published"
    assert "aipd" in {verdict.rule.name for verdict in source.warnings}
    refused = scenario.build("arbres_par_essence")
    assert refused.state == "refused"
    assert "à faire pour « Suivi des arbres »" in refused.message
    assert "analyse d’impact à faire" in ardoise("register").stdout.replace("\u00a0", " ")


@pytest.mark.slow
def test_what_is_open_already_is_judged_again_as_soon_as_an_assessment_is_called_for(scenario):
    for name in ("arbres", "arbres_par_essence"):
        assert scenario.build(name).state == "published"
    scenario.register("arbres", assessment=TWO)
    assert scenario.build("arbres").state == "unchanged"
    refused = scenario.build("arbres_par_essence")
    assert refused.state == "refused"
    assert "reste publiée" in refused.message
    scenario.register("arbres")
    assert scenario.build("arbres_par_essence").state == "published"


@pytest.mark.slow
@pytest.mark.parametrize(
    "end",
    [
        "reference: AIPD-2026-01",
        "not_needed: {reason: déjà couverte, author: Le DPO, date: 2026-11-01}",
    ],
)
def test_once_made_or_set_aside_by_a_decision_it_is_published(scenario, end):
    scenario.register("arbres", assessment=f"{TWO[:-1]}, {end}}}")
    assert scenario.build("arbres").state == "published"
    assert scenario.build("arbres_par_essence").state == "published"


@pytest.mark.slow
def test_c2_a_column_nobody_asked_for_is_told_once_and_listed_for_the_dpo(scenario):
    """Its title, never a value of it; the file is published without it."""
    title = "Téléphone du jardinier"
    first = scenario.build("arbres")
    assert "minimisation" in {verdict.rule.name for verdict in first.verdicts if verdict.passed}
    lines = GOOD.replace("2020;", "2020;noté").splitlines()
    text = "\n".join([f"{lines[0]};{title}", *(f"{line};0241" for line in lines[1:])])
    scenario.write("arbres.csv", text + "\n")
    second = scenario.build("arbres")
    assert second.state == "published"
    (warned,) = [one for one in second.warnings if one.rule.name == "minimisation"]
    assert f"« {title} »" in warned.observed and "0241" not in warned.observed
    assert told_by(scenario.platform().journal).left_out == {"sources.arbres": [title]}
    scenario.write("arbres.csv", text.replace("noté", "revu") + "\n")
    assert "minimisation" not in {one.rule.name for one in scenario.build("arbres").warnings}


@pytest.mark.slow
def test_the_spreadsheet_follows_the_model_of_the_cnil(scenario, tmp_path):
    from odfdo import Document

    file = tmp_path / "registre.ods"
    assert ardoise("register", "--ods", str(file)).exit_code == 0
    tables = Document(str(file)).body.tables
    assert [table.name for table in tables] == ["Liste des traitements", "T-900 Suivi des arbres"]
    first = [row.get_cell(0).text_recursive.strip() for row in tables[1].iter_rows()]
    for title in (
        "Nom / sigle",
        "Finalité principale",
        "Mesures de sécurité techniques",
        "Catégories de données personnelles concernées",
        "Données sensibles",
        "Catégories de personnes concernées",
        "Destinataires",
        "Transferts hors UE",
    ):
        assert title in first, title
    assert set(DATA.values()) <= set(first)


@pytest.mark.slow
def test_two_processings_of_one_number_are_two_sheets(scenario, tmp_path):
    from odfdo import Document

    scenario.register("taille")
    file = tmp_path / "registre.ods"
    assert ardoise("register", "--ods", str(file)).exit_code == 0
    names = [table.name for table in Document(str(file)).body.tables]
    assert len(names) == len(set(names)) == 3


def test_the_json_holds_what_is_declared_and_what_is_observed(scenario, tmp_path):
    file = tmp_path / "registre.json"
    assert ardoise("register", "--json", str(file)).exit_code == 0
    (one,) = json.loads(file.read_text(encoding="utf-8"))["processings"]
    assert one["retention"]["active"] == "10 years"
    assert one["observed"]["tables"][0]["natures"] == {"remarque": "direct"}


@pytest.mark.slow
def test_a_file_that_cannot_be_written_is_told(scenario, tmp_path):
    done = ardoise("register", "--json", str(tmp_path / "arbres.csv" / "x" / "registre.json"))
    assert done.exit_code in (0, 1)  # a missing folder is made
    (tmp_path / "fichier").write_text("")
    done = ardoise("register", "--json", str(tmp_path / "fichier" / "registre.json"))
    assert done.exit_code == 1
    assert "n’a pas pu être écrit" in done.stderr


def test_the_page_tells_no_security_measure(scenario):
    platform = scenario.platform()
    with platform.warehouse.writing() as connection:
        site = Site(
            connection,
            platform.territory.territory,
            list(platform.catalogue),
            platform.today,
            register=platform.catalogue.processings,
        )
        index, sheet = registre.drafts(site)
    assert index.path == "registre.html"
    told = json.dumps([dict(index.words), dict(sheet.words)], default=str, ensure_ascii=False)
    assert "Table restreinte" not in told
    assert "2\u00a0mesures de sécurité" in told


@pytest.mark.slow
def test_a_new_key_is_asked_for_by_name_and_makes_the_table_again(scenario):
    assert ardoise("run").exit_code == 0
    assert "k1" in ardoise("pseudonyms").stdout
    assert ardoise("pseudonyms", "rotate", "usager", "--reason", "essai").exit_code == 2
    done = ardoise("pseudonyms", "rotate", "usagers", "--reason", "départ")
    assert done.exit_code == 0
    assert "k2" in ardoise("pseudonyms").stdout
    (found,) = scenario.query(
        "select distinct split_part(remarque, ':', 1) from sources.arbres "
        "where remarque is not null"
    )
    assert found == ("k2",)
    line = scenario.platform().journal.last("rotation")
    assert (line["domain"], line["version"], line["reason"]) == ("usagers", 2, "départ")


# ---------------------------------------------------------------------------------- docs/dpo.md


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.S)


@pytest.mark.slow
def test_every_command_of_the_guide_works(scenario, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ardoise("run").exit_code == 0
    lines = [line.split("  #")[0].strip() for one in blocks("sh") for line in one.splitlines()]
    commands = [line for line in lines if line]
    assert len(commands) >= 7
    for command in commands:
        name, *words = shlex.split(command)
        assert name == "ardoise"
        done = ardoise(*words)
        assert done.exit_code == 0, (command, done.output)
    assert Path("registre.ods").is_file()


def test_the_entry_it_shows_is_complete_as_it_is(scenario):
    entry = next(one for one in blocks("yaml") if one.startswith("title:"))
    scenario.write("register/cantine.yaml", entry)
    found = scenario.platform().register["cantine"]
    assert not found.assessment.missing
    assert found.retention.french == "1 an, puis 2 ans en archivage intermédiaire"


def test_the_guide_names_every_criterion():
    assert all(f"`{name}`" in GUIDE for name in CRITERIA)
