"""Bounds of a rule, in SQL and against what DuckDB already knows of a column.

Strictness and what a missing bound means are Great Expectations' own.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from checks.quality.figures import UnanswerableError
from checks.quality.statistics import Facts

Asked = Mapping[str, Any]


def within(value: str, asked: Asked, literal: Callable[[Any], str]) -> str:
    """Whether a value stands between `min_value` and `max_value`, as strictly as asked."""
    return " and ".join(_compared(value, asked, literal, (">", ">="), ("<", "<=")))


def without(value: str, asked: Asked, literal: Callable[[Any], str]) -> str:
    """The same, the other way round: only so does DuckDB skip what zone maps rule out."""
    return " or ".join(_compared(value, asked, literal, ("<=", "<"), (">=", ">")))


def _compared(
    value: str,
    asked: Asked,
    literal: Callable[[Any], str],
    lower: tuple[str, str],
    upper: tuple[str, str],
) -> list[str]:
    low, high = asked.get("min_value"), asked.get("max_value")
    if low is None and high is None:
        raise UnanswerableError("La règle demande « min_value » ou « max_value ».")
    told = []
    if low is not None:
        told.append(f"{value} {lower[0 if asked.get('strict_min') else 1]} {literal(low)}")
    if high is not None:
        told.append(f"{value} {upper[0 if asked.get('strict_max') else 1]} {literal(high)}")
    return told


def always_within(facts: Facts, asked: Asked) -> bool:
    """Whether the known bounds of a column stand between those of the rule."""
    if facts.low is None or facts.high is None:
        return False
    try:
        return _above(facts.low, asked.get("min_value"), asked.get("strict_min")) and _above(
            asked.get("max_value"), facts.high, asked.get("strict_max")
        )
    except (TypeError, ValueError):
        return False  # of different kinds: the query will tell


def _above(high: Any, low: Any, strict: Any) -> bool:
    if high is None or low is None:
        return True
    high, low = _alike(high, low), _alike(low, high)
    return bool(high > low if strict else high >= low)


def _alike(value: Any, other: Any) -> Any:
    """A value as DuckDB compares it with another."""
    if isinstance(value, str):
        return dt.datetime.fromisoformat(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    if isinstance(other, float) and not other.is_integer() and not isinstance(value, float):
        return float(value)
    return value
