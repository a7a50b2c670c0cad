"""pandera on polars, the table read in memory first as its documentation does."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl
from gate_suites import SUITES, Counts


def bound(written: Any, dtype: Any) -> Any:
    if not isinstance(written, str):
        return written
    day = dt.datetime.fromisoformat(written)
    return day.date() if dtype == pl.Date else day


def check(name: str, p: dict[str, Any], known: list[str], dtype: Any) -> Any:
    match name.removeprefix("expect_column_"):
        case "values_to_not_be_null":
            most = 1 - p["mostly"]
            return pa.Check(
                lambda d: d.lazyframe.select(pl.col(d.key).null_count() <= most * pl.len())
            )
        case "values_to_be_in_set":
            return pa.Check.isin(p["value_set"])
        case "values_to_match_regex":
            return pa.Check.str_matches(p["regex"])
        case "values_to_be_in_reference":
            return pa.Check.isin(known)
        case "value_lengths_to_equal":
            return pa.Check.str_length(p["value"], p["value"])
        case "value_lengths_to_be_between":
            return pa.Check.str_length(max_value=p["max_value"])
        case "values_to_be_between":
            return pa.Check.in_range(bound(p["min_value"], dtype), bound(p["max_value"], dtype))
        case "mean_to_be_between":
            low, high = p["min_value"], p["max_value"]
            return pa.Check(
                lambda d: d.lazyframe.select(pl.col(d.key).mean().is_between(low, high))
            )
        case "max_to_be_between":
            low = bound(p["min_value"], dtype)
            return pa.Check(lambda d: d.lazyframe.select(pl.col(d.key).max() >= low))
    raise NotImplementedError(name)


def prepare(shape: str, stored: Path, parquet: Path) -> Callable[[], Counts]:
    frame = pl.read_parquet(parquet)
    known = pl.read_parquet(parquet.with_name("communes.parquet"))["code_commune"].to_list()
    checks: dict[str, list[Any]] = {column: [] for column in frame.columns}
    required, unique, together, wide = set(), set(), None, []
    for name, p in SUITES[shape]:
        if "row_count" in name or "columns_to_match" in name:
            continue
        if "compound" in name:
            together = p["column_list"]
        elif "pair" in name:
            first, second = p["column_A"], p["column_B"]
            wide.append(
                pa.Check(lambda d, a=first, b=second: d.lazyframe.select(pl.col(a) >= pl.col(b)))
            )
        elif name.endswith("be_null") and "mostly" not in p:
            required.add(p["column"])
        elif name.endswith("be_unique"):
            unique.add(p["column"])
        else:
            column = p["column"]
            checks[column].append(check(name, p, known, frame.schema[column]))
    schema = pa.DataFrameSchema(
        {
            column: pa.Column(
                checks=found, nullable=column not in required, unique=column in unique
            )
            for column, found in checks.items()
        },
        checks=wide,
        unique=together,
        strict=True,
    )

    def judge() -> Counts:
        try:
            schema.validate(frame, lazy=True)
        except pa.errors.SchemaErrors as error:
            crashed = [e for e in error.schema_errors if "CHECK_ERROR" in str(e.reason_code)]
            if crashed:
                raise RuntimeError(str(crashed[0])) from None
        return {}

    return judge
