"""polars: a lazy scan of the Parquet file, streamed, all figures of all rows in one pass."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from gate_suites import SUITES, Counts


def broken(expectation: str, p: dict[str, Any], known: list[str]) -> pl.Expr | None:
    """How many rows are unexpected."""
    c = pl.col(p["column"]) if "column" in p else pl.lit(None)
    match expectation.removeprefix("expect_"):
        case "column_values_to_not_be_null":
            return c.null_count()
        case "column_values_to_be_between":
            low, high = bound(p["min_value"]), bound(p["max_value"])
            return ((c < low) | ((c > high) & (c == c))).sum()
        case "column_values_to_be_in_set":
            return (~c.is_in(p["value_set"])).sum()
        case "column_values_to_match_regex":
            return (~c.str.contains(p["regex"])).sum()
        case "column_values_to_be_in_reference":
            return (~c.is_in(known)).sum()
        case "column_value_lengths_to_equal":
            return (c.str.len_chars() != p["value"]).sum()
        case "column_value_lengths_to_be_between":
            return (c.str.len_chars() > p["max_value"]).sum()
        case "column_pair_values_a_to_be_greater_than_b":
            return (pl.col(p["column_A"]) < pl.col(p["column_B"])).sum()
    return None


def bound(written: Any) -> Any:
    return dt.datetime.fromisoformat(written) if isinstance(written, str) else written


def prepare(shape: str, stored: Path, parquet: Path) -> Callable[[], Counts]:
    known = pl.read_parquet(parquet.with_name("communes.parquet"))["code_commune"].to_list()
    suite = SUITES[shape]
    rows = {
        place: expression
        for place, rule in enumerate(suite)
        if (expression := broken(*rule, known)) is not None
    }
    figures = [expression.alias(str(place)) for place, expression in rows.items()]
    figures += [
        getattr(pl.col(p["column"]), name.split("_")[2])().alias(f"f{place}")
        for place, (name, p) in enumerate(suite)
        if name in ("expect_column_max_to_be_between", "expect_column_mean_to_be_between")
    ]
    keys = {
        place: p.get("column_list") or [p["column"]]
        for place, (name, p) in enumerate(suite)
        if "unique" in name
    }

    def judge() -> Counts:
        frame = pl.scan_parquet(parquet)
        found = frame.select(pl.len().alias("rows"), *figures).collect(engine="streaming")
        counts: Counts = {place: int(found[str(place)][0] or 0) for place in rows}
        for place, key in keys.items():
            repeated = frame.group_by(key).len().filter(pl.col("len") > 1)
            total = repeated.select(pl.col("len").sum()).collect(engine="streaming")
            counts[place] = int(total["len"][0] or 0)
        return counts

    return judge
