"""Ours: the gate of the platform, as the builder calls it; `ARDOISE_BENCH_MEMORY` bounds DuckDB."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
from gate_suites import SUITES, Counts

from checks.quality import evaluate
from checks.rules import Dimension, Rule, Severity


def prepare(shape: str, stored: Path, parquet: Path) -> Callable[[], Counts]:
    rules = [
        Rule(str(place), Dimension.VALIDITY, Severity.CRITICAL, "…", expectation, parameters)
        for place, (expectation, parameters) in enumerate(SUITES[shape])
    ]
    connection = duckdb.connect(str(stored), read_only=True)
    connection.execute("set threads = 2")
    if limit := os.environ.get("ARDOISE_BENCH_MEMORY"):
        spilled = stored.with_suffix(".spilled")
        connection.execute(f"set memory_limit = '{limit}'; set temp_directory = '{spilled}'")

    def judge() -> Counts:
        verdicts = evaluate(connection, f"sources.{shape}", rules)
        faults = [verdict.error for verdict in verdicts if verdict.error]
        if faults:
            raise RuntimeError(str(faults))
        return {place: verdict.unexpected for place, verdict in enumerate(verdicts)}

    return judge
