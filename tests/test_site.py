"""The whole site, from a real run: every page keeps its word, every link leads somewhere."""

import datetime as dt
import json
import re
import threading
import urllib.request
from pathlib import Path

import pytest

from assets.dashboards.practice_facts import practice_facts
from assets.dashboards.practices import Facts, Practice, grade, principles, summary, worst_first
from assets.dashboards.review import Year, break_sentence, review_lines, sentence
from assets.dashboards.site import navigation, subjects
from assets.dashboards.subjects.territoire import Measured, detail, figure, lead, state
from assets.site import site_of
from checks.page import SITE_GZIP_BYTES, check_page
from checks.territory import Target
from pipelines.run import run
from pipelines.site import server
from resources.errors import ArdoiseError
from resources.french import NBSP, THIN
from tests.scenario import Scenario

NOTHING = Year(None, None, None, None, None, None, 0, 0, ())
MEASURED = Year(1.5, 0.8, 3.0, 20.0, 1000.0, 5000.0, 12, 3, ("cpu_time_model",))


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Scenario:
    scenario = Scenario(tmp_path_factory.mktemp("site"))
    assert run(scenario.platform()).complete
    return scenario


@pytest.fixture(scope="module")
def pages(scenario) -> dict[str, str]:
    folder = scenario.home.site
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.html")
    }


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(THIN, " ").replace("&nbsp;", " ")


@pytest.mark.slow
def test_every_page_keeps_every_promise(pages):
    for name, content in pages.items():
        broken = [
            (verdict.rule.name, verdict.observed)
            for verdict in check_page(content.encode(), gzip_bytes=SITE_GZIP_BYTES)
            if not verdict.passed
        ]
        assert broken == [], name


@pytest.mark.slow
def test_every_subject_and_every_table_has_its_page(pages, scenario):
    names = set(pages)
    assert {f"catalogue/{table.key}.html" for table in scenario.platform().catalogue} <= names
    assert {to for _, to in navigation()} <= names
    assert len([name for name in names if "/" not in name]) == len(subjects()) - 1


@pytest.mark.slow
def test_every_link_of_the_site_leads_somewhere(pages, scenario):
    folder = scenario.home.site
    for name, content in pages.items():
        for to in re.findall(r'<a [^>]*href="([^"#]+)"', content):
            assert ((folder / name).parent / to).resolve().is_file(), (name, to)


@pytest.mark.slow
def test_the_review_is_a_document_to_complete_with_the_words_of_the_page(scenario, pages):
    from odfdo import Document

    told = Document(str(scenario.home.site / "bilan.odt")).get_formatted_text()
    assert "Indicateurs de suivi" in told
    assert "Électricité des traitements" in told
    assert "**" not in told
    assert 'href="bilan.odt"' in pages["bilan.html"]


@pytest.mark.slow
def test_the_manifest_weighs_what_was_written(pages, scenario):
    manifest = json.loads((scenario.home.site / "manifeste.json").read_text(encoding="utf-8"))
    assert set(manifest) == set(pages)
    assert manifest["index.html"]["bytes"] == len(pages["index.html"].encode())


@pytest.mark.slow
def test_a_sheet_tells_columns_rules_lineage_and_versions(pages):
    sheet = plain(pages["catalogue/sources.arbres.html"])
    for told in (
        "Hauteur mesurée, en m.",
        "Une seule ligne par « Identifiant »",
        '<a href="curated.arbres_par_essence.html">Arbres par essence</a>',
        "3 lignes",
        "10 ans",
        "suivi du patrimoine arboré",
        "Licence Ouverte 2.0",
    ):
        assert told in sheet, told


@pytest.mark.slow
def test_a_page_nobody_makes_any_more_goes_and_a_withdrawn_table_with_it(tmp_path):
    scenario = Scenario(tmp_path)
    assert run(scenario.platform()).complete
    old = scenario.home.site / "catalogue" / "curated.arbres_par_essence.html"
    assert old.is_file()
    (scenario.folder / "curated" / "arbres_par_essence.sql").unlink()
    run(scenario.platform())
    assert not old.exists()
    assert (scenario.home.site / "catalogue" / "sources.arbres.html").is_file()


@pytest.mark.slow
def test_the_pages_are_served_to_this_machine_alone(scenario):
    pages = server(scenario.home.site, 0)
    thread = threading.Thread(target=pages.serve_forever, daemon=True)
    thread.start()
    try:
        host, port = pages.server_address[:2]
        assert host == "127.0.0.1"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/principes.html") as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Les cinq principes" in answer.read().decode()
    finally:
        pages.shutdown()
        pages.server_close()
        thread.join()


def test_a_site_that_does_not_exist_is_said_to(tmp_path):
    with pytest.raises(ArdoiseError, match="ardoise run"):
        server(Path(tmp_path), 0)


@pytest.mark.parametrize(
    ("kept", "letter"),
    [(10, "A"), (9, "A"), (8, "B"), (7, "C"), (6, "C"), (5, "D"), (4, "D"), (3, "E"), (0, "E")],
)
def test_a_grade_is_the_share_of_practices_kept(kept, letter):
    practices = [Practice(str(number), number < kept) for number in range(10)]
    assert grade(practices) == letter


def test_what_is_not_measured_is_not_kept():
    unknown, broken, kept = Practice("a", None), Practice("b", False), Practice("c", True)
    assert grade([unknown, broken]) == "E"
    assert grade([]) == "E"
    assert worst_first([kept, unknown, broken]) == [broken, unknown, kept]
    assert plain(summary([kept, unknown, broken])) == "1 pratique tenue sur 3, 1 non mesurée."


def test_a_platform_of_which_nothing_is_known_is_graded_nowhere_well():
    for principle in principles(Facts()):
        assert grade(principle.practices) != "A", principle.name


@pytest.mark.parametrize(
    ("value", "better", "reached"),
    [(5, "less", True), (10, "less", True), (11, "less", False), (5, "more", False),
     (10, "more", True), (None, "more", None)],
)  # fmt: skip
def test_a_target_is_reached_on_its_right_side(value, better, reached):
    assert state(value, Target(value=10, better=better)) is reached
    assert state(value, None) is None


def test_the_territory_is_told_against_its_targets_or_asked_for_some():
    one = Measured("a", "A", "x", 5.0, "%", "2025", "curated.a", False)
    target = Target(value=4, better="less", by=2030, decision="Plan climat")
    assert "Les indicateurs apparaîtront" in lead([], {})
    assert "aucune cible" in lead([one], {})
    assert plain(lead([one], {"a": target})).startswith("**0 cible atteinte sur 1**")
    assert plain(detail(one, target)) == "2025. Cible : au plus 4 en 2030. Plan climat."


@pytest.mark.parametrize(
    ("value", "told"),
    [(5.0, "5"), (6.5, "6,5"), (4.76, "4,76"), (59.84, "59,8"), (1234.5, "1 234")],
)
def test_a_figure_has_the_decimals_it_deserves(value, told):
    assert plain(figure(value)) == told


def test_a_year_without_a_measure_is_never_zero():
    lines = review_lines(NOTHING, NOTHING, kept="non mesuré", retention="0 sur 0")
    assert {line.value for line in lines if line.objective != "Durée de conservation"} == {
        "non mesuré"
    }
    assert "aucun traitement n’a été mesuré" in sentence(NOTHING, 2026)


def test_a_year_is_told_with_its_range_and_a_change_of_method_as_a_break():
    lines = review_lines(MEASURED, NOTHING, kept="2 Mo", retention="3 sur 3")
    assert plain(lines[0].value) == "1,5 kWh [800 Wh à 3 kWh]".replace("3 kWh", "3,0 kWh")
    counted = Year(1.0, 0.9, 1.2, 20.0, 1.0, 1.0, 3, 0, ("rapl_share",))
    assert break_sentence(MEASURED, NOTHING) == ""
    assert break_sentence(MEASURED, MEASURED) == ""
    assert "ne se comparent pas" in break_sentence(MEASURED, counted)


@pytest.mark.slow
def test_what_protects_is_judged_from_what_was_done(tmp_path):
    scenario = Scenario(tmp_path)
    platform = scenario.platform()
    assert run(platform).complete
    with platform.warehouse.writing() as connection:
        before = practice_facts(site_of(connection, platform, dt.date.today()))
        platform.journal.write("restauration", file="sauvegarde.ardoise", sha256="0")
        after = practice_facts(site_of(connection, platform, dt.date.today()))
        later = dt.date.today() + dt.timedelta(days=400)
        assert not practice_facts(site_of(connection, platform, later)).restored
        connection.execute("delete from quality.results where rule = 'protection.analyse'")
        assert practice_facts(site_of(connection, platform, dt.date.today())).scanned is False
    assert (before.scanned, before.encrypted, before.restored) == (True, True, False)
    assert after.restored
