"""The ecodesign statement of the pages themselves (RGESN 2024, REEN art. 25)."""

from collections.abc import Iterator

from assets.dashboards.site import Draft, Site
from checks.page import GZIP_BYTES, NODES, SITE_GZIP_BYTES
from resources import french

NAVIGATION = None


def drafts(site: Site) -> Iterator[Draft]:
    """The one page."""
    yield Draft(
        "ecoconception.html",
        "Déclaration d’écoconception",
        "texte.html.j2",
        {
            "over": "Le poids de ces pages (RGESN 2024)",
            "lead": "Une page, **une seule requête** : ni script, ni police, ni image, ni traceur. "
            "Ce qu’elle pèse est écrit à son pied.",
            "sections": [
                {
                    "title": "Ce à quoi chaque page est tenue",
                    "points": [
                        f"Au plus {french.weight(SITE_GZIP_BYTES)} compressés "
                        f"({french.weight(GZIP_BYTES)} pour celle des élus) et "
                        f"{NODES} éléments (RGESN 6.1) ; au-delà, un avertissement.",
                        "Écrite seulement quand une donnée a changé, puis servie telle quelle : "
                        "aucun calcul à la lecture (7.1).",
                        "Le poids d’un fichier à télécharger est annoncé (4.11).",
                        "Imprimable et lisible hors ligne.",
                    ],
                },
                {
                    "title": "Ce à quoi la plateforme est tenue",
                    "points": [
                        "Chaque donnée a une durée de conservation et sa raison, personnelle ou "
                        "non (1.6, 7.2).",
                        "Une source qui n’a pas changé n’est pas retraitée (7.1).",
                        "Aucun traitement prévu entre 19 h et 23 h (8.10).",
                        "Le logiciel est libre (1.8), sous licence EUPL 1.2.",
                    ],
                },
                {
                    "title": "Ce qui n’est pas mesuré",
                    "paragraphs": [
                        "Le terminal du lecteur et le réseau, qui pèsent davantage ; l’eau et les "
                        "ressources minérales (RGESN 1.5)."
                    ],
                },
            ],
        },
    )
