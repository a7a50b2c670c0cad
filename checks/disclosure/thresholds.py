"""How many units a cell must stand on, by kind of unit: read from `thresholds.yaml`, never code.

Each kind says where its threshold comes from; a contract may ask for more, never for less.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from checks.strict import Strict
from resources.french import number, percent

FILE = Path(__file__).with_name("thresholds.yaml")


class Kind(Strict):
    """A kind of unit: under `minimum` units a cell is hidden, and so is one of which a single
    unit makes more than `dominance_pct` percent.
    """

    label: str
    minimum: int
    dominance_pct: float | None = None
    source: str
    url: str = ""

    @property
    def french(self) -> str:
        """« au moins 3 entreprises, aucune pour plus de 85 % »."""
        told = f"au moins {number(self.minimum)} {self.label}"
        if self.dominance_pct is not None:
            told += f", aucune part de plus de {percent(self.dominance_pct / 100)}"
        return told


class Thresholds(Strict):
    """The file: its version, and the kinds by name."""

    version: str
    kinds: Mapping[str, Kind]


@cache
def thresholds() -> Thresholds:
    """The thresholds in force."""
    return Thresholds.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
