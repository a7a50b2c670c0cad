"""The sheet of one table in French: what it holds, whether it is fresh and sure, where it is from.

Pure functions over contracts and facts; the same words for an analyst, an agent and the DPO.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from assets.catalogue import Table
from assets.dashboards.anonymity import hidden
from assets.dashboards.chips import Chip
from assets.dashboards.history import Decided, RuleState, Spent
from checks.contract import Column, Contract
from resources import french

TYPES = {
    "string": "texte", "integer": "entier", "number": "nombre", "boolean": "oui ou non",
    "date": "date", "time": "heure", "datetime": "date et heure", "year": "année",
    "yearmonth": "mois", "geopoint": "point", "geojson": "contour", "array": "liste",
    "object": "objet", "any": "texte",
}  # fmt: skip
ACCESS = {"open": "ouvert à tous", "internal": "interne", "restricted": "restreint"}
PERSONAL = {
    "none": "Aucune", "indirect": "Indirectes", "direct": "Oui, directes",
    "sensitive": "Oui, sensibles", "nir": "Oui, numéro de sécurité sociale",
}  # fmt: skip
LICENSES = {"etalab-2.0": "Licence Ouverte 2.0", "odbl-1.0": "ODbL 1.0"}
OUTCOMES = {"published": Chip("good", "Publiée"), "refused": Chip("over", "Refusée")}


def columns(contract: Contract) -> list[dict[str, str]]:
    """The dictionary. The example of a personal column is left out, invented as it may be."""
    return [
        {
            "name": column.name,
            "meaning": _meaning(column),
            "type": TYPES.get(column.type, column.type) + " exact" * (column.decimals is not None),
            "example": "–" if column.personal_data != "none" else _short(column.example),
        }
        for column in contract.columns
    ]


def facts(
    table: Table, versions: Sequence[Decided], rules: Sequence[RuleState], spent: Spent
) -> list[dict[str, Any]]:
    """The card of the table: one fact, one precision."""
    contract = table.contract
    entry = contract.protection.register_entry
    published = next((one for one in versions if one.outcome == "published"), None)
    return [
        _fact("Fraîcheur", freshness(published), _cadence(contract)),
        _fact("Qualité", "", "", chip=quality(rules)),
        _fact(
            "Données personnelles",
            PERSONAL[contract.protection.personal_data],
            f"registre : {entry}" if entry else "",
            to=f"../registre/{entry}.html" if entry else "",
        ),
        *(
            [_fact("Secret", told, f"seuil : {contract.disclosure.kind.french}")]
            if contract.disclosure and (told := hidden(contract, rules))
            else []
        ),
        _fact("Accès", ACCESS[contract.access].capitalize(), contract.owner),
        _fact(
            "Origine",
            contract.publisher or "Table croisée",
            LICENSES.get(contract.license, contract.license),
        ),
        _fact("Conservation", contract.retention.french, contract.retention.reason),
        _fact("Volume", _volume(published), _weight(published)),
        _fact("Énergie du mois", french.small_energy(spent.kwh), _share(spent)),
    ]


def freshness(published: Decided | None) -> str:
    """« Données du 3 novembre 2026 », or that there is none."""
    if published is None:
        return "Jamais publiée"
    date = published.data_date or published.decided_at
    return f"Données du {french.day(french.local(date).date())}"


def quality(rules: Sequence[RuleState]) -> Chip:
    """How many rules are kept, worst first."""
    if not rules:
        return Chip("none", "Pas encore jugée")
    kept = sum(rule.passed for rule in rules)
    told = f"{kept} règles sur {len(rules)}" if kept > 1 else f"{kept} règle sur {len(rules)}"
    if kept == len(rules):
        return Chip("good", told)
    refused = any(not rule.passed and rule.severity == "critical" for rule in rules)
    return Chip("over" if refused else "watch", told)


def rule_lines(rules: Sequence[RuleState]) -> list[dict[str, Any]]:
    """Each rule, what was found, and its history."""
    return [
        {
            "sentence": rule.sentence,
            "chip": Chip("good", "Tenue")
            if rule.passed
            else Chip("over", "Refus")
            if rule.severity == "critical"
            else Chip("watch", "Avertissement"),
            "observed": rule.observed or "",
            "history": f"{rule.kept} sur {rule.judged}",
        }
        for rule in rules
    ]


def version_lines(versions: Sequence[Decided]) -> list[dict[str, Any]]:
    """The last decisions, the newest first."""
    return [
        {
            "version": french.number(one.version),
            "when": french.moment(french.local(one.decided_at)),
            "chip": OUTCOMES.get(one.outcome, Chip("none", one.outcome)),
            "rows": "–" if one.rows is None else french.number(one.rows),
            "aside": french.number(one.quarantined) if one.quarantined else "–",
            "reason": one.reason or "",
        }
        for one in versions
    ]


def lineage(table: Table, tables: Mapping[str, Table]) -> dict[str, list[tuple[str, str]]]:
    """One step each way: (key, title) of what it reads and of what reads it."""
    before = [tables[key] for key in sorted(table.upstream) if key in tables]
    after = [other for other in tables.values() if table.key in other.upstream]
    return {
        "before": [(one.key, one.contract.title) for one in before],
        "after": [(one.key, one.contract.title) for one in after],
    }


def _fact(
    name: str, value: str, more: str, chip: Chip | None = None, to: str = ""
) -> dict[str, Any]:
    return {"name": name, "value": value, "more": more, "chip": chip, "to": to}


def _meaning(column: Column) -> str:
    told = column.description
    if column.unit:
        told = f"{told.rstrip('.')}, en {column.unit}."
    if column.personal_data == "none":
        return told
    behind = ", gardée derrière un pseudonyme" if column.pseudonym else ""
    return f"{told} Donnée personnelle{behind}."


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _cadence(contract: Contract) -> str:
    return f"mise à jour {contract.cadence}" if contract.cadence else "refaite quand elle change"


def _volume(published: Decided | None) -> str:
    if published is None or published.rows is None:
        return "–"
    return french.plural(published.rows, "ligne")


def _weight(published: Decided | None) -> str:
    if published is None:
        return ""
    aside = french.plural(published.quarantined or 0, "ligne")
    told = french.weight(published.stored_bytes)
    return f"{told}, {aside} de côté" if published.quarantined else told


def _share(spent: Spent) -> str:
    return f"{french.percent(spent.share)} de la plateforme" if spent.share is not None else ""
