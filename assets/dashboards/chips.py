"""A state in a word: always a colour, a shape and a text, never the colour alone.

Pure functions. The sentences around them are in `assets.dashboards.phrases`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assets.dashboards.facts import Energy, TableState
from assets.dashboards.phrases import excess
from resources import french

Mood = Literal["good", "watch", "over", "none"]


@dataclass(frozen=True)
class Chip:
    """A state in a word, with the mood that gives its colour and its shape."""

    mood: Mood
    text: str


def energy_chip(energy: Energy, budget: float | None) -> Chip:
    """Where the month stands against its budget, its precision taken into account."""
    if energy.kwh is None:
        return Chip("none", "Non mesuré")
    if budget is None:
        return Chip("none", "Aucun budget fixé")
    share = energy.kwh / budget
    if share > 1:
        unsure = energy.low is not None and energy.low <= budget
        return Chip("over", "Sans doute dépassé" if unsure else f"{excess(share)} de trop")
    if energy.high is not None and energy.high > budget:
        return Chip("watch", "Sans doute sous le budget")
    return Chip("good", "Sous 1 % du budget" if share < 0.01 else "Sous le budget")


def storage_chip(stored: int | None, ceiling: float | None) -> Chip:
    """Where the bytes kept stand against their ceiling (both in bytes)."""
    if stored is None:
        return Chip("none", "Non mesuré")
    if ceiling is None:
        return Chip("none", "Aucun plafond fixé")
    share = stored / ceiling
    if share > 1:
        return Chip("over", f"{excess(share)} de trop")
    if share > 0.9:
        return Chip("watch", "Bientôt au plafond")
    return Chip("good", "Sous le plafond")


def rules_chip(passed: int, total: int) -> Chip:
    """Whether every rule of quality is held to."""
    if not total:
        return Chip("none", "Aucun contrôle")
    if passed == total:
        return Chip("good", "Toutes respectées")
    return Chip("watch", f"{french.number(total - passed)} à corriger")


def tables_chip(states: Sequence[TableState]) -> Chip:
    """Whether readers see the last version of every table."""
    refused = sum(state.refused for state in states)
    missing = sum(state.outcome is None for state in states)
    if refused:
        word = "version refusée" if refused == 1 else "versions refusées"
        return Chip("watch", f"{french.number(refused)} {word}")
    if missing:
        return Chip("none", f"{french.number(missing)} en attente")
    return Chip("good", "Aucun refus") if states else Chip("none", "Aucune table")


def state_chip(state: TableState) -> Chip:
    """The state of one table."""
    if state.refused:
        return Chip("watch", "Refusée")
    if state.outcome is None:
        return Chip("none", "En attente")
    return Chip("watch", "À vérifier") if state.troubled else Chip("good", "Publiée")
