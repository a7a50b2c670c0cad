"""From bytes to typed rows, measured beside peers: the same sales, each run in a fresh process.

`python bench/decode.py [rows] [runs]`. Ours: a landed file to a staging table of a DuckDB file at
the latest storage version, every rejected row kept with its line, its reasons and its texts.
DuckDB: its own typed `read_csv` with rejects, into the same kind of file. Peers run in the Python
named by `ARDOISE_PEERS` (dlt, pandas), integers left as texts since some are none; what is not
installed there is « non mesuré ». Runs alternate; medians of CPU-seconds, seconds and peak memory.
Generated files stay in `data/bench`.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "bench")]

DATA = REPOSITORY / "data" / "bench"
DOCUMENT = REPOSITORY / "docs" / "performance.md"
KINDS = {"string": "VARCHAR", "date": "DATE", "integer": "BIGINT", "number": "DOUBLE"}
PEERS = {
    "ardoise": ("Ardoise, UTF-8", False),
    "duckdb": ("DuckDB `read_csv`, UTF-8", False),
    "ardoise_fr": ("Ardoise, cp1252, nombres et dates à la française", True),
    "duckdb_fr": ("DuckDB, le même fichier réécrit en UTF-8", True),
    "dlt": ("dlt vers DuckDB, UTF-8", False),
    "pandas": ("pandas vers DuckDB, UTF-8", False),
}


def ardoise(connection, file: Path, french: bool) -> list[int]:
    import sales

    from assets.decoding.stage import stage_source
    from checks.contract import Contract

    connection.execute("create schema sources; create schema quarantine")
    contract = Contract.model_validate(sales.contract(french=french))
    with tempfile.TemporaryDirectory(dir=DATA) as work:
        staged = stage_source(connection, "ventes", contract, file, Path(work))
    assert staged.rows + staged.quarantined == staged.received
    return [staged.rows, staged.quarantined]


def duckdb_alone(connection, file: Path, french: bool) -> list[int]:
    import sales

    columns = ", ".join(f"'{name}': '{KINDS[kind]}'" for name, kind, _ in sales.COLUMNS)
    french_words = "delim = ';', decimal_separator = ',', dateformat = '%d/%m/%Y'"
    words = french_words if french else "delim = ','"
    connection.execute(
        f"create table ventes as from read_csv('{file}', columns = {{{columns}}}, "
        f"auto_detect = false, header = true, {words}, "
        "store_rejects = true, rejects_limit = 0)"
    )
    count = "select count(*) from ventes union all select count(distinct line) from reject_errors"
    return [row[0] for row in connection.execute(count).fetchall()]


def with_pandas(connection, file: Path, french: bool) -> list[int]:
    import pandas
    import sales

    texts = {name: "string" for name, kind, _ in sales.COLUMNS if kind == "string"}
    frame = pandas.read_csv(file, dtype=texts, on_bad_lines="skip")
    frame["date_mutation"] = pandas.to_datetime(frame["date_mutation"], errors="coerce")
    connection.register("frame", frame)
    connection.execute("create table ventes as from frame")
    return [len(frame), 0]


def with_dlt(file: Path, folder: Path) -> list[int]:
    """Through pyarrow's reader, its fastest way in (1.31); torn lines are skipped."""
    import dlt
    import pyarrow as pa
    import pyarrow.csv
    import sales

    kinds = {"string": pa.string(), "integer": pa.string(), "number": pa.float64()}
    types = {name: kinds.get(kind, pa.string()) for name, kind, _ in sales.COLUMNS}

    @dlt.resource(name="ventes")
    def read():
        yield from pyarrow.csv.open_csv(
            file,
            parse_options=pa.csv.ParseOptions(invalid_row_handler=lambda _: "skip"),
            convert_options=pa.csv.ConvertOptions(column_types=types),
        )

    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    pipeline = dlt.pipeline(
        "ventes",
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        pipelines_dir=str(folder / "state"),
    )
    pipeline.run(read())
    counts = pipeline.last_trace.last_normalize_info.row_counts
    return [counts["ventes"], 0]


def measure(peer: str, file: Path) -> None:
    """One run, in this process; its figures as a line of JSON."""
    import resource
    import time

    import duckdb

    french = PEERS[peer][1]
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        connection = duckdb.connect(":memory:")
        connection.execute(
            f"attach '{folder}/bench.duckdb' as bench (storage_version 'latest', block_size 65536)"
        )
        connection.execute("use bench")
        started, cpu = time.monotonic(), time.process_time()
        match peer:
            case "dlt":
                counts = with_dlt(file, Path(folder))
            case "pandas":
                counts = with_pandas(connection, file, french)
            case "duckdb" | "duckdb_fr":
                counts = duckdb_alone(connection, file, french)
            case _:
                counts = ardoise(connection, file, french)
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
        "| | s de processeur | s | Mo en mémoire | processeur / DuckDB | mémoire / DuckDB "
        "| lignes gardées, écartées |"
    )
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for peer, (label, french) in PEERS.items():
        base, own = found["duckdb_fr" if french else "duckdb"], found[peer]
        if not own or not base:
            yield f"| {label} | non mesuré | | | | | |"
            continue
        cpu, wall, rss = (_median(own, word) for word in ("cpu", "wall", "rss"))
        kept, aside = own[0]["counts"]
        yield (
            f"| {label} | {cpu:.2f} | {wall:.2f} | {rss:.0f} | {cpu / _median(base, 'cpu'):.2f} | "
            f"{rss / _median(base, 'rss'):.2f} | {kept}, {aside} |"
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
