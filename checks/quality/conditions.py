"""`row_condition`: the rows a rule is about, from Great Expectations' words to SQL.

Its two spellings are read here: the text of its first versions, `col("secteur") == "tertiaire"`,
and the words its condition objects are made of (`type`, `column`, `operator`, `parameter`).
"""

import re
from collections.abc import Mapping
from typing import Any

from checks.quality.figures import UnanswerableError
from checks.quality.sql import Domain

_WRITTEN = re.compile(
    r"""\s*col\("(?P<column>[^"]+)"\)\s*
    (?: \.not[nN]ull\(\)
      | (?P<operator>==|!=|>=|<=|>|<)\s*
        (?: (?P<number>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
          | (?P<date>date\()?(?P<quote>["'])(?P<text>[^"']*)(?P=quote)(?(date)\)) )
    )\s*""",
    re.VERBOSE,
)
_OPERATORS = {
    "==": "=",
    # A missing value differs from any other: `<>` would leave its row out.
    "!=": "is distinct from",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}


def clause(condition: str | Mapping[str, Any], domain: Domain) -> str:
    """The rows a condition keeps, as SQL for `where`.

    Raises:
        UnanswerableError: it is not a condition, or not one its column can be held to.
    """
    try:
        return _clause(_read(condition) if isinstance(condition, str) else condition, domain)
    except (AttributeError, KeyError, TypeError):
        raise unreadable() from None


def columns_of(condition: str | Mapping[str, Any] | None) -> list[str]:
    """The columns a condition speaks of.

    Raises:
        UnanswerableError: it is not a condition.
    """
    if condition is None:
        return []
    try:
        return _columns_of(_read(condition) if isinstance(condition, str) else condition)
    except (AttributeError, KeyError, TypeError):
        raise unreadable() from None


def _columns_of(told: Mapping[str, Any]) -> list[str]:
    if told["type"] in ("and", "or"):
        return [name for each in told["conditions"] for name in _columns_of(each)]
    return [str(told["column"]["name"])]


def _read(written: str) -> Mapping[str, Any]:
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise unreadable()
    column = {"name": found["column"]}
    if found["operator"] is None:
        return {"type": "nullity", "column": column, "is_null": False}
    parameter: Any = found["text"]
    if found["number"] is not None:
        whole = found["number"].lstrip("+-").isdigit()
        parameter = int(found["number"]) if whole else float(found["number"])
    return {
        "type": "comparison",
        "column": column,
        "operator": found["operator"],
        "parameter": parameter,
    }


def _clause(told: Mapping[str, Any], domain: Domain) -> str:
    if told["type"] in ("and", "or"):
        word = f" {told['type']} "
        return "(" + word.join(_clause(each, domain) for each in told["conditions"]) + ")"
    column = domain.column(told["column"]["name"])
    if told["type"] == "nullity":
        return f"{column.value} is {'' if told['is_null'] else 'not '}null"
    if told["type"] != "comparison":
        raise unreadable()
    operator, parameter = str(told["operator"]), told["parameter"]
    if operator in ("IN", "NOT_IN"):
        return f"({column.is_in(list(parameter))}) is {'' if operator == 'IN' else 'not '}true"
    return f"{column.value} {_OPERATORS[operator]} {column.literal(parameter)}"


def unreadable() -> UnanswerableError:
    """What to say of what is not a condition."""
    return UnanswerableError(
        "La condition « row_condition » ne se comprend pas ; elle s’écrit par exemple "
        'col("secteur") == "tertiaire".'
    )
