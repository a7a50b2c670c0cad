"""What a text is worth: SQL that turns it into a typed value, null where it cannot be one.

Types come from the contract, never from inference; the words are Table Schema's. Pure functions
from a column to SQL. Why a row cannot be kept is in `assets.decoding.reasons`; how the same values
are had faster, where the text is written plainly, in `assets.decoding.shortcuts`.
"""

import re

from assets.decoding.moments import moment
from checks.contract import Column, Contract
from resources.sql import literal

# A month, a point and a JSON text stay as they were written, once proven: what a national schema
# asks for can then be published again as it asks for it.
TYPES = {
    "string": "varchar",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "datetime": "timestamp",
    "year": "bigint",
    "yearmonth": "varchar",
    "geopoint": "varchar",
    "geojson": "varchar",
    "array": "varchar",
    "object": "varchar",
    "any": "varchar",
}
DIGITS = 18  # of an exact number: DuckDB computes with as many at the price of an integer
EXACT_DOUBLE = 15  # digits: two different numbers of as many are two different doubles
INTEGER = r"[+-]?\d+"
NUMBER = r"[+-]?(\d+(DECIMAL\d*)?|DECIMAL\d+)([eE][+-]?\d+)?"
SPACES = "\u00a0\u202f \t"


def stored(column: Column) -> str:
    """The type of DuckDB in which the values of a column are kept."""
    if column.decimals is None:
        return TYPES[column.type]
    return f"decimal({DIGITS}, {column.decimals})"


def text_literal(text: str) -> str:
    """A text as SQL, whose tabs and no-break spaces can be seen."""
    return literal(text).replace("\t", "' || chr(9) || '")


def cleaned(column: Column, contract: Contract, text: str) -> str:
    """The text without outer spaces, corrected as the contract says, null for « no value »."""
    value = trimmed(column, text)
    if rules := [one for one in contract.corrections if one.column == column.name]:
        cases = " ".join(f"when {literal(one.value)} then {literal(one.becomes)}" for one in rules)
        value = f"(case coalesce({value}, '') {cases} else {value} end)"
    if missing := ", ".join(literal(word) for word in contract.missing_values):
        value = f"(case when {value} in ({missing}) then null else {value} end)"
    if column.type != "string":
        return value
    match column.format:
        case "siret":
            digits = f"regexp_replace({value}, '[\\s\u00a0\u202f]', '', 'g')"
            return (
                f"(case when regexp_full_match({digits}, '\\d{{13}}') "
                f"and siret_holds('0' || {digits}) then '0' || {digits} else {digits} end)"
            )
        case "siren":
            return f"regexp_replace({value}, '[\\s\u00a0\u202f]', '', 'g')"
        case "telephone":
            return f"regexp_replace({value}, '[\\s\u00a0\u202f.-]', '', 'g')"
        case _:
            return value


def trimmed(column: Column, text: str) -> str:
    """The text without outer spaces: what a correction is compared with."""
    return f"trim({text}, {text_literal(blank(column))})"


def blank(column: Column) -> str:
    """What may stand around a value without being part of it: line ends too, but in a text."""
    return SPACES if TYPES[column.type] == "varchar" else SPACES + "\n\r\v\f"


def typed(column: Column, text: str) -> str:
    """The cleaned text as a value; null where it cannot be one."""
    match column.type:
        case "string" | "any":
            return text
        case "integer":
            return f"try_cast({_plain(column, text, INTEGER)} as bigint)"
        case "number":
            plain = _plain(column, text, _number(column))
            if column.decimal_char != ".":
                plain = f"replace({plain}, {literal(column.decimal_char)}, '.')"
            if column.decimals is not None:
                return _decimal(column, plain)
            value = f"try_cast({plain} as double)"
            return f"case when isfinite({value}) then {value} end"
        case "boolean":
            return (
                f"case when {text} in ({_listed(column.true_values)}) then true "
                f"when {text} in ({_listed(column.false_values)}) then false end"
            )
        case "year":
            return f"try_cast(regexp_extract({text}, '^\\d{{4}}$') as bigint)"
        case "yearmonth":
            return (
                f"case when regexp_full_match({text}, '\\d{{4}}-(0[1-9]|1[0-2])') then {text} end"
            )
        case "date" | "time" | "datetime":
            return moment(column, text)
        case "geopoint":
            return _point(column, text)
        case "geojson":
            return f"geojson_of({text})"
        case "array" | "object":
            return f"json_of({text}, '{column.type.upper()}')"


def _listed(words: list[str]) -> str:
    return ", ".join(literal(word) for word in words)


def _point(column: Column, text: str) -> str:
    """A longitude then a latitude: « 5.2, 46.1 », [5.2, 46.1] or {"lon": 5.2, "lat": 46.1}."""
    match column.format:
        case "array":
            sure = (
                f"json_length({text}) = 2 and "
                f"on_earth(json_number({text}, '$[0]'), json_number({text}, '$[1]'))"
            )
        case "object":
            sure = f"on_earth(json_number({text}, '$.lon'), json_number({text}, '$.lat'))"
        case _:
            number = r"[+-]?(\d+(\.\d*)?|\.\d+)"
            sure = (
                f"regexp_full_match({text}, '{number}\\s*,\\s*{number}') and "
                f"on_earth(split_part({text}, ',', 1), split_part({text}, ',', 2))"
            )
    return f"case when {sure} then {text} end"


def _decimal(column: Column, plain: str) -> str:
    """The number if it has no more decimals than promised: DuckDB would round it without a word."""
    value = f"try_cast({plain} as {stored(column)})"
    digits = rf"[+-]?\d*(\.\d{{0,{column.decimals}}}0*)?"
    return (
        f"case when regexp_full_match({plain}, '{digits}') or not {other_number(plain, value)} "
        f"then {value} end"
    )


def other_number(text: str, value: str) -> str:
    """SQL that is not true only if a decimal is the number that a text writes, with a point."""
    return (
        f"(strlen({text}) > {EXACT_DOUBLE + 1} "
        f"or {value}::double is distinct from try_cast({text} as double))"
    )


def _number(column: Column) -> str:
    return NUMBER.replace("DECIMAL", re.escape(column.decimal_char))


def _plain(column: Column, text: str, pattern: str) -> str:
    """The digits without what the contract lets stand around and between them; null otherwise.

    Groups are of three digits: « 1.5 » is no thousand five hundred where « . » groups. Around, a
    sign or a bracket is never dropped: « 5- » and « (5) » are how accountants write minus five.
    """
    value = text
    if not column.bare_number:
        kept = rf"\d+\-()\x{{{ord(column.decimal_char):x}}}"
        value = f"regexp_replace(regexp_replace({value}, '^[^{kept}]+', ''), '[^{kept}]+$', '')"
    if column.group_char is None:
        return f"case when regexp_full_match({value}, {literal(pattern)}) then {value} end"
    spaces = f"[{SPACES[:3]}]"
    separator = spaces if column.group_char.isspace() else re.escape(column.group_char)
    grouped = pattern.replace(r"\d+", rf"\d{{1,3}}({separator}\d{{3}})+", 1)
    digits = f"regexp_replace({value}, {literal(separator)}, '', 'g')"
    return (
        f"case when regexp_full_match({value}, {literal(pattern)}) then {value} "
        f"when regexp_full_match({value}, {literal(grouped)}) then {digits} end"
    )
