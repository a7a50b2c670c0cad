"""What a day more costs, when the table is cut by day and when it is read whole; and a backfill.

The demonstration's sensors, 27 days and 300 000 readings, then one day more. The same days come as
one file to the table that is not cut. Each measure is a process of its own, CPU-seconds of the work
alone, then of whole processes for the backfill: one run for seven days, or one run for each.

    python bench/partitions.py [rounds]
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
TABLE = "bacs_remplissage"
DAYS = 7


def loads(cut: bool, home: Path) -> dict[str, float]:
    """CPU-seconds of a first load, of finding nothing new, of one day more."""
    from assets.demo.bacs_remplissage import _days, _sensors
    from assets.demo.world import Options
    from assets.platform import Platform
    from assets.table import Builder, Run
    from resources.energy import Meter
    from resources.settings import Home, settings_from

    settings = replace(settings_from(), home=Home(home))
    first = Platform(settings)
    day = _day_lines(first, _sensors, _days, Options)
    later = replace(
        settings, until=settings.until + timedelta(days=1), sensor_rows=settings.sensor_rows + day
    )
    found = {}
    for name, chosen in (("première fois", settings), ("rien", settings), ("un jour", later)):
        platform = Platform(chosen)
        builder = Builder(platform, Run(name, Meter()))
        builder.build(platform.catalogue.named("communes"))
        table = platform.catalogue.named(TABLE)
        if not cut:
            whole = table.contract.model_copy(update={"partitions": None})
            table = replace(table, contract=whole)
        start = time.process_time()
        outcome = builder.build(table)
        found[name] = time.process_time() - start
        found[f"{name}, lignes"] = outcome.rows or 0
    return found


def _day_lines(platform, sensors, days, options) -> int:
    """The lines of a whole day."""
    from assets.connectors.demo import _world
    from assets.reception import request_of

    world = _world(request_of(platform, platform.catalogue.named(TABLE)))
    return days(sensors(world, 2021), options())[-1][1]


def backfill(home: Path, first: int, last: int) -> None:
    """One run of Dagster that makes some days of October."""
    import dagster as dg

    from assets.platform import Platform
    from pipelines.assembly import definitions_of
    from pipelines.instance import prepare
    from resources.settings import Home, settings_from

    platform = Platform(replace(settings_from(), home=Home(home)))
    job = definitions_of(platform).resolve_implicit_global_asset_job_def()
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    tags = {
        "dagster/asset_partition_range_start": f"2026-10-{first:02}",
        "dagster/asset_partition_range_end": f"2026-10-{last:02}",
    }
    with dg.DagsterInstance.from_config(str(prepare(platform.home))) as instance:
        for key, named in ((["sources", "communes"], {}), (["sources", TABLE], tags)):
            job.execute_in_process(
                instance=instance, asset_selection=[dg.AssetKey(key)], tags=named, run_config=quiet
            )


def child(*arguments: object) -> tuple[float, str]:
    """CPU-seconds of a process of its own, and what it says."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)],
        cwd=REPOSITORY,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    after = os.times()
    spent = after.children_user + after.children_system
    return spent - before.children_user - before.children_system, done.stdout


def main(rounds: int) -> None:
    """The medians, as the table of `docs/performance.md`."""
    measured: dict[str, list[dict[str, float]]] = {"cut": [], "whole": []}
    backfills: dict[str, list[float]] = {"one": [], "each": []}
    for _ in range(rounds):
        for kind in measured:
            with tempfile.TemporaryDirectory() as folder:
                measured[kind].append(json.loads(child("loads", kind, folder)[1]))
        with tempfile.TemporaryDirectory() as folder:
            backfills["one"].append(child("backfill", folder, 20, 19 + DAYS)[0])
        with tempfile.TemporaryDirectory() as folder:
            each = [child("backfill", folder, 20 + rank, 20 + rank)[0] for rank in range(DAYS)]
            backfills["each"].append(sum(each))
    print("| secondes de processeur | coupée par jour | lue entière | rapport |")
    print("|---|---:|---:|---:|")
    for name in ("première fois", "rien", "un jour"):
        cut, whole = (
            statistics.median(one[name] for one in measured[kind]) for kind in ("cut", "whole")
        )
        print(f"| {name} | {cut:.2f} | {whole:.2f} | {whole / cut:.1f} |")
    one, each = (statistics.median(backfills[kind]) for kind in ("one", "each"))
    print(f"\n{DAYS} jours par Dagster : {one:.1f} s en une exécution, {each:.1f} s en {DAYS}.")
    print(f"{rounds} passages, médianes ; charge {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["loads", kind, folder]:
            print(json.dumps(loads(kind == "cut", Path(folder))))
        case ["backfill", folder, first, last]:
            backfill(Path(folder), int(first), int(last))
        case rest:
            main(int(rest[0]) if rest else 3)
