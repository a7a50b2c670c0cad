"""The values of plainly written texts, had at the price of a cast.

Casting alone would let too much through: DuckDB reads `1e3`, `12.5`, `0x1F` and `1_000` as
integers, `infinity` as a date. So each cast has its guard, most often to write the value back and
compare; only a text that fails it goes through `assets.decoding.values`, which is what is true.
Pure functions from a column to SQL.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite

from assets.decoding.values import SPACES, cleaned, other_number, stored, text_literal, typed
from checks.contract import Column, Contract
from checks.formats import SHAPES
from checks.shapes import matches
from resources.sql import literal

MET = SPACES + "_."
ERA = "between date '1000-01-01' and date '9999-12-31'"


@dataclass(frozen=True)
class Shortcut:
    """`quick`: the value of a text; `doubt`: true where that is not proven, never true for none.

    Where no way is shorter than the exact one, `exact` is None and a doubt is a fault.
    """

    quick: str
    doubt: str
    exact: str | None


def shortcut(column: Column, contract: Contract, text: str, quick: str, met: str) -> Shortcut:
    """How a text of this column is read; `quick` names the quick value, for `doubt` to speak of it.

    `met` are the characters among `MET` that are somewhere in the file: the others need no guard.
    """
    exact = typed(column, cleaned(column, contract, text))
    found = _of_type(column, text, quick, met)
    corrected = [one.value for one in contract.corrections if one.column == column.name]
    if found is None:
        # A correction may give « no value » a text that is not one.
        there = "" if "" in corrected else f" and {text} is not null"
        return Shortcut(exact, f"({quick} is null{there})", None)
    value, doubts = found
    apart = sorted({word for word in (*contract.missing_values, *corrected) if word})
    if apart:
        doubts.append(f"{text} in ({', '.join(literal(word) for word in apart)})")
        if column.type == "number":  # « 0 » and a space is cast as « 0 » is
            doubts += [f"{quick} = '{number}'::double" for number in _numbers(column, apart)]
    if "" in corrected:
        doubts.append(f"{text} is null")
    return Shortcut(value, f"({' or '.join(doubts) or 'false'})", exact)


def _numbers(column: Column, words: Iterable[str]) -> list[float]:
    """The finite numbers among words."""
    found = []
    for word in words:
        with suppress(ValueError):
            found.append(float(word.replace(column.decimal_char, ".")))
    return [number for number in found if isfinite(number)]


def _of_type(column: Column, text: str, quick: str, met: str) -> tuple[str, list[str]] | None:
    """The cast, and its guards."""
    other = f"{quick}::varchar is distinct from {text}"
    match column.type:
        case "string" if column.format in ("siret", "siren", "telephone"):
            # Already as it will be kept: nothing stands between its figures.
            shape = matches(text, SHAPES[column.format][0])
            return text, [f"({text} is not null and not {shape})"]
        case "string" | "any":
            return text, _blanks(text, met)
        case "integer":
            return f"try_cast({text} as bigint)", [other]
        case "year":
            return f"try_cast({text} as bigint)", [other, f"{quick} not between 1000 and 9999"]
        case "number":
            return _number(column, text, quick, met)
        case "date" if column.format in (None, "default"):
            return f"try_cast({text} as date)", [other, f"{quick} not {ERA}"]
        case "date" if column.format != "any" and "%z" not in str(column.format):
            layout = literal(column.format)
            return (
                f"try_strptime({text}, {layout})::date",
                [f"strftime({quick}, {layout}) is distinct from {text}", f"{quick} not {ERA}"],
            )
        case "datetime" if column.format in (None, "default"):
            spaced = f"replace({text}, 'T', ' ')"
            return (
                f"try_cast({text} as timestamp)",
                [f"{quick}::varchar is distinct from {spaced}", f"{quick}::date not {ERA}"],
            )
    return None


def _blanks(text: str, met: str) -> list[str]:
    """Whether a text begins or ends with a blank, which the exact way takes away."""
    blanks = [text_literal(one) for one in met if one in SPACES]
    return [f"{side}({text}, {one})" for one in blanks for side in ("prefix", "suffix")]


def _number(column: Column, text: str, quick: str, met: str) -> tuple[str, list[str]]:
    """A cast takes `_` between digits, a point whatever the contract says, and rounds decimals."""
    doubts = [f"({quick} is null and {text} is not null)"]
    asked = column.constraints
    if (asked.pattern, asked.min_length, asked.max_length) != (None, None, None):
        doubts += _blanks(text, met)  # they are of the text, and a cast takes blanks as well
    if "_" in met:
        doubts.append(f"contains({text}, '_')")
    plain = text
    if column.decimal_char != ".":
        plain = f"replace({text}, {literal(column.decimal_char)}, '.')"
        if "." in met:
            doubts.append(f"contains({text}, '.')")
    if column.decimals is None:
        doubts.append(f"not isfinite({quick})")
    else:
        doubts.append(other_number(plain, quick))
    return f"try_cast({plain} as {stored(column)})", doubts
