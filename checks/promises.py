"""From a contract to the rules of its gate: one row per promise, each with its French sentence.

Great Expectations' words are used here as plain text; the library itself is known by
`checks.quality` alone. What is judged without reading the table is in `checks.facts`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from checks.contract import Column, Constraints, Contract
from checks.drift import drift_rules
from checks.formats import FORMATS
from checks.rules import Dimension, Rule, Severity
from checks.sentences import between, sentence
from resources.french import plural
from resources.pseudonyms import SHAPE
from resources.sql import quoted


def whole(pattern: str) -> str:
    """A Table Schema `pattern`, which the whole text must match, for a partial matcher (RE2)."""
    return f"^(?:{pattern})$"


@dataclass(frozen=True)
class Promise:
    """How one word of a column becomes an expectation and a sentence."""

    word: str
    dimension: Dimension
    expectation: str
    parameters: Callable[[Any], dict[str, Any]]
    sentence: Callable[[Any], str]


PROMISES = (
    Promise(
        "required",
        Dimension.COMPLETENESS,
        "expect_column_values_to_not_be_null",
        lambda _: {},
        lambda _: "toujours une valeur",
    ),
    Promise(
        "unique",
        Dimension.UNIQUENESS,
        "expect_column_values_to_be_unique",
        lambda _: {},
        lambda _: "jamais deux fois la même valeur",
    ),
    Promise(
        "pattern",
        Dimension.VALIDITY,
        "expect_column_values_to_match_regex",
        lambda pattern: {"regex": whole(pattern)},
        lambda _: "la forme attendue",
    ),
    Promise(
        "enum",
        Dimension.VALIDITY,
        "expect_column_values_to_be_in_set",
        lambda words: {"value_set": words},
        lambda words: (
            f"l’une des {len(words)} valeurs permises"
            if len(words) > 1
            else "la seule valeur permise"
        ),
    ),
    Promise(
        "reference",
        Dimension.CONSISTENCY,
        "expect_column_values_to_be_in_reference",
        lambda reference: {"reference": reference},
        lambda reference: f"une valeur connue de « {reference} »",
    ),
)


def rules_of(contract: Contract) -> list[Rule]:
    """Every rule the gate holds a version of this table to, in the order they are read."""
    return [
        _columns_rule(contract),
        *_volume_rule(contract),
        *_key_rule(contract),
        *(rule for column in contract.columns for rule in _column_rules(column)),
        *_declared_rules(contract),
    ]


def dimensions_of(contract: Contract) -> list[Dimension]:
    """The dimensions of quality this contract uses: one Dagster asset check for each."""
    names = [column.name for column in contract.columns]
    rules = [*rules_of(contract), *drift_rules(contract, "", names)]
    used = {rule.dimension for rule in rules}
    used |= {Dimension.SOBRIETY, Dimension.PROTECTION}
    if contract.url:
        used |= {Dimension.VALIDITY}
    return [dimension for dimension in Dimension if dimension in used]


def _columns_rule(contract: Contract) -> Rule:
    return Rule(
        "colonnes",
        Dimension.VALIDITY,
        Severity.CRITICAL,
        f"La table a les {plural(len(contract.columns), 'colonne')} du contrat, dans l’ordre",
        "expect_table_columns_to_match_ordered_list",
        {"column_list": [column.name for column in contract.columns]},
    )


def _volume_rule(contract: Contract) -> Iterator[Rule]:
    counted = {"expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"}
    if contract.may_be_empty or any(item.type in counted for item in contract.expected):
        return
    yield Rule(
        "lignes",
        Dimension.VOLUME,
        Severity.CRITICAL,
        "La table n’est pas vide",
        "expect_table_row_count_to_be_between",
        {"min_value": 1},
    )


def _key_rule(contract: Contract) -> Iterator[Rule]:
    if not contract.key:
        return
    labels = " + ".join(contract.by_name[name].label for name in contract.key)
    sentence = f"Une seule ligne par {labels}"
    if len(contract.key) == 1:
        yield Rule(
            "cle",
            Dimension.UNIQUENESS,
            Severity.CRITICAL,
            sentence,
            "expect_column_values_to_be_unique",
            {"column": contract.key[0]},
        )
    else:
        yield Rule(
            "cle",
            Dimension.UNIQUENESS,
            Severity.CRITICAL,
            sentence,
            "expect_compound_columns_to_be_unique",
            {"column_list": list(contract.key)},
        )


def _column_rules(column: Column) -> Iterator[Rule]:
    """What is promised of a column; of a pseudonym, what its clear text did not already keep."""
    constraints = column.constraints
    if column.pseudonym is not None:
        constraints = Constraints(required=constraints.required, unique=constraints.unique)
        yield from _pseudonym_rules(column)
    for promise in PROMISES:
        value = getattr(constraints, promise.word)
        if value in (None, False):
            continue
        yield Rule(
            f"{column.name}.{promise.word}",
            promise.dimension,
            column.severity,
            f"{column.label} : {promise.sentence(value)}",
            promise.expectation,
            {"column": column.name, **promise.parameters(value)},
        )
    if column.pseudonym is not None:
        return
    yield from _bounds(column)
    if column.type == "string" and column.format in FORMATS:
        yield Rule(
            f"{column.name}.format",
            Dimension.VALIDITY,
            column.severity,
            f"{column.label} : {FORMATS[column.format].sentence}",
            "expect_column_values_to_match_french_format",
            {"column": column.name, "format": column.format},
        )


def _pseudonym_rules(column: Column) -> Iterator[Rule]:
    """Nothing but pseudonyms, and of one key: whatever else stands there is somebody's."""
    yield Rule(
        f"{column.name}.pseudonyme",
        Dimension.PROTECTION,
        Severity.CRITICAL,
        f"{column.label} : des pseudonymes seulement, aucune valeur en clair",
        "expect_column_values_to_match_regex",
        {"column": column.name, "regex": whole(SHAPE)},
    )
    name = quoted(column.name)
    yield Rule(
        f"{column.name}.cle_unique",
        Dimension.PROTECTION,
        Severity.CRITICAL,
        f"{column.label} : des pseudonymes d’une seule clé",
        "unexpected_rows_expectation",
        {
            "unexpected_rows_query": f"select * from {{batch}} where split_part({name}, ':', 1) "
            f"<> (select max(split_part({name}, ':', 1)) from {{batch}})"
        },
    )


def _bounds(column: Column) -> Iterator[Rule]:
    constraints = column.constraints
    if constraints.minimum is not None or constraints.maximum is not None:
        yield Rule(
            f"{column.name}.bornes",
            Dimension.VALIDITY,
            column.severity,
            f"{column.label} : {_range(column)}",
            "expect_column_values_to_be_between",
            {
                "column": column.name,
                "min_value": constraints.minimum,
                "max_value": constraints.maximum,
            },
        )
    if constraints.min_length is not None or constraints.max_length is not None:
        length = between(constraints.min_length, constraints.max_length, "caractères")
        yield Rule(
            f"{column.name}.longueur",
            Dimension.VALIDITY,
            column.severity,
            f"{column.label} : {length}",
            "expect_column_value_lengths_to_be_between",
            {
                "column": column.name,
                "min_value": constraints.min_length,
                "max_value": constraints.max_length,
            },
        )


def _range(column: Column) -> str:
    """« entre 0 et 100 % »; « entre 2008 et 2100 »: a year is a name, not a quantity."""
    low, high = column.constraints.minimum, column.constraints.maximum
    if column.type == "year":
        low, high = (None if each is None else str(int(each)) for each in (low, high))
    return between(low, high, column.unit)


def _declared_rules(contract: Contract) -> Iterator[Rule]:
    names: dict[str, int] = {}
    for item in contract.expected:
        target = str(item.parameters.get("column", "table"))
        name = f"{target}.{item.type.removeprefix('expect_')}"
        names[name] = names.get(name, 0) + 1
        yield Rule(
            name if names[name] == 1 else f"{name}.{names[name]}",
            _dimension(item.type, item.dimension, item.model_fields_set),
            item.severity,
            item.sentence or sentence(item.type, item.parameters, _label(contract, target)),
            item.type,
            item.parameters,
        )


def _label(contract: Contract, name: str) -> str:
    column = contract.by_name.get(name)
    return column.label if column else f"« {name} »"


def _dimension(expectation: str, declared: Dimension, said: set[str]) -> Dimension:
    if "dimension" not in said and "row_count" in expectation:
        return Dimension.VOLUME
    return declared
