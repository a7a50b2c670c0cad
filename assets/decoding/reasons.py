"""Why a row cannot be kept: the codes of the quarantine, and the SQL that gives a column's first.

Pure functions from a column to SQL. What a text is worth is in `assets.decoding.values`.
"""

from assets.decoding.values import DIGITS, TYPES, stored
from checks.contract import Column
from checks.formats import FORMATS
from resources.sql import literal

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
    "INCOHERENT": "la valeur contredit une autre colonne de la même ligne",
    "REFERENCE": "la valeur n’existe pas dans la table de référence",
    "HORS_DELAI": "la ligne a dépassé sa durée de conservation : son texte n’est pas gardé",
    "EFFACEE": "la personne a été effacée à sa demande : rien de la ligne n’est gardé",
    "DOUBLON": "la ligne répète une ligne déjà lue",
    "CLE_EN_CONFLIT": "plusieurs lignes portent la même clé avec des valeurs différentes",
}
MOMENTS = ("date", "datetime", "yearmonth")
# Any text is a value of these: nothing to say about its type.
FREE = ("string", "any")


def reason(column: Column, text: str, value: str) -> str:
    """SQL giving the first reason why a row is at fault for this column, else null."""
    cases: list[tuple[str, str]] = []
    if column.type not in FREE:
        code = "DATE" if column.type in MOMENTS else "TYPE"
        cases.append((f"{text} is not null and {value} is null", code))
    if column.severity == "critical":
        cases += [(f"({test}) is false", code) for test, code in promises(column, text, value)]
    if not cases:
        return "null"
    return "case " + " ".join(f"when {test} then '{code}'" for test, code in cases) + " end"


def promises(column: Column, text: str, value: str) -> list[tuple[str, str]]:
    """What the contract promises of a value, in the order it is judged: a test, its reason.

    A test is null where there is no value, which breaks no promise but the first.
    """
    constraints = column.constraints
    tests: list[tuple[str, str]] = []
    if constraints.required:
        tests.append((f"{text} is not null", "MANQUANT"))
    if column.format in FORMATS and column.type == "string":
        tests.append((_shaped(column, value), "FORMAT"))
    if constraints.pattern is not None:
        tests.append((f"regexp_full_match({text}, {literal(constraints.pattern)})", "FORMAT"))
    if constraints.enum is not None:
        tests.append((_among(column, constraints.enum, text, value), "HORS_LISTE"))
    low, high = (
        None if bound is None else _bound(column, bound)
        for bound in (constraints.minimum, constraints.maximum)
    )
    if low is not None or high is not None:
        tests.append((_within(value, low, high), "HORS_BORNES"))
    length = {
        "array": f"json_length({value})",
        "object": f"len(json_keys({value}))",
    }.get(column.type, f"length({text})")
    if constraints.min_length is not None or constraints.max_length is not None:
        sizes = (constraints.min_length, constraints.max_length)
        least, most = (None if size is None else str(size) for size in sizes)
        tests.append((_within(length, least, most), "LONGUEUR"))
    if constraints.reference is not None:
        table, name = constraints.reference.rsplit(".", 1)
        known = f"select {name} from {table} where {name} is not null"
        tests.append((f"{value} is null or {value} in ({known})", "REFERENCE"))
    return tests


def _within(value: str, low: str | None, high: str | None) -> str:
    if low is None or high is None:
        return f"{value} >= {low}" if high is None else f"{value} <= {high}"
    return f"{value} between {low} and {high}"


def _shaped(column: Column, value: str) -> str:
    if column.format in ("siret", "siren"):
        return f"{column.format}_holds({value})"
    return FORMATS[str(column.format)].holds(value)


def _among(column: Column, words: list[str], text: str, value: str) -> str:
    """Words are compared as the values they mean: « 1.0 » is one of a list that holds 1."""
    if TYPES[column.type] == "varchar":
        return f"{text} in ({', '.join(literal(word) for word in words)})"
    kind = stored(column)
    return f"{value} in ({', '.join(f'try_cast({literal(word)} as {kind})' for word in words)})"


def _bound(column: Column, bound: float | str) -> str:
    """The bound in the type of its column: another would have every value cast to it."""
    if column.type in ("integer", "year") and isinstance(bound, float) and bound.is_integer():
        return str(int(bound))
    decimal = column.decimals is not None and (
        round(float(bound), column.decimals) == float(bound)
        # A bound that no value of the column can reach has no place in its type.
        and abs(float(bound)) < 10.0 ** (DIGITS - column.decimals)
    )
    kind = "double" if isinstance(bound, float) and not decimal else stored(column)
    return f"{literal(str(bound))}::{kind}"
