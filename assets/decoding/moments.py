"""Days, hours and instants: SQL that turns a text into one, null where it cannot be one.

Pure functions from a column to SQL; every other type is in `assets.decoding.values`.
"""

from checks.contract import Column
from resources.sql import literal

# The ways of writing a day that mean one day only, for who has learnt the day before the month.
ANY_DATE = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d")
ANY_TIME = ("%H:%M:%S", "%H:%M", "%Hh%M")
ISO_INSTANT = (
    r"\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):\d{2}(:\d{2}([.,]\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?"
)


def moment(column: Column, text: str) -> str:
    """A day, an hour or both; an instant that says its offset is kept in UTC."""
    layouts = {"any": {"date": ANY_DATE, "time": ANY_TIME}.get(column.type)}.get(
        str(column.format), (column.format,)
    )
    if layouts is None or layouts[0] in (None, "default"):
        return _iso_moment(column, text)
    cases = " ".join(
        f"when {_exact(column, text, layout)} then {_parsed(text, layout)}" for layout in layouts
    )
    kind = "timestamp" if column.type == "datetime" else column.type
    return f"(case {cases} end)::{kind}"


def _iso_moment(column: Column, text: str) -> str:
    match column.type:
        case "date":
            value, sure = f"try_cast({text} as date)", _exact(column, text, "%Y-%m-%d")
        case "time":
            value = f"try_cast({text} as time)"
            sure = (
                f"regexp_full_match({text}, '([01]\\d|2[0-3]):\\d{{2}}:\\d{{2}}(\\.\\d{{1,6}})?')"
            )
        case _:
            # Cast to `timestamp` alone, DuckDB drops the offset without a word (1.5.5).
            point = f"replace({text}, ',', '.')"
            value = (
                f"case when regexp_matches({text}, '(Z|[+-]\\d{{2}}(:?\\d{{2}})?)$') "
                f"and length({text}) > 10 "
                f"then try_cast({point} as timestamptz) at time zone 'UTC' "
                f"else try_cast({point} as timestamp) end"
            )
            sure = f"regexp_full_match({text}, '{ISO_INSTANT}') and {_our_era(value)}"
    return f"case when {sure} then {value} end"


def _parsed(text: str, layout: str | None) -> str:
    moment = f"try_strptime({text}, {literal(layout)})"
    return f"({moment} at time zone 'UTC')" if "%z" in str(layout) else moment


def _exact(column: Column, text: str, layout: str | None) -> str:
    """Written back and compared: « 31/02 » and Excel's day numbers do not pass."""
    parsed = _parsed(text, layout)
    if "%z" in str(layout):
        return _our_era(parsed)  # the offset is not known any more: it cannot be written back
    written = f"strftime({parsed}, {literal(layout)}) = {text}"
    return written if column.type == "time" else f"({written} and {_our_era(parsed)})"


def _our_era(parsed: str) -> str:
    """« 26 » read as the year 26 is a year cut short."""
    return f"year({parsed}) between 1000 and 9999"
