"""A result of Great Expectations, read in French: counts and aggregates, never a value of a row."""

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from checks.rules import Rule, Verdict
from resources import french


def verdict(rule: Rule, passed: bool, result: Mapping[str, Any]) -> Verdict:
    """The verdict on a rule, from the `success` and the `result` of Great Expectations."""
    if "unexpected_count" in result and "element_count" in result:
        checked, unexpected = int(result["element_count"]), int(result["unexpected_count"])
        observed = f"{french.plural(unexpected, 'ligne')} sur {french.number(checked)}"
        return Verdict(rule, passed, _noted(observed, result), checked, unexpected)
    return Verdict(rule, passed, _noted(_observed(rule.expectation, result), result))


def _noted(observed: str | None, result: Mapping[str, Any]) -> str | None:
    """What is observed, and how, when it is not the usual way."""
    note = result.get("note")
    return " — ".join(said for said in (observed, note) if said) or None


def _observed(expectation: str, result: Mapping[str, Any]) -> str | None:
    details = result.get("details") or {}
    if "columns_to_match" in expectation:
        return _columns(result, details)
    if "distinct_values_to" in expectation:
        return _distinct(result)
    value = result.get("observed_value")
    if "type" in expectation:
        return str(value)
    if "missing_share" in expectation:
        there = french.percent(float(details["expected_value"]), 1)
        return f"{french.percent(float(value or 0), 1)} de manquants, contre {there}"
    if "distribution" in expectation:
        return f"{french.percent(float(value or 0), 1)} des lignes réparties autrement"
    if "most_common" in expectation:
        unexpected = int(result["unexpected_count"])
        return f"{french.plural(unexpected, 'valeur')} hors de la liste parmi les plus fréquentes"
    if isinstance(value, Mapping) and "values" in value:
        return " ; ".join(told for each in value["values"] if (told := _figure(each)))
    if "expected_value" in details:
        return f"{_figure(value)} pour {_figure(details['expected_value'])} attendus"
    if isinstance(value, Mapping):
        return f"{_figure(value['self'])} pour {_figure(value['other'])} attendues"
    if "proportion" in expectation and value is not None:
        return french.percent(float(value), 1)
    if ("row_count" in expectation or "rows_expectation" in expectation) and value is not None:
        return french.plural(int(value), "ligne")
    if "column_count" in expectation and value is not None:
        return french.plural(int(value), "colonne")
    return _figure(value)


def _columns(result: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    mismatched = details.get("mismatched")
    if isinstance(mismatched, Mapping):
        parts = [
            f"{word} : {', '.join(mismatched[key])}"
            for key, word in (("missing", "manque"), ("unexpected", "en trop"))
            if key in mismatched
        ]
        return " ; ".join(parts)
    if mismatched:
        found = (str(place["Found"] or place["Expected"]) for place in mismatched)
        return f"pas à leur place : {', '.join(found)}"
    return french.plural(len(result.get("observed_value") or ()), "colonne")


def _distinct(result: Mapping[str, Any]) -> str:
    parts = []
    if "unexpected_count" in result:
        parts.append(f"{french.plural(int(result['unexpected_count']), 'valeur')} hors de la liste")
    if "missing_count" in result:
        missing = int(result["missing_count"])
        parts.append(french.plural(missing, "valeur manquante", "valeurs manquantes"))
    return ", ".join(parts)


def _figure(value: Any) -> str | None:
    """An aggregate; a text is the value of a row, and stays unsaid."""
    match value:
        case bool() | None:
            return None
        case int() | float() | Decimal():
            return _number(float(value))
        case dt.datetime() if value.time() != dt.time():
            return french.moment(value)
        case dt.date():
            return french.day(value)
    return None


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "infini" if math.isinf(value) else "indéfini"
    if value.is_integer() and abs(value) < 1e15:
        return french.number(value)
    if 1e-4 <= abs(value) < 1e15:
        return french.significant(value, 6).rstrip("0").removesuffix(",")
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{french.number(float(mantissa), 2)} × 10^{french.number(int(exponent))}"
