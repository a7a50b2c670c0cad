"""The method: how energy is measured, with which factors, and what the figures do not say."""

from collections.abc import Iterator

from assets.dashboards.site import Draft, Site
from assets.sobriety.control import threshold
from assets.sobriety.intensity import BOUNDARY_IN, BOUNDARY_OUT
from resources import french
from resources.energy import factors

NAVIGATION = (6, "Méthode", "methode.html")


def drafts(site: Site) -> Iterator[Draft]:
    """The one page."""
    noise = threshold(site.connection)
    yield Draft(
        "methode.html",
        "Comment ces chiffres sont obtenus",
        "texte.html.j2",
        {
            "over": "Méthode, facteurs et limites",
            "lead": "Des **faits** sont mesurés (secondes de processeur, octets, lignes, jours) ; "
            "l’énergie et le carbone en sont **déduits** par des coefficients déclarés, avec leur "
            "fourchette. Les deux sont gardés, jamais le produit seul.",
            "sections": [
                {
                    "title": "L’énergie",
                    "paragraphs": [
                        "Chaque table, chaque contrôle, chaque publication, l’enchaînement et la "
                        "mesure elle-même ont leur ligne ; **ensemble elles font l’exécution, à "
                        "1 % près**, et la plateforme le vérifie à chaque fois.",
                        "Sans compteur, l’énergie est le temps de processeur multiplié par une "
                        "puissance, à un facteur deux près. Avec un compteur du processeur (RAPL) "
                        "ou un wattmètre, c’est la part du compteur au prorata du temps de "
                        "processeur. CodeCarbon mesure l’exécution entière à côté.",
                        "Ce qui n’a pas pu être mesuré est dit « non mesuré », jamais zéro.",
                    ],
                },
                {
                    "title": "La machine",
                    "paragraphs": [
                        "Une machine allumée consomme même quand rien ne tourne, et il a fallu la "
                        "fabriquer : veille, mémoire, stockage et fabrication sont comptés à part, "
                        "pour que la petite énergie des traitements ne passe pas pour le tout.",
                        f"Intensité carbone (SCI, ISO/IEC 21031:2024). Compris : "
                        f"{french.listing(BOUNDARY_IN)}. Non compris : "
                        f"{french.listing(BOUNDARY_OUT)}.",
                    ],
                },
                {
                    "title": "Ce qui est significatif",
                    "paragraphs": [
                        "Un même travail témoin est refait chaque semaine. Une variation plus "
                        "petite que deux fois la sienne n’est pas significative"
                        + (
                            f" : aujourd’hui, moins de {french.percent(noise)}."
                            if noise is not None
                            else " ; il n’a pas encore été exécuté."
                        ),
                        "Un changement de méthode ou de facteur est une rupture de la série, "
                        "jamais un progrès. Le travail évité parce qu’une source n’a pas changé "
                        "est une ligne à part, jamais retranchée.",
                    ],
                },
                {
                    "title": "Les facteurs",
                    "table": {
                        "caption": "Coefficients sous gestion de version, ceux en service marqués",
                        "head": ["Facteur", "Bas", "Central", "Haut", "Source"],
                        "numbers": [1, 2, 3],
                        "beneath": 4,
                        "rows": [
                            [
                                f"{factor.unit}{' (en service)' if factor.in_use else ''}",
                                french.significant(factor.low, 3),
                                french.significant(factor.central, 3),
                                french.significant(factor.high, 3),
                                f"{factor.source} ({factor.year})",
                            ]
                            for factor in factors()
                        ],
                    },
                },
            ],
        },
    )
