"""Why a row is at fault for a rule that one column alone cannot tell: the contract's
`custom_checks`, and the items of its `array` columns.

SQL over the typed values of a row; the words are in `checks.custom_checks`. A rule whose column
only warns is left to the gate.
"""

from collections.abc import Iterator
from typing import NamedTuple

from checks.contract import Column, Contract
from checks.custom_checks import SHAPES, CustomCheck
from resources.sql import literal

# Longitudes and latitudes where France is (WGS 84), as schema.data.gouv.fr boxes it: the mainland,
# Guadeloupe, Martinique, Guyane, La Réunion, Mayotte.
FRANCE = (
    (-5.5, 9.8, 41.0, 51.5),
    (-61.9, -60.9, 15.8, 16.6),
    (-61.3, -60.7, 14.3, 15.0),
    (-54.7, -51.5, 2.0, 6.0),
    (55.1, 55.9, -21.5, -20.8),
    (44.9, 45.4, -13.1, -12.5),
)
CODES = {
    "cohesive-columns-value": "MANQUANT",
    "one-of-required": "MANQUANT",
    "compare-columns-value": "INCOHERENT",
    "sum-columns-value": "INCOHERENT",
    "french-gps-coordinates": "HORS_BORNES",
}


class Crosscheck(NamedTuple):
    """The column a fault is told under, its code, and when: true for a row that breaks the rule,
    null, as false, for one that the rule does not speak about.
    """

    column: str
    code: str
    fault: str


def crosschecks(contract: Contract, value: str = "v") -> list[Crosscheck]:
    """The rules between columns, over `v0`, `v1`… in the order of the contract."""
    names = {column.name: f"{value}{index}" for index, column in enumerate(contract.columns)}
    critical = {column.name for column in contract.columns if column.severity == "critical"}
    return [
        *(
            rule
            for column in contract.columns
            if column.name in critical
            for rule in _items(column, names[column.name])
        ),
        *(
            Crosscheck(
                check.column,
                CODES.get(check.name, "FORMAT"),
                _fault(check, names[check.column], [names[name] for name in check.others]),
            )
            for check in contract.custom_checks
            if check.column in critical
        ),
    ]


def _fault(check: CustomCheck, value: str, others: list[str]) -> str:
    match check.name:
        case "compare-columns-value":
            sign = {"==": "="}.get(str(check.params.op), check.params.op)
            return f"not ({value} {sign} {others[0]})"
        case "sum-columns-value":
            return f"{value} <> {' + '.join(others)}"
        case "one-of-required":
            return f"{value} is null and {others[0]} is null"
        case "cohesive-columns-value":
            filled = f"list_value({', '.join(f'{one} is not null' for one in (value, *others))})"
            return f"list_bool_or({filled}) and not list_bool_and({filled})"
        case "french-gps-coordinates":
            return f"{value} is not null and not coalesce({_in_france(value)}, false)"
        case "french-siren-value":
            return f"not siren_holds({value}::varchar)"
        case "french-siret-value":
            return f"not siret_holds({value}::varchar)"
        case "year-interval-value":
            return f"not {_shaped(check.name, value)} or {_backwards(check, value)}"
        case _:
            return f"not {_shaped(check.name, value)}"


def _shaped(name: str, value: str) -> str:
    return f"regexp_matches({value}::varchar, {literal(SHAPES[name][0])})"


def _backwards(check: CustomCheck, value: str) -> str:
    """« 2021/2020 », or « 2021 » where a lone year is not allowed."""
    first, second = (
        f"try_cast(split_part({value}::varchar, '/', {part}) as integer)" for part in (1, 2)
    )
    alone = "" if check.params.year_only == "yes" else f"or not contains({value}::varchar, '/')"
    return f"{first} >= {second} {alone}"


def _in_france(value: str) -> str:
    """« [longitude, latitude] » or « longitude, latitude » in one of the boxes."""
    shape = r"'^\[?\s*([^,\s]+)\s*,\s*([^,\s\]]+)\s*\]?$'"
    longitude, latitude = (
        f"try_cast(regexp_extract({value}, {shape}, {group}) as double)" for group in (1, 2)
    )
    return " or ".join(
        f"({longitude} between {west} and {east} and {latitude} between {south} and {north})"
        for west, east, south, north in FRANCE
    )


def _items(column: Column, value: str) -> Iterator[Crosscheck]:
    """What each item of an array must be."""
    if column.array_item is None:
        return
    constraints = column.array_item.constraints
    items = f"json_extract_string(try_cast({value} as json), '$[*]')"
    tests = []
    if constraints.enum is not None:
        words = ", ".join(literal(word) for word in constraints.enum)
        tests.append((f"one in ({words})", "HORS_LISTE"))
    if constraints.pattern is not None:
        tests.append((f"regexp_full_match(one, {literal(constraints.pattern)})", "FORMAT"))
    for test, code in tests:
        wrong = f"list_filter({items}, lambda one: not ({test}))"
        yield Crosscheck(column.name, code, f"len({wrong}) > 0")
