"""What is doubtful about a file as a whole, as sentences for the head of the contract."""

from collections.abc import Sequence

from assets.drafting.known import About
from assets.drafting.packed import Plain
from assets.drafting.shape import Shape
from assets.drafting.trial import Trial
from resources.french import listing, number, plural

FEW = 20  # rows under which anything may be chance


def doubts_of(about: About, shape: Shape, trial: Trial) -> list[str]:
    """Every doubt that is not about one column."""
    return [*about.doubts, *_part(about), *_of_shape(shape), *_few(trial)]


def others_in(plain: Plain) -> list[str]:
    """The tables of an archive beside the one that is read."""
    if not plain.others:
        return []
    return [f"L’archive contient aussi {listing([f'« {name} »' for name in plain.others])}."]


def _of_shape(shape: Shape) -> list[str]:
    unnamed = sum(not title for title in shape.titles)
    told = [f"{plural(unnamed, 'colonne')} sans titre : à laisser de côté."] if unnamed else []
    return [*shape.doubts, *told]


def _part(about: About) -> list[str]:
    if about.whole <= 1:
        return []
    return [
        f"Le jeu de données compte {number(about.whole, 1)} fois les lignes regardées : clés, "
        "listes et valeurs absentes sont à confirmer sur le tout. Un filtre dans « url » en "
        "demanderait moins."
    ]


def _few(trial: Trial) -> list[str]:
    rows = trial.staged.rows
    if rows >= FEW:
        return []
    return [f"{plural(rows, 'ligne')} seulement : tout ce qui suit est à confirmer."]


def missing_doubts(missing: Sequence[str]) -> list[str]:
    """Which words are read as « no value »."""
    if len(missing) < 2:
        return []
    told = ", ".join(f"« {word} »" for word in missing if word)
    return [f"{told} : lus comme « pas de valeur », dans toutes les colonnes."]
