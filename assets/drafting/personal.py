"""What a title says of persons: the nature of the data, and a value that is nobody's.

The content is judged by the detectors. A doubt is told, never settled: only a person knows whether
« nom » is that of a street.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assets.drafting.proposal import Proposal
from checks.contract import PersonalData
from checks.protection.kind import kinds, says
from checks.protection.things import THINGS


@dataclass(frozen=True)
class Nature:
    """Words of a title, the nature of what they announce, an invented example."""

    titles: tuple[str, ...]
    personal: PersonalData
    example: str


# What no value shows: the scanner's kinds are known by their content too.
UNSEEN = (
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
    Nature(("sexe", "civilite", "genre_personne"), "indirect", "F"),
)
FREE_TEXT = Nature(("commentaire", "observation", "remarque", "message"), "direct", "Texte libre.")


def nature_of(name: str) -> Nature | None:
    """What the name of a column announces by itself."""
    for kind in kinds().values():
        if kind.named([name]):
            return Nature(kind.titles, kind.nature, kind.example)
    return next((one for one in UNSEEN if says(name, one.titles)), None)


def nature_beside(name: str) -> Nature | None:
    """What the name of a column announces in a table that holds persons."""
    if says(name, THINGS):
        return None
    for kind in kinds().values():
        if name in kind.company:
            return Nature(kind.company, kind.nature, kind.example)
    return FREE_TEXT if name in FREE_TEXT.titles else None


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
