"""The elected officials' page, from the tables of the platform to the bytes."""

import re

import duckdb
import pytest

from assets.dashboards.facts import Budget, TableCard
from assets.dashboards.pages import TEMPLATES
from checks.page import check_page
from resources import french
from tests.platform_tables import (
    TODAY,
    add_energy,
    cards,
    crowded,
    never_ran,
    page,
    platform,
    with_a_year,
)


def text(connection: duckdb.DuckDBPyConnection, **known: object) -> str:
    rendered = page(connection, **known).content.decode()  # type: ignore[arg-type]
    return rendered.replace(french.NBSP, " ").replace(french.THIN, " ").replace("&nbsp;", " ")


@pytest.mark.slow
def test_every_promise_of_a_page_is_kept():
    for connection, tables in ((platform(), None), (with_a_year(platform()), None), crowded()):
        rendered = page(connection, tables=tables)
        assert [verdict for verdict in check_page(rendered.content) if not verdict.passed] == []
        assert rendered.facts["requests"] == 1


@pytest.mark.slow
def test_the_same_facts_give_the_same_bytes():
    assert page(platform()).content == page(platform()).content


def test_the_page_tells_its_own_weight():
    rendered = page(platform())
    weight = french.weight(rendered.facts["gzip_bytes"])
    assert f"Elle pèse {weight} en une seule requête" in rendered.content.decode()


def test_a_first_month_has_words_and_no_chart():
    html = text(platform())
    assert "Premier mois de mesure" in html
    assert 'class="chart"' not in html


def test_a_second_month_has_a_chart_and_its_figures():
    html = text(with_a_year(platform()))
    assert 'class="chart"' in html
    assert "Voir les chiffres du graphique" in html
    assert "Non mesuré : mars 2026" in html


def test_a_platform_that_never_ran_says_so():
    html = text(never_ran(), budget=Budget())
    assert "Aucun traitement n’a tourné" in html
    assert "Aucune table n’est publiée" in html
    assert "non mesuré" in html


def test_a_month_without_a_measure_is_never_zero():
    connection = never_ran()
    add_energy(connection, "sources.capteurs", "table", TODAY, None)
    html = text(connection)
    assert "pas été mesurée" in html
    assert "0 mWh" not in html


@pytest.mark.slow
def test_the_territory_is_left_out_until_its_figures_exist():
    assert "Le territoire en quelques chiffres" in text(platform())
    assert "Le territoire en quelques chiffres" not in text(platform(indicators=False))


def test_invented_figures_are_marked_and_real_ones_are_not():
    html = text(platform())
    assert '<p class="demo">Données de démonstration' in html
    assert '<b>4,87</b> MWh <span class="c">2025, <i>synthétique</i></span>' in html
    assert '<b>305 091</b> habitants <span class="c">dernière population légale</span>' in html


def test_no_banner_stands_over_real_figures():
    real = [card for card in cards() if not card.synthetic]
    html = text(platform(), tables=real)
    assert 'class="demo"' not in html
    assert "Données de démonstration" not in html


def test_a_refused_version_is_named_with_what_readers_see():
    html = text(platform(refused="sources.subventions"))
    assert "la nouvelle version de « Subventions attribuées » a été refusée" in html
    assert "version du 23 nov. en ligne" in html


def test_the_last_version_decides_and_the_published_one_is_counted():
    html = text(platform(refused="sources.subventions"))
    assert '<p class="figure">17 <small>sur 17</small></p>' in html
    assert "1 version refusée" in html
    assert '<td class="n">386</td>' in html


@pytest.mark.slow
def test_lists_that_are_too_long_end_with_the_others():
    connection, tables = crowded()
    html = text(connection, tables=tables)
    assert "Autres (53)" in html
    assert "Et 2 autres chiffres." in html


def test_a_title_can_hold_no_markup():
    sneaky = TableCard("sources.communes", "<script>alert(1)</script>", "x", "sources")
    assert "<script>" not in text(platform(), tables=[sneaky])


def luminance(colour: str) -> float:
    digits = "".join(2 * digit for digit in colour) if len(colour) == 3 else colour
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXTS = [
    "ink/paper", "ink/card", "soft/paper", "soft/card", "ink/now2", "ink/over2", "ink/rail",
    "ink/pale", "paper/now",
]  # fmt: skip
# A tick lies on a bar of its own darkness: its outline, in the colour of the card, parts them.
SHAPES = [
    "now/paper", "now/card", "over/paper", "over/card", "now/now2", "over/over2", "now/rail",
    "over/rail", "soft/rail", "ink/rail",
]  # fmt: skip


@pytest.mark.parametrize("palette", range(3), ids=["light", "dark", "paper"])
def test_drawings_stand_out_from_what_is_behind_them(palette):
    # axe sees no background behind the text of a drawing: this does.
    found = re.findall(r":root\{([^}]*)\}", (TEMPLATES / "style.css").read_text("utf-8"))[palette]
    colours = dict(re.findall(r"--(\w+):#([0-9a-f]+)", found))
    for pairs, least in ((TEXTS, 4.5), (SHAPES, 3.0)):
        weak = [p for p in pairs if contrast(*map(colours.__getitem__, p.split("/"))) < least]
        assert weak == []


BROKEN = {
    "page.scripts": ("</main>", "<script>1</script></main>"),
    "page.requetes": ("</main>", '<img src="https://example.org/a.png" alt=""></main>'),
    "page.styles": ("<main", '<main style="color:red"'),
    "page.politique": ("default-src 'none'", "default-src 'self'"),
    "page.langue": ('lang="fr"', 'lang="en"'),
    "page.titre": ("<title>", "<title></title><x>"),
    "page.intertitres": ("<h1>", "<h2>"),
    "page.liens": ('href="#content"', 'href="#nowhere"'),
    "page.images": ('class="gauge" aria-hidden="true"', 'class="gauge"'),
    "page.tableaux": ('<th scope="col">', "<th>"),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_promise_is_seen(rule):
    html = page(platform()).content.decode()
    broken = html.replace(*BROKEN[rule])
    assert broken != html
    verdicts = {verdict.rule.name: verdict for verdict in check_page(broken.encode())}
    assert not verdicts[rule].passed
    assert verdicts[rule].refuses


def test_a_heavy_page_is_shown_and_not_refused():
    content = page(platform()).content
    verdicts = {v.rule.name: v for v in check_page(content, gzip_bytes=10, nodes=10)}
    for name in ("page.poids", "page.noeuds"):
        assert not verdicts[name].passed
        assert not verdicts[name].refuses


def test_a_style_that_fetches_is_a_request():
    html = page(platform()).content.decode()
    broken = html.replace("<style>", "<style>@import 'a.css';p{background:url(b.png)}")
    verdicts = {verdict.rule.name: verdict for verdict in check_page(broken.encode())}
    assert verdicts["page.requetes"].observed == "3"
