"""What was set aside can be read, and comes back when the contract is corrected.

The awkward territory, one bad row of each kind, the commands as they are typed.
"""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from assets.freshness import freshness
from pipelines.command import app
from resources.landing import Landed
from resources.outage import Outage, Outages
from tests.scenario import GOOD, TREES, Scenario

ROWS = """\
Identifiant;essence;Hauteur (m);Planté le;remarque
A-001;tilleul;12,5;21/03/1998;
A-002;chêne;s;01/11/1950;taillé
A-003;érable;très haut;15/04/2020;
A-004;chêne;8;12/12/2001;
A-005;tilleul;8;12/12/2001;une colonne;de trop
A-006;platane;8;12/12/2001;
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch) -> Scenario:
    scenario = Scenario(tmp_path)
    scenario.write("arbres.csv", ROWS)
    scenario.edit("sources/arbres.yaml", "max_pct: 60", "max_pct: 80")
    monkeypatch.setenv("ARDOISE_HOME", str(scenario.home.path))
    monkeypatch.setenv("ARDOISE_TERRITORY", str(scenario.folder))
    monkeypatch.setenv("DAGSTER_HOME", str(scenario.home.dagster))
    return scenario


def ardoise(*words: str):
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


@pytest.mark.slow
class TestQuarantine:
    def test_counts_say_what_each_reason_means_and_rows_say_where(self, scenario):
        scenario.build("arbres")
        told = ardoise("quarantine", "arbres")
        assert told.exit_code == 0
        for words in (
            "version publiée : 4\u00a0lignes mises à l’écart",
            "HORS_LISTE",
            "la valeur n’est pas dans la liste permise",
            "très haut",
        ):
            assert words in told.stdout, words

    def test_csv_and_json_hold_every_row_in_file_order(self, scenario):
        scenario.build("arbres")
        rows = list(
            csv.DictReader(io.StringIO(ardoise("quarantine", "arbres", "--format", "csv").stdout))
        )
        assert [(row["ligne"], row["colonne"], row["motif"]) for row in rows] == [
            ("3", "essence", "HORS_LISTE"),
            ("4", "hauteur_m", "TYPE"),
            ("5", "essence", "HORS_LISTE"),
            ("6", "", "NB_COLONNES"),
        ]
        lines = ardoise("quarantine", "arbres", "--format", "json").stdout.splitlines()
        assert [json.loads(line)["valeur"] for line in lines][:3] == ["chêne", "très haut", "chêne"]

    def test_one_reason_and_a_limit_keep_what_they_say(self, scenario):
        scenario.build("arbres")
        of_list = ardoise("quarantine", "arbres", "--format", "json", "--reason", "HORS_LISTE")
        assert len(of_list.stdout.splitlines()) == 2
        first = ardoise("quarantine", "arbres", "--format", "json", "--limit", "1")
        assert len(first.stdout.splitlines()) == 1
        unknown = ardoise("quarantine", "arbres", "--reason", "HORS_LIST")
        assert unknown.exit_code == 2
        assert "« HORS_LISTE »" in unknown.output

    def test_a_refused_version_shows_its_own_rows_beside_the_published_ones(self, scenario):
        scenario.build("arbres")
        scenario.write("arbres.csv", ROWS.replace("platane", "hêtre").replace("érable", "saule"))
        scenario.edit("sources/arbres.yaml", "max_pct: 80", "max_pct: 10")
        assert scenario.build("arbres").state == "refused"
        told = ardoise("quarantine", "arbres").stdout
        assert "version publiée : 4\u00a0lignes" in told
        assert "version refusée : 5\u00a0lignes" in told

    def test_values_about_persons_are_shown_to_who_asks_and_confirms(self, scenario):
        for old, new in (
            ("    example: tilleul\n", "    example: tilleul\n    personal_data: direct\n"),
            ("access: open", "access: restricted"),
            (
                "key: [id_arbre]",
                "key: [id_arbre]\nprotection: {personal_data: direct, register: a}",
            ),
        ):
            scenario.edit("sources/arbres.yaml", old, new)
        scenario.register("a")
        scenario.aggregated()
        scenario.build("arbres")
        for output in ("table", "csv", "json"):
            told = ardoise("quarantine", "arbres", "--format", output).output
            assert "chêne" not in told
            assert "une colonne;de trop" not in told
            assert "très haut" in told
        refused = ardoise("quarantine", "arbres", "--values")
        assert refused.exit_code == 1
        assert "--confirm" in refused.output
        assert "chêne" not in refused.output
        shown = ardoise("quarantine", "arbres", "--values", "--confirm")
        assert "chêne" in shown.stdout
        journal = scenario.home.journal.read_text(encoding="utf-8")
        assert '"consultation"' in journal
        assert "chêne" not in journal

    def test_a_computed_table_has_no_quarantine(self, scenario):
        done = ardoise("quarantine", "arbres_par_essence")
        assert done.exit_code == 2
        assert "sources.arbres" in done.output

    def test_nothing_aside_is_said(self, scenario):
        scenario.write("arbres.csv", GOOD)
        scenario.build("arbres")
        assert "aucune ligne n’est à l’écart" in ardoise("quarantine", "arbres").stdout


@pytest.mark.slow
class TestReplay:
    def test_a_wider_rule_lets_rows_out_without_asking_the_source(self, scenario):
        assert ardoise("run").exit_code == 0
        (scenario.folder / "arbres.csv").unlink()
        scenario.edit("sources/arbres.yaml", "platane, érable]", "platane, érable, chêne]")
        done = ardoise("replay", "arbres")
        assert done.exit_code == 0, done.output
        assert "2\u00a0lignes ont quitté la quarantaine, 2\u00a0y sont encore" in done.stdout
        assert scenario.query("select count(*) from sources.arbres") == [(4,)]
        assert ("chêne", 2) in scenario.query(
            "select essence, arbres from curated.arbres_par_essence"
        )

    def test_a_declared_correction_lets_its_row_out(self, scenario):
        assert ardoise("run").exit_code == 0
        scenario.edit(
            "sources/arbres.yaml",
            "cadence: mensuelle",
            "cadence: mensuelle\ncorrections:\n"
            "  - {column: hauteur_m, value: très haut, becomes: null, reason: jamais mesuré,\n"
            "     author: Service des espaces verts, date: 2026-11-24}",
        )
        done = ardoise("replay", "arbres")
        assert "1\u00a0ligne a quitté la quarantaine, 3\u00a0y sont encore" in done.stdout
        assert scenario.query("select hauteur_m from sources.arbres where id_arbre = 'A-003'") == [
            (None,)
        ]

    def test_a_stricter_rule_puts_rows_in_and_says_so(self, scenario):
        assert ardoise("run").exit_code == 0
        scenario.edit("sources/arbres.yaml", "[tilleul, platane, érable]", "[tilleul, érable]")
        told = ardoise("replay", "arbres").stdout
        assert (
            "0\u00a0ligne a quitté la quarantaine, 5\u00a0y sont encore, dont 1\u00a0nouvelle"
            in told
        )

    def test_a_refused_version_is_replayed_too(self, scenario):
        scenario.edit("sources/arbres.yaml", "max_pct: 80", "max_pct: 10")
        assert ardoise("run").exit_code == 1
        scenario.edit("sources/arbres.yaml", "max_pct: 10", "max_pct: 80")
        scenario.edit("sources/arbres.yaml", "platane, érable]", "platane, érable, chêne]")
        (scenario.folder / "arbres.csv").unlink()
        done = ardoise("replay", "arbres")
        assert done.exit_code == 0, done.output
        assert "2\u00a0lignes ont quitté la quarantaine" in done.stdout

    def test_nothing_changed_is_said_and_costs_no_version(self, scenario):
        assert ardoise("run").exit_code == 0
        done = ardoise("replay", "arbres")
        assert done.exit_code == 0
        assert "ni lui ni le contrat n’ont changé" in done.stdout
        assert scenario.query(
            "select max(version) from quality.versions where table_name = 'sources.arbres'"
        ) == [(1,)]

    def test_a_source_never_received_cannot_be_replayed(self, scenario):
        done = ardoise("replay", "arbres")
        assert done.exit_code == 1
        assert "rien à rejouer" in done.output
        assert "ardoise run sources.arbres" in done.output


NOW = datetime(2026, 11, 24, 12)


def received(**ago: float) -> Landed:
    return Landed(
        source="x",
        sha256="0",
        bytes=1,
        landed_bytes=1,
        origin="",
        received_at=NOW - timedelta(**ago),
        tag=None,
        facts={},
        path=None,
        downloaded=True,
    )


@pytest.mark.parametrize(
    ("cadence", "landed", "said"),
    [
        ("mensuelle", None, "jamais reçue"),
        ("mensuelle", received(days=31), "à jour"),
        ("mensuelle", received(days=38), "à jour"),
        ("mensuelle", received(days=41), "en retard de 10\u00a0jours"),
        ("quotidienne", received(days=4, hours=2), "en retard de 3\u00a0jours"),
        ("horaire", received(hours=4), "en retard de 3\u00a0heures"),
        ("ponctuelle", received(days=4000), "à jour"),
        (None, received(days=4000), "à jour"),
    ],
)
def test_a_source_is_late_by_what_passed_beyond_its_cadence(cadence, landed, said):
    assert freshness(cadence, landed, None, NOW).sentence == said


def test_an_outage_says_since_when():
    outage = Outage(datetime(2026, 11, 20), "SOURCE_INDISPONIBLE", "")
    assert freshness("mensuelle", received(days=1), outage, NOW).sentence == (
        "indisponible depuis le 20 novembre 2026"
    )


@pytest.mark.slow
class TestSources:
    def test_every_source_of_every_profile_is_listed_with_its_state(self, scenario):
        other = TREES.replace("profiles: [essai]", "profiles: [angers]")
        scenario.write("sources/haies.yaml", other.replace("title: Arbres", "title: Haies"))
        scenario.build("arbres")
        told = ardoise("sources").stdout
        line = next(line for line in told.splitlines() if "sources.arbres" in line)
        assert "à jour" in line
        assert "file:../arbres.csv" in line
        outside = told.partition("Hors du profil « essai »")[2]
        line = next(line for line in outside.splitlines() if "sources.haies" in line)
        assert "jamais reçue" in line
        assert "angers" in line

    def test_an_outage_is_shown(self, scenario):
        scenario.build("arbres")
        outage = Outage(datetime(2026, 11, 20), "SOURCE_INDISPONIBLE", "")
        Outages(scenario.home).keep("arbres", outage)
        assert "indisponible depuis le 20 novembre 2026" in ardoise("sources").stdout

    @pytest.mark.parametrize("width", [60, 80, 120, 200])
    def test_it_fits_the_terminal(self, scenario, width, monkeypatch):
        from rich.console import Console

        import pipelines.sources

        monkeypatch.setattr(
            pipelines.sources, "console", lambda: Console(width=width, highlight=False)
        )
        lines = ardoise("sources").stdout.splitlines()
        assert max(len(line.rstrip()) for line in lines) <= width
        assert any("jamais reçue" in line for line in lines)
