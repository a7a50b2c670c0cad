"""Facts put into the French sentences an elected official reads.

Pure functions, one branch per situation, each tested. `**words**` are the ones to stress: the page
turns them into `<strong>` once everything else is escaped. What to decide is in `decisions`, how
far to trust in `footnotes`, a state in a word in `chips`, where a bar starts in `charts`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from assets.dashboards.breaks import energy_breaks
from assets.dashboards.facts import Energy, Indicator, Load, TableState
from resources import french

NUMBERS = (
    "zéro", "une", "deux", "trois", "quatre", "cinq", "six",
    "sept", "huit", "neuf", "dix", "onze", "douze",
)  # fmt: skip
ACTIVITIES = {
    "orchestration": "Démarrage et enchaînement",
    "publication": "Copies pour les analystes",
    "page": "Pages comme celle-ci",
    "measurement": "La mesure elle-même",
}
NAMED = 3


def count_in_words(count: int) -> str:
    """« deux », then figures from thirteen on (feminine: tables, versions)."""
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else french.number(count)


def energy_verdict(energy: Energy, budget: float | None, today: dt.date) -> str:
    """First sentence of the page: the electricity of the month against its budget."""
    month = french.month(today)
    if not energy.activities:
        return f"Aucun traitement n’a tourné depuis le 1er{french.NBSP}{month}."
    if energy.kwh is None:
        return (
            f"Depuis le 1er{french.NBSP}{month}, l’électricité des traitements n’a **pas été "
            "mesurée**."
        )
    least = "au moins " if energy.unmeasured else ""
    used = (
        f"Depuis le 1er{french.NBSP}{month}, les traitements ont utilisé {least}"
        f"**{french.spelled_energy(energy.kwh)} d’électricité**{_between(energy)}"
    )
    if budget is None:
        return f"{used}. Aucun budget n’est fixé."
    share = energy.kwh / budget
    if share > 1:
        return f"{used} : **{excess(share)} de plus que le budget du mois**."
    if share < 0.01:
        return f"{used}, **moins d’un centième du budget du mois**. C’est peu."
    return f"{used}, soit **{french.percent(share)} du budget du mois**."


def tables_verdict(states: Sequence[TableState]) -> str:
    """Second sentence: what is published, which versions were refused."""
    if not states:
        return "Aucune table n’est déclarée."
    published = sum(state.published_on is not None for state in states)
    refused = [state for state in states if state.refused]
    if not published:
        told = "**Aucune table n’est publiée**"
    elif published == len(states) == 1:
        told = "**La seule table est publiée**"
    elif published == len(states):
        told = f"**Les {french.number(published)} tables sont publiées**"
    else:
        tables = french.plural(published, "table")
        are = "est publiée" if published == 1 else "sont publiées"
        told = f"**{tables} sur {french.number(len(states))} {are}**"
    if not refused:
        return told + "."
    if len(refused) == 1:
        return f"{told}, mais **{_refusal(refused[0])}**."
    names = french.listing(named([f"« {state.card.title} »" for state in refused]))
    return (
        f"{told}, mais **{count_in_words(len(refused))} nouvelles versions ont été refusées** : "
        f"{names}."
    )


def quality_verdict(states: Sequence[TableState]) -> str:
    """Third sentence: rules held to, rows set aside. Empty when nothing was checked."""
    rules = sum(state.rules for state in states)
    passed = sum(state.rules_passed for state in states)
    if not rules:
        return ""
    if passed == rules:
        told = f"Les {french.plural(rules, 'règle')} de qualité sont respectées"
        if rules == 1:
            told = "La règle de qualité est respectée"
    else:
        are = "est respectée" if passed < 2 else "sont respectées"
        told = f"{french.plural(passed, 'règle')} de qualité sur {french.number(rules)} {are}"
    aside = sum(state.quarantined_rows or 0 for state in states)
    if not aside:
        return told + "."
    were = "a été mise" if aside == 1 else "ont été mises"
    return f"{told} ; {french.plural(aside, 'ligne douteuse', 'lignes douteuses')} {were} de côté."


def state_detail(state: TableState) -> str:
    """What must be added to the chip of a table: what readers see, rows set aside."""
    told = []
    if state.refused and state.published_on:
        told.append(f"version du {_short_day(state.published_on)} en ligne")
    elif state.refused:
        told.append("rien en ligne")
    elif broken := state.rules - state.rules_passed:
        told.append(french.plural(broken, "règle non respectée", "règles non respectées"))
    if state.quarantined_rows:
        told.append(french.plural(state.quarantined_rows, "ligne") + " de côté")
    return ", ".join(told)


def states_title(states: Sequence[TableState]) -> str:
    """The finding of the table of states."""
    refused = sum(state.refused for state in states)
    if refused:
        versions = "version refusée" if refused == 1 else "versions refusées"
        others = any(state.troubled and not state.refused for state in states)
        rest = "d’autres tables à vérifier" if others else "les autres tables sont à jour"
        return f"{count_in_words(refused).capitalize()} {versions}, {rest}"
    if any(state.outcome is None for state in states):
        return "Des tables attendent leur première version"
    if any(state.troubled for state in states):
        return "Tout est publié, avec des points à vérifier"
    return "Tout est publié"


def loads_title(shares: Sequence[tuple[str, float]]) -> str:
    """The finding of the ranking: which few make the most (labels and shares, heaviest first)."""
    if not shares:
        return "Ce qui pèse"
    if shares[0][1] >= 0.5:
        return f"« {shares[0][0]} » fait {french.percent(shares[0][1])} de l’électricité"
    for count in (2, 3):
        if len(shares) > count and (total := sum(part for _, part in shares[:count])) >= 0.5:
            return (
                f"{count_in_words(count).capitalize()} postes font {french.percent(total)} du total"
            )
    return "Aucun poste ne domine"


def load_label(load: Load, titles: Mapping[str, str]) -> str:
    """The name of a table, or of an activity of the platform, as a reader knows it."""
    return titles.get(load.what) or ACTIVITIES.get(load.what, load.what)


def trend_title(months: Mapping[dt.date, Energy], budget: float | None) -> str:
    """The finding of the chart of months."""
    used = [(month, energy.kwh) for month, energy in months.items() if energy.kwh is not None]
    if budget is None or not used:
        return "L’électricité des traitements, mois par mois"
    over = [month for month, kwh in used if kwh > budget]
    if not over:
        return "Sous le budget tous les mois mesurés"
    if over[-1] == used[-1][0]:
        return f"Au-dessus du budget en {french.month(over[-1])}"
    since = next(month for month, _ in used if month > over[-1])
    told = f"Sous le budget depuis {french.month(since)}"
    changed = any(month > over[-1] for month in energy_breaks(months))
    return f"{told}, mais la mesure a changé" if changed else told


def trend_text(months: Mapping[dt.date, Energy], budget: float | None) -> str:
    """The chart in words, for whoever does not see it."""
    used = {month: energy.kwh for month, energy in months.items() if energy.kwh is not None}
    first, last = min(months), max(months)
    told = (
        f"Diagramme en colonnes de l’électricité des traitements, de {french.month(first)} "
        f"à {french.month(last)}."
    )
    if used:
        top = max(used, key=lambda month: used[month])
        told += f" Maximum : {french.energy(used[top])} en {french.month(top)}."
    if budget is not None:
        told += f" Budget : {french.energy(budget)} par mois."
    return told + " Les valeurs sont dans le tableau qui suit."


def trend_note(months: Mapping[dt.date, Energy], today: dt.date, *, budget_shown: bool) -> str:
    """What the chart cannot show: a month under way, months without a measure, a far budget."""
    told = [f"{french.month(today).capitalize()} s’arrête au {_day(today)}."]
    if gaps := [french.month(month) for month, energy in months.items() if energy.kwh is None]:
        told.append(f"Non mesuré : {french.listing(gaps)}.")
    if not budget_shown:
        told.append("Le budget est trop haut pour tenir dans le graphique.")
    return " ".join(told)


def indicator_value(indicator: Indicator) -> str:
    """The value of a figure of the territory, with the decimals that mean something."""
    if indicator.value is None:
        return "non disponible"
    size = abs(indicator.value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2
    text = french.number(indicator.value, decimals)
    return text.rstrip("0").rstrip(",") if decimals else text


def _between(energy: Energy) -> str:
    if energy.low is None or energy.high is None:
        return ""
    return f" (entre {french.energy(energy.low)} et {french.energy(energy.high)})"


def indicator_unit(indicator: Indicator) -> str:
    """The unit, less what the label already says: « MWh » beside « Énergie par habitant »."""
    for word in (" par ", " pour "):
        unit, _, rest = indicator.unit.partition(word)
        if rest and (word + rest) in indicator.label:
            return unit
    return indicator.unit


def excess(share: float) -> str:
    """How much a share goes beyond 1."""
    return french.percent(share - 1) if share >= 1.01 else f"moins de 1{french.NBSP}%"


def _refusal(state: TableState) -> str:
    told = f"la nouvelle version de « {state.card.title} » a été refusée"
    if state.published_on is None:
        return told
    return f"{told} ; celle du {french.day(state.published_on)} reste en ligne"


def _short_day(date: dt.date) -> str:
    return f"{_day(date)}{french.NBSP}{french.short_month(date)}"


def _day(date: dt.date) -> str:
    return "1er" if date.day == 1 else str(date.day)


def named(names: Sequence[str], limit: int = NAMED) -> Sequence[str]:
    """The first names, and how many others there are."""
    if len(names) <= limit + 1:
        return names
    return [*names[:limit], f"{len(names) - limit} autres"]
