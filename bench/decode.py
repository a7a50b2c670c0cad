"""From bytes to typed rows, measured beside peers: the same sales, each run in a fresh process.

`python bench/decode.py [rows] [runs]`. Ours: a landed file to a staging table of a DuckDB file at
the latest storage version, every rejected row kept with its line, its reasons and its texts.
DuckDB: its own typed `read_csv` with rejects, into the same kind of file. Peers run in the Python
named by `ARDOISE_PEERS` (dlt, pandas), integers left as texts since some are none; what is not
installed there is « non mesuré ». Runs alternate; medians of CPU-seconds, seconds and peak memory.
What each imports is imported before, and not counted: a platform imports once and loads all day.
Generated files stay in `data/bench`.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "bench")]

DATA = REPOSITORY / "data" / "bench"
DOCUMENT = REPOSITORY / "docs" / "performance.md"
PEERS = {
    "ardoise": ("Ardoise, UTF-8", False),
    "duckdb": ("DuckDB `read_csv`, UTF-8", False),
    "ardoise_exact": ("Ardoise, UTF-8, nombres exacts (`decimals`)", False),
    "ardoise_fr": ("Ardoise, cp1252, nombres et dates à la française", True),
    "duckdb_fr": ("DuckDB, le même fichier réécrit en UTF-8", True),
    "dlt": ("dlt vers DuckDB, UTF-8", False),
    "pandas": ("pandas vers DuckDB, UTF-8", False),
}


def measure(peer: str, file: Path) -> None:
    """One run, in this process; its figures as a line of JSON."""
    import resource
    import time

    import decode_peers as peers
    import duckdb

    french = PEERS[peer][1]
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        connection = duckdb.connect(":memory:")
        connection.execute(
            f"attach '{folder}/bench.duckdb' as bench (storage_version 'latest', block_size 65536)"
        )
        connection.execute("use bench")
        for module in peers.IMPORTED.get(peer.partition("_")[0], ()):
            import_module(module)
        started, cpu = time.monotonic(), time.process_time()
        match peer:
            case "dlt":
                counts = peers.with_dlt(file, Path(folder))
            case "pandas":
                counts = peers.with_pandas(connection, file, french)
            case "duckdb" | "duckdb_fr":
                counts = peers.duckdb_alone(connection, file, french)
            case _:
                exact = peer.endswith("_exact")
                counts = peers.ardoise(connection, file, french, exact=exact)
        connection.execute("checkpoint")
        figures = {
            "wall": time.monotonic() - started,
            "cpu": time.process_time() - cpu,
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "counts": counts,
        }
    sys.stdout.write(json.dumps(figures) + "\n")


def run(peer: str, file: Path) -> dict | None:
    python = sys.executable
    if peer in ("dlt", "pandas"):
        python = os.environ.get("ARDOISE_PEERS", "")
        probe = [python, "-c", f"import {peer}"]
        if not python or subprocess.run(probe, capture_output=True, check=False).returncode:
            return None
    done = subprocess.run(
        [python, __file__, "--one", peer, str(file)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stderr[-800:])
        return None
    return json.loads(done.stdout.splitlines()[-1])


def main(rows: int, runs: int) -> None:
    import sales

    DATA.mkdir(parents=True, exist_ok=True)
    plain = sales.written(DATA / f"ventes_{rows}.csv", rows)
    french = sales.written(DATA / f"ventes_{rows}_cp1252.csv", rows, french=True)
    again = DATA / f"ventes_{rows}_fr.csv"
    if not again.is_file():
        with french.open(encoding="cp1252") as read, again.open("w", encoding="utf-8") as out:
            for block in iter(lambda: read.read(1 << 20), ""):
                out.write(block)
    files = {"ardoise_fr": french, "duckdb_fr": again}
    found: dict[str, list[dict]] = {peer: [] for peer in PEERS}
    for _ in range(runs):
        for peer in PEERS:
            if (figures := run(peer, files.get(peer, plain))) is not None:
                found[peer].append(figures)
    table = "\n".join(_lines(found))
    sys.stdout.write(
        f"{table}\n\n{rows} rows, {runs} runs, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}\n"
    )
    if "--write" in sys.argv:
        _write(
            rows,
            f"{table}\n\n{rows:_} lignes, médianes de {runs} passages alternés, "
            f"{os.cpu_count()} cœurs, charge de la machine {os.getloadavg()[1]:.1f}.".replace(
                "_", " "
            ),
        )


def _lines(found: dict[str, list[dict]]):
    yield (
        "| | s de processeur | s | Mo en mémoire | processeur / DuckDB | durée / DuckDB "
        "| mémoire / DuckDB | lignes gardées, écartées |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for peer, (label, french) in PEERS.items():
        base, own = found["duckdb_fr" if french else "duckdb"], found[peer]
        if not own or not base:
            yield f"| {label} | non mesuré | | | | | | |"
            continue
        cpu, wall, rss = (_median(own, word) for word in ("cpu", "wall", "rss"))
        kept, aside = own[0]["counts"]
        yield (
            f"| {label} | {cpu:.2f} | {wall:.2f} | {rss:.0f} | {cpu / _median(base, 'cpu'):.2f} "
            f"| {wall / _median(base, 'wall'):.2f} | {rss / _median(base, 'rss'):.2f} "
            f"| {kept}, {aside} |"
        ).replace(".", ",")


def _median(runs: list[dict], word: str) -> float:
    return statistics.median(figures[word] for figures in runs)


def _write(rows: int, text: str) -> None:
    start, end = f"<!-- decode:{rows} -->", f"<!-- /decode:{rows} -->"
    page = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = page.partition(start)
    DOCUMENT.write_text(f"{before}{start}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    if "--one" in sys.argv:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        given = [int(word) for word in sys.argv[1:] if word.isdecimal()]
        main(*(given + [1_000_000, 3][len(given) :]))
