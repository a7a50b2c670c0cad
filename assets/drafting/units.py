"""The unit a title announces: « Hauteur (m) », `energie_mwh`, « Montant en € ». Never guessed."""

import re

# By the word that ends a name, or stands between parentheses.
UNITS = {
    "mwh": "MWh", "kwh": "kWh", "gwh": "GWh", "wh": "Wh", "kw": "kW", "mw": "MW", "kva": "kVA",
    "eur": "euros", "euro": "euros", "euros": "euros", "keur": "milliers d’euros",
    "pct": "%", "pourcent": "%", "pourcentage": "%",
    "m": "m", "cm": "cm", "mm": "mm", "km": "km", "m2": "m²", "m3": "m³", "ha": "ha", "km2": "km²",
    "kg": "kg", "t": "t", "tonnes": "t", "l": "l",
    "tco2": "tCO₂", "tco2e": "tCO₂e", "kgco2": "kgCO₂", "gco2": "gCO₂",
    "jours": "jours", "heures": "heures", "minutes": "minutes", "mois": "mois", "ans": "ans",
}  # fmt: skip
LONE = frozenset(("m", "t", "l", "ha"))


def unit_of(name: str, title: str) -> str | None:
    """The unit of a measure, or None when its title does not say."""
    inside = re.search(r"[(\[]\s*(?:en\s+)?([^)\]]+?)\s*[)\]]", title)
    if inside is not None:
        word = inside.group(1).lower().replace("²", "2").replace("³", "3").replace("€", "eur")
        if word == "%":
            return "%"
        if word in UNITS:
            return UNITS[word]
    first = name.partition("_")[0]
    if first in ("pct", "pourcent", "pourcentage"):
        return "%"
    last = name.rpartition("_")[2]
    return None if last in LONE else UNITS.get(last)
