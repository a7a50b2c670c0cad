"""The plan of the site: a second way to every page (RGAA 12.1)."""

from collections.abc import Iterator

from assets.dashboards.site import Draft, Site

NAVIGATION = None


def drafts(site: Site) -> Iterator[Draft]:
    """The one page, made from all the others."""
    pages = [draft for draft in site.made if "/" not in draft.path]
    sheets = [draft for draft in site.made if "/" in draft.path]
    yield Draft(
        "plan.html",
        "Plan du site",
        "texte.html.j2",
        {
            "over": f"{len(site.made)} pages",
            "lead": "",
            "sections": [
                {"title": "Pages", "links": [(draft.title, draft.path) for draft in pages]},
                {
                    "title": "Catalogue",
                    "links": sorted((draft.title, draft.path) for draft in sheets),
                },
            ],
        },
    )
