"""Row by row metrics about what a text holds: a date, JSON, a French number, a pattern."""

from collections.abc import Mapping
from typing import Any

from checks.formats import FORMATS
from checks.quality.figures import UnanswerableError
from checks.quality.row_metrics import RowMetric, each_value, like
from checks.quality.sql import Column, Domain, Family, text

Asked = Mapping[str, Any]


def _is_json(_: Domain, column: Column, asked: Asked) -> str:
    """As RFC 8259 has it: Python's reader alone takes a bare NaN or Infinity."""
    column.must_be(Family.TEXT)
    return f"json_valid({column.value})"


def _is_dated(_: Domain, column: Column, asked: Asked) -> str:
    column.must_be(Family.TEXT)
    return f"try_strptime({column.value}, {text(asked['strftime_format'])}) is not null"


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
    "column_values.json_parseable": each_value(_is_json, costly=True),
    "column_values.match_strftime_format": each_value(_is_dated, costly=True),
    "column_values.french_format": each_value(_french, costly=True),
    "column_values.match_like_pattern_list": each_value(_one_like, costly=True),
    "column_values.not_match_like_pattern_list": each_value(_none_like, costly=True),
}
