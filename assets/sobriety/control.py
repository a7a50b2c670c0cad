"""The control workload: the same work once a week, so that a change of the machine is not taken
for a change of the platform.

Green Metrics Tool does it on its own cluster: know the noise before reporting a change. A change
smaller than twice the coefficient of variation of this work is « non significatif ».
"""

import datetime as dt
import hashlib
import os
import statistics
import time
from collections.abc import Sequence

import duckdb

from resources.warehouse import append

WORKLOAD = "sha256-256Mo-1"
REPEATS = 5
EVERY = dt.timedelta(days=7)
WEEKS = 8
# Two identical measures would promise a precision nobody has.
LEAST_THRESHOLD = 0.05


def is_due(connection: duckdb.DuckDBPyConnection, now: dt.datetime) -> bool:
    """Whether the last control is a week old, or there never was one."""
    row = connection.execute("select max(measured_at) from sobriety.control").fetchone()
    return row is None or row[0] is None or now - row[0] >= EVERY


def run_control(connection: duckdb.DuckDBPyConnection, run_id: str, now: dt.datetime) -> None:
    """Do the work five times and write what it took, in CPU-seconds."""
    content = bytes(1 << 20)
    rows = []
    for _ in range(REPEATS):
        cpu, wall = time.thread_time(), time.monotonic()
        digest = hashlib.sha256()
        for _ in range(256):
            digest.update(content)
        rows.append(
            {
                "measured_at": now,
                "run_id": run_id,
                "cpu_s": time.thread_time() - cpu,
                "wall_s": time.monotonic() - wall,
                "load": os.getloadavg()[0],
                "processors": os.cpu_count() or 1,
                "workload": WORKLOAD,
            }
        )
    append(connection, "sobriety.control", rows)


def threshold(connection: duckdb.DuckDBPyConnection) -> float | None:
    """The relative change under which nothing can be said; None before two controls.

    Twice the coefficient of variation of the last weeks' work (GMT, Kepler: declared noise).
    """
    rows = connection.execute(
        "select cpu_s from sobriety.control where workload = "
        f"'{WORKLOAD}' order by measured_at desc limit {REPEATS * WEEKS}"
    ).fetchall()
    return significant_change([float(row[0]) for row in rows])


def significant_change(spent: Sequence[float]) -> float | None:
    """Twice the coefficient of variation of repeated work; None when it was not repeated."""
    if len(spent) < REPEATS or statistics.fmean(spent) <= 0:
        return None
    return max(LEAST_THRESHOLD, 2 * statistics.stdev(spent) / statistics.fmean(spent))
