"""What only a browser can tell of the page: contrast, overflow, silence, paper.

Skipped, with its reason, where Chromium is not installed; an error where `CI` is set.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader

from tests.platform_tables import cards, crowded, never_ran, page, platform, with_a_year

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
VIOLATIONS = """axe.run().then(found => found.violations.map(
    rule => rule.id + ' ' + rule.nodes.map(node => node.html.slice(0, 80))))"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not Path(CHROMIUM).exists() and not os.environ.get("CI"),
        reason="Chromium is not installed (apt-get install chromium)",
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=list(FLAGS)
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("site")
    connections = {
        "first": (platform(), cards()),
        "year": (with_a_year(platform(refused="sources.subventions")), cards()),
        "full": crowded(3),
        "crowded": crowded(),
        "empty": (never_ran(), cards()),
    }
    for name, (connection, tables) in connections.items():
        (folder / f"{name}.html").write_bytes(page(connection, tables=tables).content)
    return {name: folder / f"{name}.html" for name in connections}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("name", ["first", "year", "empty"])
def test_everyone_can_read_the_page(browser, pages, name, width, theme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    tab = context.new_page()
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(pages[name].as_uri())
    tab.evaluate(AXE_FILE_PATH.read_text("utf-8"))
    violations = tab.evaluate(VIOLATIONS)
    overflow = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert violations == []
    assert overflow <= 0
    assert requests == [pages[name].as_uri()]


@pytest.mark.parametrize("name", ["first", "year", "full", "crowded"])
def test_the_page_fits_on_both_sides_of_one_sheet(browser, pages, name, tmp_path):
    tab = browser.new_page()
    tab.goto(pages[name].as_uri())
    paper = tmp_path / "page.pdf"
    tab.pdf(path=paper, prefer_css_page_size=True, print_background=True, tagged=True)
    tab.close()
    sheets = PdfReader(paper).pages
    assert len(sheets) <= 2
    assert [round(float(side)) for side in sheets[0].mediabox[2:]] == [595, 842]
