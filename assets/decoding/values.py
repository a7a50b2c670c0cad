"""What a text is worth: SQL that turns it into a typed value, or into a reason why it cannot be.

Types come from the contract, never from inference. Pure functions from a column to SQL.
"""

from checks.contract import Column, Contract
from checks.formats import SHAPES
from resources.sql import literal

TYPES = {
    "string": "varchar",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp",
    "year": "bigint",
    "geojson": "varchar",
}
REASONS = {
    "NB_COLONNES": "la ligne n’a pas le bon nombre de colonnes",
    "JSON": "la ligne n’est pas un objet JSON",
    "MANQUANT": "une valeur obligatoire manque",
    "TYPE": "la valeur n’est pas du type attendu",
    "DATE": "la date n’existe pas ou n’a pas la forme attendue",
    "FORMAT": "la valeur n’a pas la forme attendue",
    "HORS_LISTE": "la valeur n’est pas dans la liste permise",
    "HORS_BORNES": "la valeur est hors des bornes",
    "LONGUEUR": "le texte est trop court ou trop long",
    "REFERENCE": "la valeur n’existe pas dans la table de référence",
    "DOUBLON": "la ligne répète une ligne déjà lue",
    "CLE_EN_CONFLIT": "plusieurs lignes portent la même clé avec des valeurs différentes",
}
# `and` does not stop DuckDB from computing the key of a text that holds a letter: `try_cast`.
# Luhn's key over any length (ISO/IEC 7812-1, annex B), SIRET of La Poste apart: its fourteen
# digits add up to a multiple of five, the head office excepted (Insee).
MACROS = """
create or replace temp macro digit(digits, i) as try_cast(substr(digits, i, 1) as integer);
create or replace temp macro luhn(digits) as (
    list_sum(list_transform(
        range(1, length(digits) + 1),
        lambda i: case
            when (length(digits) - i) % 2 = 0 then digit(digits, i)
            when digit(digits, i) > 4 then digit(digits, i) * 2 - 9
            else digit(digits, i) * 2
        end
    )) % 10 = 0
);
create or replace temp macro digit_sum(digits) as (
    list_sum(list_transform(range(1, length(digits) + 1), lambda i: digit(digits, i)))
);
create or replace temp macro siret_holds(digits) as (
    regexp_full_match(digits, '\\d{14}') and (
        luhn(digits) or (starts_with(digits, '356000000') and digit_sum(digits) % 5 = 0)
    )
);
create or replace temp macro siren_holds(digits) as (
    regexp_full_match(digits, '\\d{9}') and luhn(digits)
);
"""
INTEGER = r"[+-]?\d+"
NUMBER = r"[+-]?\d+(DECIMAL\d+)?([eE][+-]?\d+)?"
NO_BREAK = "'\u00a0\u202f '"


def cleaned(column: Column, contract: Contract, text: str) -> str:
    """The text without outer spaces, null where it is one of the words for « no value »."""
    missing = ", ".join(literal(word) for word in contract.missing_values)
    trimmed = f"trim({text}, {NO_BREAK} || chr(9))"
    value = (
        f"case when {trimmed} in ({missing}) then null else {trimmed} end" if missing else trimmed
    )
    if column.type != "string":
        return f"({value})"
    match column.format:
        case "siret":
            digits = f"regexp_replace({value}, '[\\s\u00a0\u202f]', '', 'g')"
            return (
                f"(case when regexp_full_match({digits}, '\\d{{13}}') "
                f"and siret_holds('0' || {digits}) then '0' || {digits} else {digits} end)"
            )
        case "siren":
            return f"(regexp_replace({value}, '[\\s\u00a0\u202f]', '', 'g'))"
        case "telephone":
            return f"(regexp_replace({value}, '[\\s\u00a0\u202f.-]', '', 'g'))"
        case _:
            return f"({value})"


def typed(column: Column, text: str) -> str:
    """The cleaned text as a value; null where it cannot be one."""
    match column.type:
        case "string" | "geojson":
            return text
        case "integer":
            return f"try_cast({_plain(column, text, INTEGER)} as bigint)"
        case "number":
            plain = _plain(column, text, NUMBER.replace("DECIMAL", f"[{column.decimal_char}]"))
            if column.decimal_char != ".":
                plain = f"replace({plain}, {literal(column.decimal_char)}, '.')"
            value = f"try_cast({plain} as double)"
            return f"case when isfinite({value}) then {value} end"
        case "year":
            return f"try_cast(regexp_extract({text}, '^\\d{{4}}$') as bigint)"
        case "boolean":
            words = {
                "true": ", ".join(literal(word.lower()) for word in column.true_values),
                "false": ", ".join(literal(word.lower()) for word in column.false_values),
            }
            return (
                f"case when lower({text}) in ({words['true']}) then true "
                f"when lower({text}) in ({words['false']}) then false end"
            )
        case "date":
            layout = literal(column.format or "%Y-%m-%d")
            parsed = f"try_strptime({text}, {layout})"
            return f"case when {_exact(text, parsed, layout)} then {parsed}::date end"
        case "datetime":
            if column.format is None:
                iso = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
                parsed = f"try_cast({text} as timestamp)"
                return (
                    f"case when regexp_full_match({text}, '{iso}') and {_our_era(parsed)} "
                    f"then {parsed} end"
                )
            layout = literal(column.format)
            parsed = f"try_strptime({text}, {layout})"
            return f"case when {_exact(text, parsed, layout)} then {parsed} end"
    raise AssertionError(column.type)


def _exact(text: str, parsed: str, layout: str) -> str:
    """Written back and compared: « 31/02 » and Excel's day numbers do not pass."""
    return f"(strftime({parsed}, {layout}) = {text} and {_our_era(parsed)})"


def _our_era(parsed: str) -> str:
    """« 26 » read as the year 26 is a year cut short."""
    return f"year({parsed}) between 1000 and 9999"


def _plain(column: Column, text: str, pattern: str) -> str:
    """The digits without their separators; null where the text is not a number as declared."""
    value = text
    if column.group_char is not None:
        separators = NO_BREAK if column.group_char == " " else literal(column.group_char)
        value = f"translate({text}, {separators}, '')"
    return f"case when regexp_full_match({value}, '{pattern}') then {value} end"


def reason(column: Column, text: str, value: str) -> str:
    """SQL giving the first reason why a row is at fault for this column, else null."""
    constraints = column.constraints
    cases: list[tuple[str, str]] = []
    if column.type not in ("string", "geojson"):
        code = "DATE" if column.type in ("date", "datetime") else "TYPE"
        cases.append((f"{text} is not null and {value} is null", code))
    if column.severity == "critical":
        if constraints.required:
            cases.append((f"{text} is null", "MANQUANT"))
        if column.format in SHAPES and column.type == "string":
            cases.append((_misshapen(column, value), "FORMAT"))
        if constraints.pattern is not None:
            pattern = literal(constraints.pattern)
            cases.append((f"not regexp_full_match({text}, {pattern})", "FORMAT"))
        if constraints.enum is not None:
            words = ", ".join(literal(word) for word in constraints.enum)
            cases.append((f"{text} not in ({words})", "HORS_LISTE"))
        for bound, sign in ((constraints.minimum, "<"), (constraints.maximum, ">")):
            if bound is not None:
                cases.append((f"{value} {sign} {_bound(column, bound)}", "HORS_BORNES"))
        if constraints.min_length is not None:
            cases.append((f"length({text}) < {constraints.min_length}", "LONGUEUR"))
        if constraints.max_length is not None:
            cases.append((f"length({text}) > {constraints.max_length}", "LONGUEUR"))
        if constraints.reference is not None:
            table, name = constraints.reference.rsplit(".", 1)
            known = f"select {name} from {table} where {name} is not null"
            cases.append((f"{value} is not null and {value} not in ({known})", "REFERENCE"))
    if not cases:
        return "null"
    return "case " + " ".join(f"when {test} then '{code}'" for test, code in cases) + " end"


def _misshapen(column: Column, value: str) -> str:
    if column.format in ("siret", "siren"):
        return f"{value} is not null and not {column.format}_holds({value})"
    return f"not regexp_matches({value}, {literal(SHAPES[str(column.format)][0])})"


def _bound(column: Column, bound: float | str) -> str:
    return f"{literal(bound)}::{TYPES[column.type]}" if isinstance(bound, str) else repr(bound)
