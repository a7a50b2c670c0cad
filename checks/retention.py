"""When a row is past its time: the contract's `retention` as SQL. Pure text, no connection.

A year or a month is past its time when its last day is: nothing goes too early. What is done of
such rows is in `assets.decoding` when they arrive, in `assets.purge` when they are kept.
"""

from datetime import date

from checks.contract import Contract
from resources.sql import literal, quoted

# The types of a column from which time runs.
DATES = ("date", "datetime", "year", "yearmonth")
OVERDUE = "HORS_DELAI"


def overdue(contract: Contract, today: date, value: str | None = None) -> str | None:
    """SQL that is true of a row past its time; None when the contract does not say since when.

    `value` is what the typed value is called, when it is not the name of the column. Null where
    the row has no date.
    """
    since = contract.retention.since
    if since is None:
        return None
    limit = contract.retention.limit(today)
    value = value or quoted(since)
    match contract.by_name[since].type:
        case "year":
            return f"{value} < {limit.year}"
        case "yearmonth":
            return f"{value} < {literal(f'{limit:%Y-%m}')}"
        case _:
            return f"{value} < date {literal(limit.isoformat())}"


def oldest(contract: Contract) -> str | None:
    """SQL giving the moment of the oldest row; None when it may not be told.

    It may not when it is somebody's own date.
    """
    since = contract.retention.since
    if since is None or contract.by_name[since].personal_data != "none":
        return None
    first = f"min({quoted(since)})"
    match contract.by_name[since].type:
        case "year":
            return f"make_date({first}, 1, 1)::timestamp"
        case "yearmonth":
            return f"try_cast({first} || '-01' as timestamp)"
        case _:
            return f"{first}::timestamp"
