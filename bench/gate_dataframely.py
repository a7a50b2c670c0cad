"""dataframely on polars, the table read in memory first as its documentation does."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
from gate_suites import SUITES, Counts

KINDS = {
    pl.Int64: dy.Int64,
    pl.Int32: dy.Int32,
    pl.Int8: dy.Int8,
    pl.Float64: dy.Float64,
    pl.String: dy.String,
    pl.Date: dy.Date,
    pl.Datetime: dy.Datetime,
    pl.Decimal: dy.Decimal,
}


def bound(written: Any, dtype: Any) -> Any:
    if not isinstance(written, str):
        return written
    day = dt.datetime.fromisoformat(written)
    return day.date() if dtype == pl.Date else day


def words(name: str, p: dict[str, Any], known: list[str], dtype: Any) -> dict[str, Any]:
    match name.removeprefix("expect_column_"):
        case "values_to_not_be_null" if "mostly" not in p:
            return {"nullable": False}
        case "values_to_match_regex":
            return {"regex": p["regex"]}
        case "value_lengths_to_equal":
            return {"min_length": p["value"], "max_length": p["value"]}
        case "value_lengths_to_be_between":
            return {"max_length": p["max_value"]}
        case "values_to_be_between" if dtype != pl.Decimal:
            return {
                "min": bound(p["min_value"], dtype),
                "max": bound(p["max_value"], dtype),
            }
    return {}


def rule(name: str, p: dict[str, Any], known: list[str]) -> Any:
    """A rule on the whole table, for what a column does not take."""
    if "compound" in name:
        return lambda cls: pl.struct(p["column_list"]).is_unique()
    if "pair" in name:
        return lambda cls: pl.col(p["column_A"]) >= pl.col(p["column_B"])
    c = pl.col(p["column"])
    if name.endswith("be_unique"):
        return lambda cls: c.is_unique()
    if "in_set" in name:
        return lambda cls: c.is_in(p["value_set"])
    if "reference" in name:
        return lambda cls: c.is_in(known)
    if "to_be_between" in name and "values" in name:
        return lambda cls: c.is_between(p["min_value"], p["max_value"])
    return None  # it has no word for a maximum, a mean, a share of missing values


def prepare(shape: str, stored: Path, parquet: Path) -> Callable[[], Counts]:
    frame = pl.read_parquet(parquet)
    known = pl.read_parquet(parquet.with_name("communes.parquet"))["code_commune"].to_list()
    columns: dict[str, dict[str, Any]] = {name: {"nullable": True} for name in frame.columns}
    members: dict[str, Any] = {}
    for place, (name, p) in enumerate(SUITES[shape]):
        if name.startswith("expect_table"):
            continue
        told = words(name, p, known, frame.schema[p["column"]]) if "column" in p else {}
        if told:
            columns[p["column"]] |= told
        elif (found := rule(name, p, known)) is not None:
            found.__name__ = f"r{place}"
            members[f"r{place}"] = dy.rule()(found)
    for name, told in columns.items():
        kind = frame.schema[name]
        members[name] = KINDS[kind.base_type()](**told)
    schema = type("Bench", (dy.Schema,), members)

    def judge() -> Counts:
        _, failures = schema.filter(frame, cast=True)
        failures.counts()
        return {}

    return judge
