"""A run as a whole: what it spent by its own clock, apart from the sum of its lines.

`sobriety.runs` is what the ledger is held to: the two are counted apart and must agree.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

import duckdb

from assets.outcome import Outcome
from resources.energy import Meter
from resources.sql import literal
from resources.warehouse import append, transaction


def write_run(
    connection: duckdb.DuckDBPyConnection, run_id: str, meter: Meter, counts: Mapping[str, int]
) -> None:
    """Write a run down; called again, it replaces what it wrote."""
    facts = meter.facts()
    row = {
        "run_id": run_id,
        "started_at": facts.started_at,
        "ended_at": facts.ended_at,
        "cpu_s": facts.cpu_s,
        "wall_s": facts.wall_s,
        "machine_busy_s": facts.busy_s,
        "processors": facts.processors,
        "load": facts.load,
        "peak_memory_bytes": facts.peak_memory_bytes,
        "codecarbon_version": version("codecarbon"),
        **{f"tables_{state}": counts.get(state) for state in ("built", "unchanged", "refused")},
    }
    with transaction(connection):
        connection.execute(f"delete from sobriety.runs where run_id = {literal(run_id)}")
        append(connection, "sobriety.runs", [row])


def counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many tables a run built, left as they were, refused."""
    names = {"published": "built", "unchanged": "unchanged", "refused": "refused"}
    found = dict.fromkeys(names.values(), 0)
    for outcome in outcomes:
        found[names[outcome.state]] += 1
    return found
