"""What measuring costs: our own meter per asset, and CodeCarbon per run, in milliseconds.

Medians. An asset is three stretches of work (make, judge, publish) and their lines of the ledger;
CodeCarbon is started once in a process, in a thread, while something else works. Promise: at most
1 ms of CPU per asset beyond CodeCarbon's.
"""

import statistics
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from assets.sobriety.ledger import ledger_row  # noqa: E402
from resources.energy import Meter  # noqa: E402
from resources.warehouse import append, scratch  # noqa: E402

ASSETS = 200
PROMISED_MS = 1.0
ACTIVITIES = ("table", "control", "publication")


def an_asset(meter: Meter) -> list[dict[str, object]]:
    """Meter an asset that does nothing, and make its lines."""
    measures = []
    for activity in ACTIVITIES:
        with meter.stretch("sources.essai", activity) as measure:  # type: ignore[arg-type]
            pass
        measures.append(measure)
    meter.claim(*measures)
    return [ledger_row("essai", measure, "published") for measure in measures]


def milliseconds(meter: Meter) -> tuple[float, float]:
    """CPU and wall of one asset, medians."""
    cpu, wall = [], []
    for _ in range(ASSETS):
        before = time.thread_time(), time.monotonic()
        an_asset(meter)
        cpu.append(time.thread_time() - before[0])
        wall.append(time.monotonic() - before[1])
    return 1000 * statistics.median(cpu), 1000 * statistics.median(wall)


def written(meter: Meter) -> float:
    """CPU of writing the lines of one asset in DuckDB, median."""
    from resources.platform_tables import LEDGER

    connection = scratch()
    connection.execute("create schema if not exists sobriety")
    connection.execute(LEDGER)
    spent = []
    for _ in range(ASSETS // 4):
        rows = an_asset(meter)
        before = time.process_time()
        append(connection, "sobriety.ledger", rows)
        spent.append(time.process_time() - before)
    return 1000 * statistics.median(spent)


def main() -> int:
    """Print the three costs; 1 when the promise is broken."""
    meter = Meter()
    alone, wall = milliseconds(meter)
    meter.start_codecarbon()
    meter.codecarbon_watts()
    beside, _ = milliseconds(meter)
    cold = {measure.asset: measure.cpu_s or 0.0 for measure in meter.overheads()}["mesure"]
    meter.end()
    print(f"métrer une table, CodeCarbon absent   {alone:7.3f} ms CPU, {wall:.3f} ms")
    print(f"métrer une table, CodeCarbon en marche {beside:6.3f} ms CPU")
    print(f"écrire ses trois lignes au registre    {written(meter):6.3f} ms CPU")
    print(f"CodeCarbon, une fois par exécution     {1000 * cold:6.0f} ms CPU")
    return 0 if max(alone, beside) <= PROMISED_MS else 1


if __name__ == "__main__":
    sys.exit(main())
