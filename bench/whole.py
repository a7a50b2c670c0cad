"""The whole chain beside another's: one file, from received to published, one process each.

`python bench/whole.py [rows] [runs]`. Ours: received, sealed, decoded, rows at fault set aside with
their reasons, scanned for personal data, gated by the rules of its contract, compared with the last
version, published in the warehouse, written in its books. Theirs: dlt into a DuckDB file by
pyarrow, its fastest way in, then Soda on the same rules: no quarantine, no scanner, no version. dlt
and Soda run in the Python named by `ARDOISE_PEERS`. Runs alternate; medians of seconds and
CPU-seconds of the work alone, of CPU-seconds and peak memory of whole processes, imports included.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "bench")]
DATA = REPOSITORY / "data" / "bench"
PEERS = {"ardoise": "Ardoise", "others": "dlt vers DuckDB, puis Soda"}
COLUMNS = {
    "wall": "durée, s",
    "cpu": "processeur, s",
    "whole": "processus entier, s de processeur",
    "rss": "mémoire, Mo",
}


def with_ardoise(file: Path, folder: Path) -> Any:
    """A territory whose one source is the file; the table published from it."""
    import sales

    from assets.table import Builder, Run
    from resources.energy import Meter
    from tests.scenario import Scenario

    scenario = Scenario(folder)
    contract = sales.contract(
        profiles=["essai"],
        url=f"file:{file}",
        publisher="Banc",
        license="etalab-2.0",
        cadence="mensuelle",
        budget={"downloaded_mb": 10_000, "stored_mb": 10_000, "cpu_s": 1000},
    )
    scenario.write("sources/ventes.yaml", json.dumps(contract, ensure_ascii=False))
    platform = scenario.platform()

    def work() -> int:
        outcome = Builder(platform, Run("banc", Meter())).build(platform.catalogue.named("ventes"))
        assert outcome.state == "published", outcome.message
        return outcome.rows or 0

    return work


def with_others(file: Path, folder: Path) -> Any:
    """What the contract says, in Soda's words."""
    import decode_peers
    import sales
    from soda_core.contracts import verify_contract_locally

    told = []
    for name, kind, asked in sales.COLUMNS:
        checks: list[Any] = [{"missing": None}] if asked.get("required") else []
        if "enum" in asked:
            checks.append({"invalid": {"qualifier": "e", "valid_values": asked["enum"]}})
        if "pattern" in asked:
            shape = {"name": "p", "regex": f"^{asked['pattern']}$"}
            checks.append({"invalid": {"qualifier": "p", "valid_format": shape}})
        # dlt keeps these whole numbers as texts, since some are none: Soda cannot compare them.
        if kind == "number" and "minimum" in asked:
            bounds = {"valid_min": asked["minimum"]}
            bounds |= {"valid_max": asked["maximum"]} if "maximum" in asked else {}
            checks.append({"invalid": {"qualifier": "b", **bounds}})
        if "maxLength" in asked:
            lengths = {"valid_max_length": asked["maxLength"]}
            lengths["valid_min_length"] = asked["minLength"]
            checks.append({"invalid": {"qualifier": "l", **lengths}})
        told.append({"name": name, **({"checks": checks} if checks else {})})
    contract = {
        "dataset": "bench/dlt/ventes_dataset/ventes",
        "columns": told,
        "checks": [{"row_count": None}],
    }
    source = {
        "type": "duckdb",
        "name": "bench",
        "connection": {"database": str(folder / "dlt.duckdb"), "read_only": True},
    }
    for name, content in (("source", source), ("contract", contract)):
        (folder / f"{name}.yml").write_text(json.dumps(content))

    def work() -> int:
        rows, _ = decode_peers.with_dlt(file, folder)
        results = verify_contract_locally(
            data_source_file_path=str(folder / "source.yml"),
            contract_file_path=str(folder / "contract.yml"),
        ).contract_verification_results[0]
        outcomes = [str(found.outcome).upper() for found in results.check_results]
        assert len(outcomes) > 15 and all("PASS" in o or "FAIL" in o for o in outcomes), outcomes
        return rows

    return work


def measure(peer: str, file: Path) -> None:
    """One run, in this process; its figures as a line of JSON."""
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        if peer == "others":
            for module in ("dlt", "dlt.destinations", "pyarrow.csv", "soda_core.contracts"):
                import_module(module)
        work = (with_ardoise if peer == "ardoise" else with_others)(file, Path(folder))
        started, cpu = time.monotonic(), time.process_time()
        rows = work()
        figures = {
            "wall": time.monotonic() - started,
            "cpu": time.process_time() - cpu,
            "whole": time.process_time(),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "rows": rows,
        }
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


def main(rows: int, runs: int) -> None:
    """Run, print."""
    import sales

    DATA.mkdir(parents=True, exist_ok=True)
    file = sales.written(DATA / f"ventes_{rows}.csv", rows)
    pythons = {"ardoise": sys.executable, "others": os.environ.get("ARDOISE_PEERS", "")}
    found: dict[str, list[dict[str, float]]] = {peer: [] for peer in PEERS}
    for _ in range(runs):
        for peer, python in pythons.items():
            if python:
                done = subprocess.run(
                    [python, __file__, "--one", peer, str(file)],
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
                found[peer].append(json.loads(done.stdout.splitlines()[-1]))
    print("| | " + " | ".join(f"{each} | ×" for each in COLUMNS.values()) + " | lignes |")
    print("|---|" + "---:|" * (2 * len(COLUMNS) + 1))
    for peer, label in PEERS.items():
        if not found[peer]:
            print(f"| {label} | non mesuré |" + " |" * (2 * len(COLUMNS)))
            continue
        cells = []
        for each in COLUMNS:
            own, ours = (statistics.median(r[each] for r in found[p]) for p in (peer, "ardoise"))
            cells += [f"{own:.2f}" if each != "rss" else f"{own:.0f}", f"{own / ours:.2f}"]
        print(f"| {label} | {' | '.join(cells)} | {found[peer][0]['rows']} |".replace(".", ","))
    print(f"\n{rows} lignes, médianes de {runs} passages alternés, {os.cpu_count()} cœurs.")


if __name__ == "__main__":
    if "--one" in sys.argv:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        given = [int(word) for word in sys.argv[1:] if word.isdecimal()]
        main(*(given + [1_000_000, 3][len(given) :]))
