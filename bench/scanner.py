"""What the scanner finds and what it takes for what: precision and recall on a labelled corpus.

By column: a kind found in a column that holds it. By cell: a cell of such a column that the scanner
holds to be one. Then what it costs beside the gate, on the same table in the same process, medians.
`--write` puts the tables in docs/protection.md.
"""

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

import duckdb  # noqa: E402
from gate_ours import prepare  # noqa: E402
from gate_tables import write  # noqa: E402
from scanner_corpus import Column, tables  # noqa: E402

from checks.protection import found_in  # noqa: E402
from checks.protection.kind import NEVER, kinds, plain  # noqa: E402
from resources.sql import literal, quoted  # noqa: E402

DOCUMENT = REPOSITORY / "docs" / "protection.md"
CELLS = 2_000_000
RUNS = 3


def main() -> int:
    """Print the tables; 1 when a kind is found less often than is promised."""
    text = "\n".join([*_quality(), "", *([] if "--quick" in sys.argv else _cost())])
    sys.stdout.write(f"{text}\n")
    if "--write" in sys.argv:
        _write(text)
    return 0


def _quality() -> Iterator[str]:
    corpus = tables()
    columns, found_cells, alarms = Counter(), Counter(), []
    with duckdb.connect() as connection:
        for name, each in corpus:
            _load(connection, name, each)
            found = found_in(connection, quoted(name))
            for column in each:
                said = {one.kind for one in found.get(column.name, [])}
                for kind in kinds():
                    columns[kind, kind in column.kinds, kind in said] += 1
                    if kind in said or kind in column.kinds:
                        _count_cells(connection, name, column, kind, kind in said, found_cells)
                if column.look:
                    alarms.append((column.look, len(column.values), sorted(said)))
    every = [column for _, each in corpus for column in each]
    cells = sum(len(column.values) for column in every)
    yield f"{cells} cellules, {len(every)} colonnes, {len(corpus)} tables."
    yield ""
    yield "| donnée | colonnes : précision | rappel | cellules : précision | rappel | à trouver |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind, one in kinds().items():
        yield (
            f"| {one.what} | {_rates(columns, kind)} | {_rates(found_cells, kind)} | "
            f"{found_cells[kind, True, True] + found_cells[kind, True, False]} |"
        )
    wrong = [(look, said) for look, _, said in alarms if said]
    yield ""
    yield (
        f"{len(alarms)} colonnes de sosies ({sum(n for _, n, _ in alarms)} cellules : "
        f"{', '.join(look for look, _, _ in alarms)}) ; fausses alertes : {len(wrong)}"
        + (f" ({', '.join(f'{look} pris pour {said}' for look, said in wrong)})." if wrong else ".")
    )


def _load(connection: duckdb.DuckDBPyConnection, name: str, columns: list[Column]) -> None:
    lists = ", ".join(
        f"unnest({literal(list(column.values))}) as {quoted(column.name)}" for column in columns
    )
    connection.execute(f"create or replace table {quoted(name)} as select {lists}")


def _count_cells(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    column: Column,
    kind: str,
    believed: bool,
    counts: Counter,
) -> None:
    """Whether each cell of a column is held to be of a kind, against its label."""
    known = kinds()[kind]
    named = known.named([plain(column.name)], persons=True)
    marks = [mark for mark in known.marks if mark.share < NEVER or named]
    text = f"{quoted(column.name)}::varchar"
    test = " or ".join(mark.condition(text) for mark in marks) if believed else "false"
    seen = connection.execute(f"select coalesce({test}, false) from {quoted(table)}").fetchall()
    for (found,), labels in zip(seen, column.labels, strict=True):
        counts[kind, kind in labels, found] += 1


def _rates(counts: Counter, kind: str) -> str:
    right, wrong, missed = (
        counts[kind, *case] for case in ((True, True), (False, True), (True, False))
    )
    return f"{_rate(right, right + wrong)} | {_rate(right, right + missed)}"


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".", ",") if whole else "–"


def _cost() -> Iterator[str]:
    yield "| table | le contrôle, s de processeur | le scanner | scanner / contrôle |"
    yield "|---|---:|---:|---:|"
    for shape, columns in (("mutations", 21), ("entreprises", 60)):
        rows = CELLS // columns
        with tempfile.TemporaryDirectory() as folder:
            stored, parquet = write(shape, rows, Path(folder))
            judge = prepare(shape, stored, parquet)
            with duckdb.connect(str(stored), read_only=True) as connection:
                connection.execute("set threads = 2")
                scan = partial(found_in, connection, f"sources.{shape}")
                gate, scanner = _medians(judge, scan)
        yield (
            f"| {shape}, {rows} × {columns} | {gate:.2f} | {scanner:.2f} | {scanner / gate:.2f} |"
        ).replace(".", ",")
    yield ""
    yield f"Médianes de {RUNS}, {os.cpu_count()} cœurs, charge {os.getloadavg()[0]:.1f}."


def _medians(*works: Callable[[], object]) -> list[float]:
    """CPU-seconds of each, one after the other so that the machine's moods are shared."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS + 1):
        for rank, work in enumerate(works):
            before = time.process_time()
            work()
            spent[rank].append(time.process_time() - before)
    return [statistics.median(each[1:]) for each in spent]


def _write(text: str) -> None:
    start, end = "<!-- bench-scanner -->", "<!-- /bench-scanner -->"
    page = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = page.partition(start)
    DOCUMENT.write_text(f"{before}{start}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
