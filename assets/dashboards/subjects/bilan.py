"""The yearly review, on paper or pasted in the report the law asks for (REEN, art. 35)."""

from collections.abc import Iterator

from assets.dashboards import review
from assets.dashboards.site import Draft, Site
from assets.dashboards.views import table_states
from resources import french

NAVIGATION = None
DOCUMENT = "bilan.odt"


def drafts(site: Site) -> Iterator[Draft]:
    """The one page."""
    year = review.year_of(site.today)
    now = review.year_facts(site.connection, year)
    before = review.year_facts(site.connection, year - 1)
    stored = [state.stored_bytes for state in table_states(site.connection, site.cards)]
    known = [octets for octets in stored if octets is not None]
    lines = review.review_lines(
        now,
        before,
        kept=french.weight(sum(known) if known else None),
        retention=f"{len(site.tables)} sur {len(site.tables)}",
    )
    warning = review.break_sentence(now, before)
    yield Draft(
        "bilan.html",
        f"Bilan {year} de la sobriété numérique des données",
        "texte.html.j2",
        {
            "over": "À joindre au rapport sur le développement durable, avant le débat budgétaire",
            "lead": review.sentence(now, year),
            "sections": [
                {
                    "title": "Indicateurs de suivi",
                    "paragraphs": [warning] if warning else [],
                    "table": {
                        "caption": f"Année {year} et année {year - 1}",
                        "head": ["Indicateur", str(year), str(year - 1), "Mesure prise"],
                        "numbers": [1, 2],
                        "beneath": 3,  # on the page; a column of its own in the document
                        "rows": review.as_rows(lines),
                    },
                },
                {
                    "title": "Périmètre et méthode",
                    "paragraphs": [
                        "Sont comptés les traitements de la plateforme de données, la machine qui "
                        "les porte, le stockage et leur fabrication ; ni les terminaux, ni le "
                        "réseau, ni les postes des agents.",
                        "Les faits sont mesurés, l’énergie et le carbone estimés avec une "
                        "fourchette ; la page « Méthode » donne chaque facteur.",
                    ],
                },
                {"title": "Textes", "paragraphs": [review.LAW]},
                {
                    "title": "À compléter",
                    "paragraphs": ["Le même texte, à compléter et à joindre au rapport :"],
                    "links": [("bilan.odt (LibreOffice, Word)", DOCUMENT)],
                },
            ],
        },
        document=DOCUMENT,
    )
