"""What was found in a column: a kind, how many cells, never a value."""

from dataclasses import dataclass

from checks.contract import PersonalData
from checks.protection.kind import kinds
from resources.french import NBSP, number, percent

_ORDER: tuple[PersonalData, ...] = ("none", "indirect", "direct", "sensitive", "nir")


@dataclass(frozen=True)
class Finding:
    """Cells of a column that hold one kind of personal data.

    `cells` of the `of` that are not empty; `in_words` where they stand in a free text.
    """

    column: str
    kind: str
    cells: int
    of: int
    in_words: bool = False

    @property
    def share(self) -> float:
        """The part of the filled cells, from 0 to 1."""
        return self.cells / self.of if self.of else 0.0

    @property
    def nature(self) -> PersonalData:
        """The least the column must declare."""
        return kinds()[self.kind].nature

    @property
    def told(self) -> str:
        """« un numéro de téléphone dans 1,2 % des valeurs (34 sur 2 800) »."""
        share = percent(self.share, 1 if 0.0005 <= self.share < 0.1 else 0)
        if 0 < self.share < 0.0005:
            share = f"moins de 0,1{NBSP}%"
        what = kinds()[self.kind].what
        free = ", texte libre à risque" if self.in_words else ""
        return f"{what} dans {share} des valeurs ({number(self.cells)} sur {number(self.of)}){free}"


def weaker(declared: PersonalData, found: PersonalData) -> bool:
    """Whether a declaration says less than what was found."""
    return _ORDER.index(declared) < _ORDER.index(found)
