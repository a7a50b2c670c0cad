"""The ledger of what each run cost: rows of `sobriety.ledger`, which add up to the run.

How energy is measured is in `resources.energy`; what a page says of it is in `assets.dashboards`.
"""

from collections.abc import Mapping
from typing import Any

import duckdb

from resources.energy import JOULES_PER_KWH, Measure, Meter, coefficients
from resources.sql import literal
from resources.warehouse import append, transaction


def ledger_row(run_id: str, measure: Measure, outcome: str, **facts: int | None) -> dict[str, Any]:
    """A measure as a row of the ledger; `facts` are rows and bytes, in and out."""
    chosen = coefficients()
    return {
        "run_id": run_id,
        "asset": measure.asset,
        "activity": measure.activity,
        "started_at": measure.started_at,
        "outcome": outcome,
        **{name: facts.get(name) for name in ("rows_in", "rows_out", "bytes_in", "bytes_out")},
        "cpu_s": measure.cpu_s,
        "wall_s": measure.wall_s,
        "kwh_low": measure.kwh("low"),
        "kwh": measure.kwh(),
        "kwh_high": measure.kwh("high"),
        "gco2e_low": measure.gco2e("low"),
        "gco2e": measure.gco2e(),
        "gco2e_high": measure.gco2e("high"),
        "codecarbon_kwh": None,
        "method": measure.method,
        "coefficients": chosen.power.identity,
        "factor": chosen.carbon.identity,
    }


def close_ledger(
    connection: duckdb.DuckDBPyConnection, run_id: str, meter: Meter, outcome: str
) -> Mapping[str, float | None]:
    """Write what the run spent around its tables, and CodeCarbon's reading shared by CPU time.

    Called again for the same run, it replaces what it wrote. Returns the totals of the run.
    """
    watts = meter.codecarbon_watts()
    rows = [ledger_row(run_id, measure, outcome) for measure in meter.overheads()]
    this_run = f"run_id = {literal(run_id)}"
    with transaction(connection):
        connection.execute(
            f"delete from sobriety.ledger where {this_run} "
            f"and asset in ({', '.join(literal(row['asset']) for row in rows)})"
        )
        append(connection, "sobriety.ledger", rows)
        if watts is not None:
            connection.execute(
                f"update sobriety.ledger set codecarbon_kwh = cpu_s * {watts / JOULES_PER_KWH!r} "
                f"where {this_run}"
            )
    totals = connection.execute(
        "select sum(cpu_s), sum(kwh), sum(kwh_low), sum(kwh_high), sum(gco2e), "
        f"sum(codecarbon_kwh) from sobriety.ledger where {this_run}"
    ).fetchone()
    names = ("cpu_s", "kwh", "kwh_low", "kwh_high", "gco2e", "codecarbon_kwh")
    return dict(zip(names, totals or [None] * len(names), strict=True))
