"""Row by row metrics about what a text holds: a date, JSON, a French number, a pattern."""

import re
from collections.abc import Mapping
from typing import Any

from checks.formats import FORMATS
from checks.quality.figures import Cost, UnanswerableError
from checks.quality.row_metrics import RowMetric, each_value, like
from checks.quality.sql import Column, Domain, Family, text

Asked = Mapping[str, Any]


def _is_json(_: Domain, column: Column, asked: Asked) -> str:
    """As RFC 8259 has it: Python's reader alone takes a bare NaN or Infinity."""
    column.must_be(Family.TEXT)
    return f"json_valid({column.value})"


# What Python's `strptime`, and so Great Expectations, takes for each directive: DuckDB is laxer on
# some (a year of two digits for `%Y`). Copied from the documentation of CPython's `_strptime`.
DIGITS = {
    "d": r"(3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])",
    "m": r"(1[0-2]|0[1-9]|[1-9])",
    "Y": r"\d{4}",
    "y": r"\d{2}",
    "H": r"(2[0-3]|[0-1]\d|\d)",
    "M": r"([0-5]\d|\d)",
    "S": r"(6[0-1]|[0-5]\d|\d)",
    "j": r"(36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9])",
    "f": r"\d{1,6}",
}
DIRECTIVE = re.compile(r"%(.)|(\s+)|(.)", re.S)


def _is_dated(_: Domain, column: Column, asked: Asked) -> str:
    column.must_be(Family.TEXT)
    layout = asked["strftime_format"]
    parsed = f"try_strptime({column.value}, {text(layout)}) is not null"
    shape = "".join(
        DIGITS.get(directive, ".+") if directive else r"\s+" if space else re.escape(other)
        for directive, space, other in DIRECTIVE.findall(str(layout))
    )
    return f"{parsed} and regexp_full_match({column.value}, {text(shape)}, 's')"


def _french(_: Domain, column: Column, asked: Asked) -> str:
    column.must_be(Family.TEXT)
    found = FORMATS.get(str(asked["format"]))
    if found is None:
        raise UnanswerableError(
            f"Le format « {asked['format']} » n’est pas connu (choix : {', '.join(FORMATS)})."
        )
    return found.holds(column.value)


def _one_like(_: Domain, column: Column, asked: Asked) -> str:
    return like(column, asked, asked["like_pattern_list"], asked.get("match_on") or "any")


def _none_like(_: Domain, column: Column, asked: Asked) -> str:
    return f"not ({like(column, asked, asked['like_pattern_list'], 'any')})"


TEXT_METRICS: dict[str, RowMetric] = {
    "column_values.json_parseable": each_value(_is_json, cost=Cost.HIGH),
    "column_values.match_strftime_format": each_value(_is_dated, cost=Cost.HIGH),
    "column_values.french_format": each_value(_french, cost=Cost.HIGH),
    "column_values.match_like_pattern_list": each_value(_one_like, cost=Cost.HIGH),
    "column_values.not_match_like_pattern_list": each_value(_none_like, cost=Cost.HIGH),
}
