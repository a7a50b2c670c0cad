"""The software carbon intensity of the platform: SCI = (E × I + M) per R.

ISO/IEC 21031:2024 (Green Software Foundation). E is all the energy of what is reserved, idle
included; I the carbon of electricity; M the share of the machine's making; R what it is for.
Boundary: server processors, memory, storage, idle time, machine room and manufacture are in;
terminals, internet, agents' computers and the producers' servers are out. A rate, never zero, and
never shown without the absolute it comes from: more rows make a better rate.
"""

from dataclasses import dataclass

BOUNDARY_IN = (
    "processeurs", "mémoire", "stockage", "veille de la machine", "salle (PUE)", "fabrication",
)  # fmt: skip
BOUNDARY_OUT = (
    "terminaux des lecteurs", "réseau internet", "postes des agents", "serveurs des producteurs",
)  # fmt: skip
THOUSAND_ROWS = "1 000 lignes croisées"
REFRESH = "mise à jour d’une table"
INHABITANT_YEAR = "habitant et par an"


@dataclass(frozen=True)
class Footprint:
    """Grams of CO2 equivalent of a period: use (E × I) and manufacture (M)."""

    use_g: float
    embodied_g: float

    @property
    def total_g(self) -> float:
        """The numerator of every rate."""
        return self.use_g + self.embodied_g


def intensities(
    footprint: Footprint, *, curated_rows: int, refreshes: int, inhabitants: int, days: float
) -> dict[str, float | None]:
    """Grams of CO2 equivalent per functional unit; None where there is nothing to divide by.

    `days` is the length of the period, by which the rate per inhabitant is brought to a year.
    """
    total = footprint.total_g
    yearly = total * 365 / days if days > 0 else None
    return {
        THOUSAND_ROWS: total / (curated_rows / 1_000) if curated_rows else None,
        REFRESH: total / refreshes if refreshes else None,
        INHABITANT_YEAR: yearly / inhabitants if yearly is not None and inhabitants else None,
    }
