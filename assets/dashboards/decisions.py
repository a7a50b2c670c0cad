"""What an elected official can decide, worked out from facts alone.

Pure functions. A card is proposed only when what it gains is worth a council's time; nothing is
ever invented. The decisions themselves are made in contracts, by people.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.dashboards.facts import Budget, Energy, Load, TableState
from resources import french

CARDS = 2
WORTH_SHARE = 0.10  # of what the platform uses or keeps
WORTH_KWH = 0.001
WORTH_BYTES = 1_000_000
WORTH_ASIDE = 0.01  # of the rows received
SLOWER = {
    "horaire": ("toutes les deux heures", "toutes les heures"),
    "quotidienne": ("un jour sur deux", "chaque jour"),
    "hebdomadaire": ("toutes les deux semaines", "chaque semaine"),
    "mensuelle": ("tous les deux mois", "chaque mois"),
    "trimestrielle": ("chaque semestre", "chaque trimestre"),
    "semestrielle": ("chaque année", "chaque semestre"),
}
KEEP = re.compile(r"(\d+) (year|month|week|day)s?")
WORDS = {"year": ("an", "ans"), "month": ("mois", "mois"), "week": ("semaine", "semaines")}
DAY = ("jour", "jours")


@dataclass(frozen=True)
class Decision:
    """One choice: what it gains, what is kept, what is lost."""

    title: str
    gain: str
    kept: str
    lost: str


def decisions(
    states: Sequence[TableState], loads: Sequence[Load], month: Energy
) -> Sequence[Decision]:
    """The choices worth a council's time, the most pressing first; empty when there is none."""
    sources = [state for state in states if state.card.layer == "sources"]
    proposed = [
        *(_ask_again(state) for state in sources if state.refused),
        _update_less(sources, loads, month),
        _keep_less(sources, states),
        _ask_cleaner(sources),
    ]
    return [decision for decision in proposed if decision][:CARDS]


def pressure(month: Energy, stored: int | None, budget: Budget) -> str:
    """Whether a budget asks for a decision, and how much there is to gain."""
    if month.kwh is not None and budget.energy_kwh_month is not None:
        excess = month.kwh - budget.energy_kwh_month
        if excess > 0:
            return f"Le budget du mois est dépassé de {french.energy(excess)}."
    if stored is not None and budget.storage_gb is not None:
        excess = stored - budget.storage_gb * 1e9
        if excess > 0:
            return f"Le plafond de stockage est dépassé de {french.weight(excess)}."
    if budget.energy_kwh_month is None and budget.storage_gb is None:
        return "Sans budget fixé, ces choix restent à votre main."
    return "Aucun budget n’est menacé : rien ne presse."


def halved(keep: str) -> tuple[str, str] | None:
    """`10 years` → (« 5 ans », « 10 ans »); None for what is not a length of time."""
    match = KEEP.fullmatch(keep.strip())
    if match is None:
        return None
    count, unit = int(match[1]), match[2]
    now = _length(count, unit)
    if unit == "year" and count % 2:
        count, unit = count * 12, "month"
    if unit == "week" and count % 2:
        count, unit = count * 7, "day"
    return (_length(count // 2, unit), now) if count >= 2 else None


def _ask_again(state: TableState) -> Decision:
    kept = "Rien : aucune version n’a encore été publiée"
    if state.published_on:
        kept = f"La version du {french.day(state.published_on)}, toujours en ligne"
    return Decision(
        f"{state.card.title} : obtenir un fichier corrigé",
        "Des chiffres à jour, au lieu d’une version refusée",
        kept,
        f"Le temps de la correction{_by(state)}",
    )


def _ask_cleaner(sources: Sequence[TableState]) -> Decision | None:
    def share(state: TableState) -> float:
        return (state.quarantined_rows or 0) / (state.received_rows or 1)

    published = [state for state in sources if not state.refused]
    worst = max(published, key=share, default=None)
    if worst is None or share(worst) < WORTH_ASIDE:
        return None
    aside = french.plural(worst.quarantined_rows or 0, "ligne")
    return Decision(
        f"{worst.card.title} : faire corriger le fichier à la source",
        f"{aside} de plus, {french.percent(share(worst), 1)} du fichier",
        f"Les {french.plural(worst.published_rows or 0, 'ligne')} déjà en ligne",
        f"Le temps de la correction{_by(worst)}",
    )


def _update_less(
    sources: Sequence[TableState], loads: Sequence[Load], month: Energy
) -> Decision | None:
    used = {load.what: load for load in loads}
    repeated = [
        (load.kwh, state)
        for state in sources
        if (load := used.get(state.card.name)) is not None
        and load.kwh is not None
        and load.runs > 1
        and state.card.cadence in SLOWER
    ]
    if not repeated or not month.kwh:
        return None
    kwh, state = max(repeated, key=lambda pair: pair[0])
    gain = kwh / 2
    if gain < WORTH_KWH or gain < WORTH_SHARE * month.kwh:
        return None
    share = french.percent(gain / month.kwh)
    slower, now = SLOWER[str(state.card.cadence)]
    return Decision(
        f"{state.card.title} : mettre à jour {slower} au lieu de {now}",
        f"{french.MINUS}{french.energy(gain)} sur ce mois, {share} du total",
        "Toutes les données, reçues moins souvent",
        "De la fraîcheur : une mise à jour sur deux",
    )


def _keep_less(sources: Sequence[TableState], states: Sequence[TableState]) -> Decision | None:
    stored = sum(state.stored_bytes or 0 for state in states)
    lasting = [
        (state.stored_bytes, state, lengths)
        for state in sources
        if state.stored_bytes and state.card.keep and (lengths := halved(state.card.keep))
    ]
    if not lasting:
        return None
    octets, state, (half, now) = max(lasting, key=lambda kept: kept[0])
    gain = octets / 2
    if gain < WORTH_BYTES or gain < WORTH_SHARE * stored:
        return None
    return Decision(
        f"{state.card.title} : garder {half} au lieu de {now}",
        f"Jusqu’à {french.MINUS}{french.weight(gain)}, {french.percent(gain / stored)} du total",
        f"Tout ce qui a moins de {half}",
        f"Le détail plus ancien{_reason(state)}",
    )


def _by(state: TableState) -> str:
    # Nobody but our own generator publishes invented data: there is nobody to ask.
    who = state.card.owner or (None if state.card.synthetic else state.card.publisher)
    return f" ({who})" if who else ""


def _reason(state: TableState) -> str:
    return f", gardé pour {state.card.keep_reason}" if state.card.keep_reason else ""


def _length(count: int, unit: str) -> str:
    return french.plural(count, *WORDS.get(unit, DAY))
