"""The legal notice: who publishes, under which licences, what is collected of the reader."""

from collections.abc import Iterator

from assets.dashboards.footnotes import credits
from assets.dashboards.site import Draft, Site

NAVIGATION = None


def drafts(site: Site) -> Iterator[Draft]:
    """The one page."""
    territory = site.territory
    yield Draft(
        "mentions.html",
        "Mentions légales",
        "texte.html.j2",
        {
            "over": "Qui publie, sous quelles licences",
            "lead": "",
            "sections": [
                {
                    "title": "Éditeur",
                    "paragraphs": [
                        f"{territory.name} (SIREN {territory.epci}). Contact : {territory.contact}."
                    ],
                },
                {
                    "title": "Vos données",
                    "paragraphs": [
                        "Ces pages ne déposent aucun traceur, ne chargent rien d’ailleurs et ne "
                        "recueillent rien. Délégué à la protection des données de la "
                        f"collectivité : {territory.dpo}."
                    ],
                },
                {
                    "title": "Licences",
                    "paragraphs": [
                        credits(site.cards) or "Les licences sont sur la fiche de chaque table.",
                        "Le logiciel Ardoise est sous licence EUPL 1.2.",
                    ],
                },
            ],
        },
    )
