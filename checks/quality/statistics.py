"""What DuckDB knows of a column without reading it, from the statistics it keeps as it writes.

They may be wider than the truth (a deleted extreme still counts), never narrower: enough to prove
that a rule holds, never that it is broken. What cannot be read is unknown, which costs a scan.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one column: its bounds, whether it may miss values, how many distinct ones it has.

    `low` and `high` are None when unknown; `longest` is the length of its longest text in bytes;
    `distinct` is an estimate, fit to choose a way and not to judge.
    """

    low: Any = None
    high: Any = None
    may_miss: bool = True
    may_be_nan: bool = True
    longest: int | None = None
    distinct: int | None = None


UNKNOWN = Facts()

# Read from its end: what stands before may quote a text of the table, cut to eight bytes.
_END = re.compile(
    r"\[Has Null: (?P<null>true|false), Has No Null: (?P<value>true|false)\]"
    r"\[Approx Unique: (?P<distinct>\d+)\]$"
)
_BOUNDS = re.compile(r"^\[Min: (?P<low>[^,\[\]]+), Max: (?P<high>[^,\[\]]+)\]$")
_LONGEST = re.compile(r"Max String Length: (\d+)\]$")

# A FLOAT is told in fewer digits than it compares with, other moments in the zone of the session.
_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(
        (
            *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
            *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
        ),
        int,
    ),
    "DOUBLE": float,
    "DECIMAL": Decimal,
    "DATE": dt.date.fromisoformat,
    "TIMESTAMP": dt.datetime.fromisoformat,
}


def facts(kind: str, told: str | None) -> Facts:
    """The facts of a column of this type, from what DuckDB's `stats()` tells of it."""
    end = _END.search(told or "")
    if told is None or end is None:
        return UNKNOWN
    may_miss, distinct = end["null"] == "true", int(end["distinct"])
    start = told[: end.start()]
    if kind == "VARCHAR":
        longest = _LONGEST.search(start)
        return Facts(
            may_miss=may_miss, longest=int(longest[1]) if longest else None, distinct=distinct
        )
    low, high = _bounds(kind, start) if end["value"] == "true" else (None, None)
    # What is not a number is the greatest of numbers for DuckDB.
    may_be_nan = high is None or high != high
    return Facts(
        None if may_be_nan else low,
        None if may_be_nan else high,
        may_miss,
        may_be_nan,
        distinct=distinct,
    )


def _bounds(kind: str, told: str) -> tuple[Any, Any]:
    read, found = _READERS.get(kind), _BOUNDS.match(told)
    if read is None or found is None:
        return None, None
    try:
        return read(found["low"]), read(found["high"])
    except (ArithmeticError, ValueError):
        return None, None
