"""The accessibility statement (loi n° 2005-102, art. 47): what was checked, and what was not."""

from collections.abc import Iterator

from assets.dashboards.site import Draft, Site

NAVIGATION = None


def drafts(site: Site) -> Iterator[Draft]:
    """The one page."""
    yield Draft(
        "accessibilite.html",
        "Déclaration d’accessibilité",
        "texte.html.j2",
        {
            "over": "Accessibilité : non auditée",
            "lead": f"{site.territory.name} s’engage à rendre ces pages accessibles. **Aucun audit "
            "RGAA n’a encore été mené** : leur conformité n’est pas établie.",
            "sections": [
                {
                    "title": "Ce qui est contrôlé à chaque version",
                    "points": [
                        "Par axe, en thème clair et sombre, à 1 280, 390 et 320 pixels, et texte "
                        "doublé : aucune violation.",
                        "Contrastes des textes et des dessins, calculés pour chaque thème.",
                        "Chaque tableau a une légende et des en-têtes rattachés, chaque graphique "
                        "un texte équivalent ou une table de ses chiffres.",
                        "Titres ordonnés, lien d’évitement, focus visible, aucune information par "
                        "la couleur seule, aucun script.",
                    ],
                },
                {
                    "title": "Ce qui ne l’est pas",
                    "paragraphs": [
                        "Un contrôle automatique ne voit qu’une partie des 106 critères du RGAA. "
                        "Restent à faire : lecture au lecteur d’écran, navigation au clavier par "
                        "une personne, audit complet."
                    ],
                },
                {
                    "title": "Signaler une difficulté",
                    "paragraphs": [
                        f"Écrivez à {site.territory.contact}. Sans réponse satisfaisante, vous "
                        "pouvez saisir le Défenseur des droits."
                    ],
                },
            ],
        },
    )
