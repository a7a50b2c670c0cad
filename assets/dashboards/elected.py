"""The words of the elected officials' page, in the order of their questions.

Facts are asked from `views`, sentences from `phrases` and its neighbours; here they are only put
together. How it looks is in the templates.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb

from assets.dashboards import charts, chips, footnotes, phrases, views
from assets.dashboards.breaks import breaks_note, change_note
from assets.dashboards.decisions import decisions, pressure
from assets.dashboards.facts import Budget, Energy, Indicator, Late, Load, TableCard, TableState
from assets.sobriety.control import threshold
from resources import french

Words = dict[str, Any]
HEAVIEST = 7
STATES_SHOWN = 18
STATES_BY_LAYER = 7  # when there are more than that
FIGURES_BY_THEME = 4
LAYERS = {"sources": "Sources", "curated": "Tables croisées"}
ACCESS = {"internal": "accès interne", "restricted": "accès restreint"}
THEMES = ("décarbonation", "aménagement", "attractivité", "relation aux habitants")


def elected_words(
    connection: duckdb.DuckDBPyConnection,
    *,
    tables: Sequence[TableCard],
    budget: Budget,
    today: dt.date,
    late: Sequence[Late] = (),
) -> Words:
    """Everything the template of the page writes, already in French."""
    months = views.energy_by_month(connection, today)
    month = months.get(views.first_of_month(today), Energy())
    states = views.table_states(connection, tables)
    loads = views.loads(connection, today)
    verdict = " ".join(
        sentence
        for sentence in (
            phrases.energy_verdict(month, budget.energy_kwh_month, today),
            phrases.tables_verdict(states),
            phrases.quality_verdict(states),
        )
        if sentence
    )
    return {
        "title": "Sobriété et fiabilité des données",
        "description": verdict.replace("**", ""),
        "banner": footnotes.banner(tables),
        "month": french.month(today),
        "made_on": french.day(today),
        "credits": footnotes.credits(tables),
        "verdict": verdict,
        "cards": _cards(month, states, budget, today),
        **_trend(months, budget, today, threshold(connection)),
        "decisions": decisions(states, loads, month),
        "pressure": pressure(month, _stored(states), budget),
        **_loads(loads, {table.name: table.title for table in tables}),
        "themes": _themes(views.indicators(connection)),
        "states_title": phrases.states_title(states),
        "groups": _groups(states),
        "total": _total(states),
        "coefficients": footnotes.coefficients(views.method(connection, today)),
        "second_opinion": footnotes.second_opinion(month),
        "precision": footnotes.precision(month),
        "late": footnotes.late_sources(late),
        "carbon": footnotes.carbon(month),
        "equivalence": footnotes.equivalence(month),
        "machine": footnotes.machine(views.machine(connection, today), month),
    }


def _cards(
    month: Energy, states: Sequence[TableState], budget: Budget, today: dt.date
) -> Sequence[Words]:
    stored = _stored(states)
    ceiling = None if budget.storage_gb is None else budget.storage_gb * 1e9
    rules, passed = sum(s.rules for s in states), sum(s.rules_passed for s in states)
    published = [state for state in states if state.published_on is not None]
    last = max((s.published_on for s in states if s.published_on), default=None)
    return [
        {
            "title": f"Électricité en {french.MONTHS[today.month - 1]}",
            **_figure(french.spelled_energy(month.kwh)),
            "gauge": charts.gauge(month.kwh, budget.energy_kwh_month),
            "chip": chips.energy_chip(month, budget.energy_kwh_month),
            "detail": _limit("Budget du mois", french.energy, budget.energy_kwh_month),
        },
        {
            "title": "Données conservées",
            **_figure(french.weight(stored)),
            "gauge": charts.gauge(stored, ceiling),
            "chip": chips.storage_chip(stored, ceiling),
            "detail": _limit("Plafond", french.weight, ceiling) + " Fichiers reçus non compris.",
        },
        {
            "title": "Règles de qualité respectées",
            "figure": french.number(passed),
            "unit": f"sur {french.number(rules)}",
            "gauge": charts.complete(passed, rules),
            "chip": chips.rules_chip(passed, rules),
            "detail": "Vérifiées avant chaque publication.",
        },
        {
            "title": "Tables publiées",
            "figure": french.number(len(published)),
            "unit": f"sur {french.number(len(states))}",
            "gauge": charts.complete(len(published), len(states)),
            "chip": chips.tables_chip(states),
            "detail": f"Dernière publication : {french.day(last)}." if last else "",
        },
    ]


def _trend(
    months: Mapping[dt.date, Energy], budget: Budget, today: dt.date, noise: float | None
) -> Words:
    trend = charts.trend(months, budget.energy_kwh_month, today)
    if trend is None:
        first = "Premier mois de mesure : la tendance s’affichera dès le deuxième."
        return {"trend": None, "no_trend": first if len(months) == 1 else ""}
    return {
        "trend": trend,
        "trend_title": phrases.trend_title(months, budget.energy_kwh_month),
        "trend_text": phrases.trend_text(months, budget.energy_kwh_month),
        "trend_note": phrases.trend_note(
            months,
            today,
            budget_shown=trend.budget is not None or budget.energy_kwh_month is None,
        ),
        "trend_changes": [
            told for told in (breaks_note(months), change_note(months, today, noise)) if told
        ],
        "months": [(french.month(day), french.energy(used.kwh)) for day, used in months.items()],
    }


def _loads(loads: Sequence[Load], titles: Mapping[str, str]) -> Words:
    total = sum(load.kwh or 0 for load in loads)
    shown = [(phrases.load_label(load, titles), load.kwh) for load in loads[:HEAVIEST]]
    if others := loads[HEAVIEST:]:
        measured = [load.kwh for load in others if load.kwh is not None]
        shown.append((f"Autres ({len(others)})", sum(measured) if measured else None))
    heaviest = max((kwh or 0 for _, kwh in shown), default=0)
    factor, unit = french.energy_unit(heaviest)
    shares = [(label, kwh / total) for label, kwh in shown[:HEAVIEST] if kwh and total]
    return {
        "loads_title": phrases.loads_title(shares),
        "loads_unit": unit,
        "loads": [
            {
                "label": label,
                "width": charts.bar(kwh or 0, heaviest or 1),
                "value": charts.in_unit(kwh, factor),
                "share": french.percent(kwh / total) if kwh is not None and total else "–",
            }
            for label, kwh in shown
        ],
    }


def _themes(indicators: Sequence[Indicator]) -> Sequence[Words]:
    found = sorted({one.theme for one in indicators} - set(THEMES))
    themes = []
    for name in [*THEMES, *found]:
        figures = [one for one in indicators if one.theme == name]
        if figures:
            others = len(figures) - FIGURES_BY_THEME
            themes.append(
                {
                    "name": name,
                    "figures": [_indicator(one) for one in figures[:FIGURES_BY_THEME]],
                    "others": f"Et {french.plural(others, 'autre chiffre', 'autres chiffres')}."
                    if others > 0
                    else "",
                }
            )
    return themes


def _indicator(one: Indicator) -> Words:
    return {
        "label": one.label,
        "value": phrases.indicator_value(one),
        "unit": phrases.indicator_unit(one) if one.value is not None else "",
        "period": one.period,
        "synthetic": one.synthetic,
    }


def _groups(states: Sequence[TableState]) -> Sequence[Words]:
    groups, limit = [], len(states) if len(states) <= STATES_SHOWN else STATES_BY_LAYER
    for layer, name in LAYERS.items():
        ranked = sorted(
            (state for state in states if state.card.layer == layer),
            key=lambda state: (not state.troubled, -(state.stored_bytes or 0), state.card.title),
        )
        if ranked:
            rows = [_state(state) for state in ranked[:limit]]
            if others := ranked[limit:]:
                rows.append({"title": f"Autres ({len(others)})", **_sums(others)})
            groups.append({"name": name, "rows": rows})
    return groups


def _state(state: TableState) -> Words:
    rows = state.published_rows
    return {
        "title": state.card.title,
        "note": ACCESS.get(state.card.access, ""),
        "volume": french.weight(state.stored_bytes) if state.published_on else "–",
        "lines": "–" if rows is None else french.number(rows),
        "chip": chips.state_chip(state),
        "detail": phrases.state_detail(state),
    }


def _sums(states: Sequence[TableState]) -> Words:
    troubled = sum(state.troubled for state in states)
    return {
        "note": "",
        "volume": french.weight(_stored(states)),
        "lines": french.number(sum(state.published_rows or 0 for state in states)),
        "chip": None,
        "detail": f"{troubled} à vérifier" if troubled else "rien à signaler",
    }


def _total(states: Sequence[TableState]) -> Words:
    aside = sum(state.quarantined_rows or 0 for state in states)
    return {**_sums(states), "detail": f"{french.plural(aside, 'ligne')} de côté"}


def _stored(states: Sequence[TableState]) -> int | None:
    known = [state.stored_bytes for state in states if state.stored_bytes is not None]
    return sum(known) if known else None


def _figure(text: str) -> Words:
    value, space, unit = text.rpartition(french.NBSP)
    return {"figure": value, "unit": unit} if space else {"figure": "–", "unit": text}


def _limit(name: str, formatted: Callable[[float], str], limit: float | None) -> str:
    return f"{name} : aucun." if limit is None else f"{name} : {formatted(limit)}."
