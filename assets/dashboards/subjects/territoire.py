"""The territory's own sobriety, from one generic table of indicators and the council's targets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assets.dashboards import charts
from assets.dashboards.chips import Chip
from assets.dashboards.site import Draft, Site
from assets.dashboards.views import has_table
from checks.territory import Target
from resources import french

NAVIGATION = (3, "Territoire", "territoire.html")
THEMES = ("décarbonation", "aménagement", "attractivité", "relation aux habitants")


@dataclass(frozen=True)
class Measured:
    """One line of `curated.indicateurs_territoire`."""

    code: str
    label: str
    theme: str
    value: float | None
    unit: str
    period: str
    source: str
    synthetic: bool


def drafts(site: Site) -> Iterator[Draft]:
    """The one page."""
    found = _measured(site)
    targets = site.territory.targets
    titles = {table.key: table.contract.title for table in site.tables}
    themes = []
    for theme in dict.fromkeys([*THEMES, *sorted(one.theme for one in found)]):
        figures = [
            _words(one, targets.get(one.code), titles) for one in found if one.theme == theme
        ]
        if figures:
            themes.append({"name": theme, "figures": figures})
    yield Draft(
        "territoire.html",
        "Le territoire en chiffres",
        "territoire.html.j2",
        {"themes": themes, "lead": lead(found, targets)},
    )


def lead(found: list[Measured], targets: dict[str, Target]) -> str:
    """Where the territory stands against what its council wants."""
    aimed = [(one, targets[one.code]) for one in found if one.code in targets]
    if not found:
        return "Les indicateurs apparaîtront quand leurs tables seront publiées."
    if not aimed:
        return (
            f"{french.plural(len(found), 'indicateur')}, **aucune cible fixée** : elles se "
            "déclarent dans le fichier du territoire, avec la décision qui les a votées."
        )
    reached = sum(state(one.value, target) is True for one, target in aimed)
    return (
        f"**{french.plural(reached, 'cible atteinte', 'cibles atteintes')} sur {len(aimed)}**, "
        f"pour {french.plural(len(found), 'indicateur')} suivis."
    )


def state(value: float | None, target: Target | None) -> bool | None:
    """Whether a value is on the right side of its target; None where it cannot be told."""
    if value is None or target is None:
        return None
    return value <= target.value if target.better == "less" else value >= target.value


def _measured(site: Site) -> list[Measured]:
    if not has_table(site.connection, "curated", "indicateurs_territoire"):
        return []
    rows = site.connection.execute(
        """
        select
            code,
            libelle,
            theme,
            valeur,
            unite,
            periode::varchar,
            source_table,
            synthetique
        from curated.indicateurs_territoire
        order by theme, code
        """
    ).fetchall()
    return [Measured(*row) for row in rows]


def _words(one: Measured, target: Target | None, titles: dict[str, str]) -> dict[str, Any]:
    reached = state(one.value, target)
    if one.value is None:
        chip = Chip("none", "Non mesuré")
    elif reached is None:
        chip = Chip("none", "Aucune cible")
    else:
        chip = Chip("good", "Cible atteinte") if reached else Chip("over", "Cible à atteindre")
    return {
        "label": one.label,
        "value": french.NOT_MEASURED if one.value is None else figure(one.value),
        "unit": one.unit if one.value is not None else "",
        "gauge": charts.gauge(one.value, target.value) if target else None,
        "chip": chip,
        "detail": detail(one, target),
        "source": one.source,
        "source_title": titles.get(one.source, one.source),
    }


def detail(one: Measured, target: Target | None) -> str:
    """The period, the target and what decided it."""
    told = f"{one.period}{', chiffre synthétique' if one.synthetic else ''}."
    if target is not None:
        side = "au plus" if target.better == "less" else "au moins"
        by = f" en {target.by}" if target.by else ""
        told += f" Cible : {side} {figure(target.value)}{by}."
        if target.decision:
            told += f" {target.decision}."
    return told


def figure(value: float) -> str:
    """A figure with the decimals it deserves."""
    if value == int(value) or abs(value) >= 1_000:
        return french.number(value)
    return french.number(value, 1 if abs(value) >= 10 else 2).rstrip("0").removesuffix(",")
