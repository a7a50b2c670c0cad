"""What a title says of persons: the nature of the data, and a value that is nobody's.

The content is judged by the detectors. A doubt is told, never settled: only a person knows whether
« nom » is that of a street.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assets.drafting.detector import says
from assets.drafting.proposal import Proposal
from checks.contract import PersonalData


@dataclass(frozen=True)
class Nature:
    """Words of a title, the nature of what they announce, an invented example."""

    titles: tuple[str, ...]
    personal: PersonalData
    example: str


NATURES = (
    Nature(("nir", "securite_sociale", "num_secu"), "nir", "1 85 05 78 006 084 91"),
    Nature(
        (
            "sante",
            "handicap",
            "pathologie",
            "religion",
            "syndicat",
            "ethnie",
            "allergie",
            "regime_alimentaire",
            "orientation_sexuelle",
            "opinion_politique",
        ),
        "sensitive",
        "valeur inventée",
    ),
    Nature(("courriel", "email", "e_mail", "mail", "mel"), "direct", "camille.durand@example.org"),
    Nature(("telephone", "tel", "portable", "fax"), "direct", "06 39 98 12 34"),
    Nature(("prenom", "prenoms", "firstname"), "direct", "Camille"),
    Nature(
        (
            "nom_usage",
            "nom_naissance",
            "nom_famille",
            "nom_de_famille",
            "nom_patronymique",
            "nom_usager",
            "nom_agent",
            "nom_contact",
            "nom_demandeur",
            "nom_proprietaire",
            "nom_responsable",
            "nom_elu",
            "nom_complet",
            "nom_prenom",
            "patronyme",
            "lastname",
            "pseudonyme",
            "nom_unite_legale",
            "nom_usage_unite_legale",
        ),
        "direct",
        "Durand",
    ),
    Nature(("date_naissance", "naissance", "ne_le", "date_de_naissance"), "indirect", "1985-05-17"),
    Nature(("sexe", "civilite", "genre_personne"), "indirect", "F"),
    Nature(
        ("adresse_usager", "adresse_demandeur", "adresse_domicile", "domicile"),
        "direct",
        "12 rue des Tilleuls",
    ),
    Nature(("iban", "rib"), "direct", "FR76 3000 1007 9412 3456 7890 185"),
    Nature(("immatriculation",), "indirect", "AA-229-AA"),
)
# Of a person only where the same table has something else of a person.
BESIDE = (
    Nature(("nom",), "direct", "Durand"),
    Nature(("adresse", "adresse_postale", "voie"), "direct", "12 rue des Tilleuls"),
    Nature(("commentaire", "observation", "remarque", "message"), "direct", "Texte libre."),
)
# « nom_commune », « nom_station »: the name of a thing.
THINGS = (
    "commune",
    "voie",
    "rue",
    "station",
    "operateur",
    "enseigne",
    "amenageur",
    "site",
    "equipement",
    "ecole",
    "region",
    "departement",
    "epci",
    "organisme",
    "attribuant",
    "beneficiaire",
    "association",
    "gare",
    "arret",
    "ligne",
    "lieu",
    "cantine",
    "iris",
)


def nature_of(name: str) -> Nature | None:
    """What the name of a column announces by itself."""
    return next((one for one in NATURES if says(name, one.titles)), None)


def nature_beside(name: str) -> Nature | None:
    """What the name of a column announces in a table that holds persons."""
    if says(name, THINGS):
        return None
    return next((one for one in BESIDE if name in one.titles), None)


def strongest(found: Sequence[PersonalData]) -> PersonalData:
    """The nature that asks for the most care."""
    order: tuple[PersonalData, ...] = ("nir", "sensitive", "direct", "indirect")
    return next((one for one in order if one in found), "none")


def with_persons(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Add what titles say of persons, first by themselves, then beside the others."""
    named = []
    for one in proposals:
        nature = nature_of(one.name) if one.personal == "none" else None
        if nature is not None and one.type != "boolean":
            one = one.of(nature.personal, nature.example)
        named.append(one)
    if all(one.personal == "none" for one in named):
        return [
            one.doubting("Le nom d’une personne ? Alors « personal_data: direct ».")
            if one.name == "nom"
            else one
            for one in named
        ]
    found = []
    for one in named:
        nature = nature_beside(one.name) if one.personal == "none" else None
        if nature is not None:
            one = one.of(nature.personal, nature.example)
        found.append(one)
    return found
