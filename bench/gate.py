"""The gate and its peers, side by side: the same rules on the same tables, in alternation.

Each measure is a process of its own; contestants take turns, so that a busy machine slows all.
Prints Markdown tables and, with `--write`, puts them between the marks of `docs/performance.md`.
Peers are looked for in the interpreter `--peers`; one not installed there is « non mesuré ».

    python bench/gate.py --tables mutations:5000000,releves:1000 --peers other/bin/python --write
"""

import argparse
import datetime as dt
import importlib.metadata
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from gate_tables import SHAPES, write

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
OURS = ("ours", "sql_tuned", "sql_naive", "polars")
PEERS = ("stock", "soda", "pandera", "pointblank", "dataframely")
NAMES = {
    "ours": "**Ardoise**",
    "sql_tuned": "SQL réglé à la main",
    "sql_naive": "SQL écrit d’un jet",
    "polars": "polars, Parquet paresseux",
    "stock": "Great Expectations d’origine¹",
    "soda": "Soda",
    "pandera": "pandera (polars)",
    "pointblank": "pointblank (polars)",
    "dataframely": "dataframely",
}
PACKAGES = ("duckdb", "polars", "great_expectations", "sqlalchemy", "soda-core", "pandera")
PACKAGES += ("pointblank", "dataframely")
Measure = dict[str, Any]
DEFAULT = [f"{shape}:{rows}" for rows in (1000, 1_000_000) for shape in SHAPES]
# A gate which takes less is warm after one run and measured often; a long one is not.
LONG = 1_000_000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tables", default=",".join(DEFAULT), help="shape:rows, …")
    options.add_argument("--contestants", default=",".join((*OURS, *PEERS)))
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--peers", default=sys.executable)
    options.add_argument("--folder", type=Path, default=HERE.parent / "data" / "bench")
    options.add_argument("--write", action="store_true")
    asked = options.parse_args()
    told = [context(asked)]
    for each in asked.tables.split(","):
        shape, rows = each.split(":")
        table = measured(asked, shape, int(rows))
        title = f"{int(rows):_}".replace("_", "\u202f")
        told.append(f"### {shape} ({SHAPES[shape]}), {title} lignes\n\n{table}")
        print(told[-1] + "\n", flush=True)
        if asked.write:
            publish("\n\n".join(told))


def measured(asked: argparse.Namespace, shape: str, rows: int) -> str:
    """The table of one shape at one size."""
    # In a process of its own: a child's peak memory begins with its parent's.
    with multiprocessing.get_context("spawn").Pool(1) as aside:
        stored, parquet = aside.apply(write, (shape, rows, asked.folder))
    contestants = asked.contestants.split(",")
    taken: dict[str, list[Measure]] = {contestant: [] for contestant in contestants}
    for _ in range(asked.runs):
        for contestant in contestants:
            python = asked.peers if contestant in PEERS else sys.executable
            if None not in taken[contestant]:
                taken[contestant].append(run(python, contestant, shape, stored, parquet, rows))
    agreed(taken)
    return as_markdown(taken)


def run(
    python: str, contestant: str, shape: str, stored: Path, parquet: Path, rows: int
) -> Measure | None:
    """One process; None when the contestant is not installed."""
    repeat = "9" if rows < LONG else "0"
    done = subprocess.run(
        [python, HERE / "gate_run.py", contestant, shape, stored, parquet, repeat],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent), "POLARS_MAX_THREADS": "2"},
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["?"]
        if "ModuleNotFoundError" in reason[0]:
            return None
        raise RuntimeError(f"{contestant}, {shape}: {reason[0]}")
    found: Measure = json.loads(done.stdout.splitlines()[-1])
    return found


def agreed(taken: dict[str, list[Measure]]) -> None:
    """The counts of ours are those of the hand-written SQL: speed is compared at equal work."""
    found = {name: runs[0]["counts"] for name, runs in taken.items() if runs and runs[0]}
    if "ours" in found and "sql_tuned" in found:
        apart = {
            place: (found["ours"].get(place), count)
            for place, count in found["sql_tuned"].items()
            if found["ours"].get(place) != count
        }
        if apart:
            raise RuntimeError(f"counts differ from hand-written SQL: {apart}")


def as_markdown(taken: dict[str, list[Measure]]) -> str:
    lines = [
        "| | contrôle, s | × | processeur, s | × | chargement + contrôle, s | × "
        "| à froid, s | × | processus entier, s de processeur | mémoire, Mo |",
        "|---|" + "---:|" * 10,
    ]
    ours = medians(taken["ours"])
    for name, runs in taken.items():
        if not runs or None in runs:
            lines.append(f"| {NAMES[name]} | non mesuré |" + " |" * 9)
            continue
        found = medians(runs)
        cells = []
        for figure in ("gate_s", "gate_cpu_s", "loaded_s", "cold_s"):
            cells += [number(found[figure]), number(found[figure] / ours[figure], 2)]
        cells += [number(found["total_cpu_s"]), f"{found['peak_mb']:.0f}"]
        lines.append(f"| {NAMES[name]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def medians(runs: list[Measure]) -> dict[str, float]:
    # Cold: what is imported, loaded, and judged for the first time.
    runs = [run | {"cold_s": run["import_s"] + run["load_s"] + run["first_s"]} for run in runs]
    figures = ("gate_s", "gate_cpu_s", "total_cpu_s", "peak_mb", "load_s", "cold_s")
    found = {figure: statistics.median(run[figure] for run in runs) for figure in figures}
    return found | {"loaded_s": found["gate_s"] + found["load_s"]}


def number(value: float, digits: int | None = None) -> str:
    if digits is None:
        digits = 3 if value < 1 else 2
    return f"{value:.{digits}f}".replace(".", ",")


def context(asked: argparse.Namespace) -> str:
    """What was run on, with what, how many times."""
    code = (
        "import importlib.metadata as m, json, sys\n"
        "print(json.dumps({d.metadata['Name'].lower(): d.version for d in m.distributions()}))"
    )
    listed = subprocess.run(
        [asked.peers, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    peers = json.loads(listed)
    versions = [f"{name} {peers[name]}" for name in PACKAGES if name in peers]
    return (
        f"Mesuré le {dt.date.today():%d/%m/%Y} : {asked.runs} processus par case, en alternance, "
        f"médianes ; {os.cpu_count()} cœurs, {platform.machine()}, charge moyenne "
        f"{number(os.getloadavg()[1], 1)}, Python {platform.python_version()} ; Ardoise avec "
        f"duckdb {importlib.metadata.version('duckdb')} ; {', '.join(versions)}. « × » : "
        "combien de fois la mesure d’Ardoise ; au-dessus de 1, Ardoise est devant, et sous 1,2 "
        "c’est une égalité."
    )


def publish(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition("<!-- gate:start -->")
    after = rest.partition("<!-- gate:end -->")[2]
    page = f"{before}<!-- gate:start -->\n{text}\n<!-- gate:end -->{after}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
