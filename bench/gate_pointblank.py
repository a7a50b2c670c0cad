"""pointblank on polars, the table read in memory first as its documentation does."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pointblank as pb
import polars as pl
from gate_suites import SUITES, Counts


def bound(written: Any, dtype: Any) -> Any:
    if not isinstance(written, str):
        return written
    day = dt.datetime.fromisoformat(written)
    return day.date() if dtype == pl.Date else day


def step(v: Any, name: str, p: dict[str, Any], known: list[str], frame: pl.DataFrame) -> Any:
    c = p.get("column")
    match name.removeprefix("expect_"):
        case "table_row_count_to_be_between":
            return v.row_count_match(count=0, inverse=True)
        case "table_columns_to_match_set":
            return v.col_exists(p["column_set"])
        case "column_values_to_not_be_null":
            limit = {"thresholds": 1 - p["mostly"]} if "mostly" in p else {}
            return v.col_vals_not_null(c, **limit)
        case "column_values_to_be_unique":
            return v.rows_distinct(columns_subset=[c])
        case "compound_columns_to_be_unique":
            return v.rows_distinct(columns_subset=p["column_list"])
        case "column_values_to_be_in_set":
            return v.col_vals_in_set(c, [*p["value_set"], None])
        case "column_values_to_be_in_reference":
            return v.col_vals_in_set(c, [*known, None])
        case "column_values_to_match_regex":
            return v.col_vals_regex(c, p["regex"], na_pass=True)
        case "column_value_lengths_to_equal":
            return v.col_vals_expr(expr=pl.col(c).str.len_chars() == p["value"])
        case "column_value_lengths_to_be_between":
            return v.col_vals_expr(expr=pl.col(c).str.len_chars() <= p["max_value"])
        case "column_values_to_be_between":
            low, high = (bound(p[word], frame.schema[c]) for word in ("min_value", "max_value"))
            return v.col_vals_between(c, low, high, na_pass=True)
        case "column_pair_values_a_to_be_greater_than_b":
            return v.col_vals_ge(p["column_A"], pb.col(p["column_B"]), na_pass=True)
    return v  # it has no step for a maximum or a mean


def prepare(shape: str, stored: Path, parquet: Path) -> Callable[[], Counts]:
    frame = pl.read_parquet(parquet)
    known = pl.read_parquet(parquet.with_name("communes.parquet"))["code_commune"].to_list()

    def judge() -> Counts:
        validation = pb.Validate(frame)
        for name, p in SUITES[shape]:
            validation = step(validation, name, p, known, frame)
        found = validation.interrogate()
        crashed = [each for each in found.validation_info if getattr(each, "eval_error", None)]
        if crashed:
            raise RuntimeError(f"{len(crashed)} steps not evaluated")
        return {}

    return judge
