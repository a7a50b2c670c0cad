"""Parquet: its columns, read by polars from the footer alone."""

from pathlib import Path

from assets.drafting.shape import Shape


def recognises(start: bytes) -> bool:
    """The four letters every Parquet file begins with."""
    return start.startswith(b"PAR1")


def shape(path: Path) -> Shape:
    """The names of its columns."""
    import polars as pl

    return Shape({"format": "parquet"}, list(pl.read_parquet_schema(path)))
