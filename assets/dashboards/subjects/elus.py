"""The page of the elected officials: where we stand, what it costs, what can be decided."""

from collections.abc import Iterator

from assets.dashboards.elected import elected_words
from assets.dashboards.site import Draft, Site

NAVIGATION = (1, "Sobriété", "index.html")
GZIP_BYTES = 10_000


def drafts(site: Site) -> Iterator[Draft]:
    """The one page."""
    words = elected_words(
        site.connection, tables=site.cards, budget=site.budget, today=site.today, late=site.late
    )
    yield Draft("index.html", str(words["title"]), "elus.html.j2", words, GZIP_BYTES)
