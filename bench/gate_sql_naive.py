"""SQL as one writes it first: a query with a filter for each rule, a group for each key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from gate_suites import SUITES, Counts


def literal(value: Any) -> str:
    return str(value) if isinstance(value, int | float) else "'" + value.replace("'", "''") + "'"


def broken(expectation: str, p: dict[str, Any]) -> str | None:
    """What an unexpected row is; None when the rule is about something else than rows."""
    c = p.get("column")
    match expectation.removeprefix("expect_"):
        case "column_values_to_not_be_null":
            return f"{c} is null"
        case "column_values_to_be_between":
            return f"{c} not between {literal(p['min_value'])} and {literal(p['max_value'])}"
        case "column_values_to_be_in_set":
            return f"{c} not in ({', '.join(map(literal, p['value_set']))})"
        case "column_values_to_match_regex":
            return f"not regexp_matches({c}, {literal(p['regex'])})"
        case "column_values_to_be_in_reference":
            table, key = p["reference"].rsplit(".", 1)
            return f"{c} not in (select {key} from {table})"
        case "column_value_lengths_to_equal":
            return f"length({c}) <> {p['value']}"
        case "column_value_lengths_to_be_between":
            return f"length({c}) > {p['max_value']}"
        case "column_pair_values_a_to_be_greater_than_b":
            return f"{p['column_A']} < {p['column_B']}"
    return None


def figure(table: str, expectation: str, p: dict[str, Any]) -> str:
    condition = broken(expectation, p)
    if condition is not None:
        return f"count(*) filter (where {condition})"
    c = p.get("column")
    match expectation.removeprefix("expect_"):
        case "column_values_to_be_unique" | "compound_columns_to_be_unique":
            key = ", ".join(p.get("column_list") or [c])
            return (
                f"(select coalesce(sum(n), 0) from (select count(*) as n from {table} "
                f"group by {key} having count(*) > 1))"
            )
        case "column_max_to_be_between":
            return f"max({c})"
        case "column_mean_to_be_between":
            return f"avg({c})"
    return "count(*)"


def prepare(shape: str, stored: Path, parquet: Path) -> Callable[[], Counts]:
    connection = duckdb.connect(str(stored), read_only=True)
    connection.execute("set threads = 2")
    table = f"sources.{shape}"
    figures = ", ".join(figure(table, *rule) for rule in SUITES[shape])

    def judge() -> Counts:
        row = connection.execute(f"select {figures} from {table}").fetchone() or ()
        return {
            place: int(found) if broken(*rule) or "unique" in rule[0] else None
            for place, (rule, found) in enumerate(zip(SUITES[shape], row, strict=True))
        }

    return judge
