"""The rules of schema.data.gouv.fr that Table Schema has no word for (`custom_checks`).

Their names and parameters, and what the gate re-judges of them. How a row is set aside for one is
in `assets.decoding.crosschecks`. Missing cells are skipped, but where the rule is about them.

The rules: https://gitlab.com/validata-table/validata-table (read 2026-11).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from checks.strict import Strict
from resources.sql import quoted

CheckName = Literal[
    "cohesive-columns-value",
    "compare-columns-value",
    "french-gps-coordinates",
    "french-siren-value",
    "french-siret-value",
    "nomenclature-actes-value",
    "one-of-required",
    "opening-hours-value",
    "phone-number-value",
    "sum-columns-value",
    "year-interval-value",
]
Operator = Literal[">", ">=", "==", "<=", "<"]

# Names that the same rules bear elsewhere.
SAME = {
    "cohesive-column-values": "cohesive-columns-value",
    "siren": "french-siren-value",
    "siret": "french-siret-value",
    "nomenclature-acte": "nomenclature-actes-value",
}
# Rules about one column that are a text format of ours.
TEXT_FORMATS = {"french-siren-value": "siren", "french-siret-value": "siret"}

# « Actes » nomenclature (ministère de l’Intérieur): nine subjects, then « / » and a detail.
_ACTS = (
    "commande publique|urbanisme|domaine et patrimoine|fonction publique|"
    "institutions et vie politique|libert[eé]s publiques et pouvoirs de police|finances locales|"
    "domaines de comp[eé]tences par th[eèé]mes|autres domaines de comp[eé]tences"
)
# Opening hours of OpenStreetMap: « Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-12:00; PH off ».
_DAY = "(Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)( ?[0-9]{1,2})?"
_HOUR = "([01]?[0-9]|2[0-9]):[0-5][0-9]"
_DAYS = f"{_DAY}( ?- ?{_DAY})?( ?, ?{_DAY}( ?- ?{_DAY})?)*"
_MONTHS = f"{_MONTH}( ?- ?{_MONTH})?( ?, ?{_MONTH}( ?- ?{_MONTH})?)*:?"
_HOURS = f"{_HOUR}( ?- ?{_HOUR}|[+])( ?, ?{_HOUR}( ?- ?{_HOUR}|[+]))*"
_OPENING = f"(({_MONTHS} ?)?({_DAYS} ?)?({_HOURS}|24/7|off|closed)|24/7)"

# Rules about one column that are the shape of a text, and the end of their French sentence.
SHAPES: Mapping[str, tuple[str, str]] = {
    "nomenclature-actes-value": (
        rf"(?i)^({_ACTS})/[^ ].*$",
        "une matière de la nomenclature Actes, « / », puis un détail",
    ),
    "opening-hours-value": (
        f"^{_OPENING}( ?[;,] ?{_OPENING})* ?;?$",
        "des horaires d’ouverture comme les écrit OpenStreetMap",
    ),
    "phone-number-value": (
        r"^(\+[1-9]([ .()-]*[0-9]){6,14}|0[1-9]([ .-]*[0-9]{2}){4}|[13][0-9]{2,3})$",
        "un numéro de téléphone français ou international",
    ),
    "year-interval-value": (r"^[0-9]{4}(/[0-9]{4})?$", "une année, ou « année/année »"),
}
_PAIRS = {">": (False, False), ">=": (False, True), "<": (True, False), "<=": (True, True)}


class Parameters(Strict):
    """The columns a rule is about, and its own words."""

    column: str = ""
    column2: str | None = None
    columns: list[str] = Field(default=[])
    others: list[str] = Field(default=[], alias="othercolumns")
    op: Operator | None = None
    year_only: Literal["yes", "no"] = Field(default="no", alias="allow-year-only")


class CustomCheck(Strict):
    """One rule, as schema.data.gouv.fr writes it: `{name: …, params: {column: …}}`."""

    name: CheckName
    params: Parameters

    @property
    def column(self) -> str:
        """The column a fault is told under."""
        return self.params.column

    @property
    def others(self) -> list[str]:
        """The other columns the rule reads."""
        second = [self.params.column2] if self.params.column2 else []
        return [*second, *self.params.columns, *self.params.others]

    @property
    def missing(self) -> str | None:
        """The parameter the rule cannot do without and does not have."""
        needed = {
            "cohesive-columns-value": ("column", "others"),
            "compare-columns-value": ("column", "op", "column2"),
            "one-of-required": ("column", "column2"),
            "sum-columns-value": ("column", "columns"),
        }.get(self.name, ("column",))
        given = {word: getattr(self.params, word) for word in needed}
        lacking = [word for word, value in given.items() if not value]
        return {"others": "othercolumns"}.get(lacking[0], lacking[0]) if lacking else None


def expectations(
    check: CustomCheck, severity: str, labels: Mapping[str, str]
) -> Iterator[dict[str, dict[str, Any]]]:
    """What the gate holds the published rows to, in the words of a contract's `expectations:`.

    Nothing for a place in France, which is told from the text: rows are set aside when decoded.
    """
    column, params = check.column, check.params
    words = {"severity": severity}
    match check.name:
        case "compare-columns-value" if params.op in _PAIRS:
            swapped, or_equal = _PAIRS[str(params.op)]
            first, second = (str(params.column2), column) if swapped else (column, params.column2)
            yield {
                "expect_column_pair_values_a_to_be_greater_than_b": {
                    "column_A": first,
                    "column_B": second,
                    "or_equal": or_equal,
                    "ignore_row_if": "either_value_is_missing",
                    "sentence": f"{labels[column]} {params.op} {labels[str(params.column2)]}",
                    **words,
                }
            }
        case "compare-columns-value":
            yield {
                "expect_column_pair_values_to_be_equal": {
                    "column_A": column,
                    "column_B": params.column2,
                    "ignore_row_if": "either_value_is_missing",
                    "sentence": f"{labels[column]} = {labels[str(params.column2)]}",
                    **words,
                }
            }
        case "sum-columns-value":
            wrong = f"{quoted(column)} <> {' + '.join(map(quoted, params.columns))}"
            yield {
                "unexpected_rows_expectation": {
                    "unexpected_rows_query": f"select * from {{batch}} where {wrong}",
                    "sentence": f"{labels[column]} = "
                    + " + ".join(labels[name] for name in params.columns),
                    **words,
                }
            }
        case "one-of-required":
            yield _filled(column, str(params.column2), True, labels, words)
        case "cohesive-columns-value":
            # All or none: each one that is filled asks for the next, the last for the first.
            circle = [column, *check.others]
            for one, following in zip(circle, [*circle[1:], column], strict=True):
                yield _filled(following, one, False, labels, words)
        case name if name in SHAPES:
            regex, what = SHAPES[name]
            yield {
                "expect_column_values_to_match_regex": {
                    "column": column,
                    "regex": regex,
                    "dimension": "validite",
                    "sentence": f"{labels[column]} : {what}",
                    **words,
                }
            }


def _filled(
    column: str, other: str, absent: bool, labels: Mapping[str, str], words: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """`column` has a value wherever `other` has none (`absent`), or has one."""
    when = "est vide" if absent else "est renseigné"
    return {
        "expect_column_values_to_not_be_null": {
            "column": column,
            "row_condition": {"type": "nullity", "column": {"name": other}, "is_null": absent},
            "dimension": "completude",
            "sentence": f"{labels[column]} est renseigné quand {labels[other]} {when}",
            **words,
        }
    }
