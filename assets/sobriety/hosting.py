"""What the machine costs whether or not anything runs: idle, memory, storage, manufacture.

total = processing + hosting + storage, so that the tiny energy of the runs never poses as the
whole (in France, the making of a lightly loaded server outweighs its use).
"""

import calendar
import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from checks.territory import Hosting
from resources.energy import Range, coefficients
from resources.sql import literal
from resources.warehouse import append, transaction

BOUNDS = ("low", "central", "high")
HOURS_A_YEAR = 8_760


@dataclass(frozen=True)
class Machine:
    """What is reserved: processors, memory in GB, hours it is on, bytes kept, its room's PUE.

    `pue` is None when it was not declared: the factor's range is then taken.
    """

    processors: float
    memory_gb: float
    hours: float
    stored_bytes: int
    pue: float | None = None


def write_hosting(connection: duckdb.DuckDBPyConnection, machine: Machine, month: dt.date) -> None:
    """Write the hosting lines of a month, replacing those written before."""
    rows = list(_rows(machine, month))
    with transaction(connection):
        connection.execute(
            f"delete from sobriety.hosting where month = {literal(month.isoformat())}::date"
        )
        append(connection, "sobriety.hosting", rows)


def machine_of(
    connection: duckdb.DuckDBPyConnection, hosting: Hosting, home: Path, now: dt.datetime
) -> Machine:
    """The machine as declared, or as this one is, from the first run of the month to `now`."""
    return Machine(
        processors=hosting.processors or float(os.cpu_count() or 1),
        memory_gb=hosting.memory_gb or _memory_gb(),
        hours=_hours_on(connection, hosting, now),
        stored_bytes=folder_bytes(home),
        pue=hosting.pue,
    )


def folder_bytes(folder: Path) -> int:
    """Bytes of every file under a folder: all copies, logs and history included."""
    total = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file() and not path.is_symlink():
                total += path.stat().st_size
        except OSError:
            continue  # it left while being counted
    return total


def _hours_on(connection: duckdb.DuckDBPyConnection, hosting: Hosting, now: dt.datetime) -> float:
    start = dt.datetime(now.year, now.month, 1)
    row = connection.execute(
        "select min(started_at), "
        f"coalesce(sum(wall_s) filter (where started_at >= {literal(start)}), 0) "
        "from sobriety.runs"
    ).fetchone()
    first, busy_s = row if row is not None else (None, 0.0)
    if not hosting.always_on:
        return float(busy_s) / 3_600
    since = max(start, first) if first is not None else now
    days = calendar.monthrange(now.year, now.month)[1]
    return min(24.0 * days, max(0.0, (now - since).total_seconds() / 3_600))


def _rows(machine: Machine, month: dt.date) -> Iterator[dict[str, Any]]:
    known = coefficients()
    terabytes = machine.stored_bytes / 1e12
    for line, quantity, unit, watts in (
        ("veille", machine.processors, "processeurs", known.idle),
        ("memoire", machine.memory_gb, "Go", known.memory),
        ("stockage", terabytes, "To", known.storage),
    ):
        kwh = {
            bound: quantity * _at(watts, bound) * machine.hours / 1_000 * _pue(machine, bound)
            for bound in BOUNDS
        }
        yield {
            **_line(machine, month, line, quantity, unit, watts.identity),
            **{_named("kwh", bound): kwh[bound] for bound in BOUNDS},
            **{_named("gco2e", bound): kwh[bound] * _at(known.carbon, bound) for bound in BOUNDS},
        }
    share = machine.processors * machine.hours / HOURS_A_YEAR
    yield {
        **_line(
            machine, month, "fabrication", machine.processors, "processeurs",
            known.embodied.identity,
        ),
        **{_named("kwh", bound): None for bound in BOUNDS},
        **{
            _named("gco2e", bound): 1_000 * share * _at(known.embodied, bound) for bound in BOUNDS
        },
    }  # fmt: skip


def _line(
    machine: Machine, month: dt.date, line: str, quantity: float, unit: str, identity: str
) -> dict[str, Any]:
    return {
        "month": month.isoformat(),
        "line": line,
        "hours": machine.hours,
        "quantity": quantity,
        "unit": unit,
        "coefficients": identity,
        "factor": coefficients().carbon.identity,
    }


def _pue(machine: Machine, bound: str) -> float:
    return machine.pue if machine.pue is not None else _at(coefficients().pue, bound)


def _at(factor: Range, bound: str) -> float:
    return float(getattr(factor, bound))


def _named(word: str, bound: str) -> str:
    return word if bound == "central" else f"{word}_{bound}"


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
