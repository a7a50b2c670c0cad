"""The whole chain, measured: a first run and a second with nothing changed, medians of three.

Every run is a process of its own in a fresh data folder, as `make run` is. Prints a Markdown table
of CPU-seconds by line of the ledger and, with `--write`, puts it between the marks of the README.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
RUNS = 3
LINES = {
    "imports": "imports (Dagster, Great Expectations…)",
    "table": "recevoir, décoder, calculer",
    "control": "contrôler",
    "publication": "publier",
    "page": "page des élus",
    "orchestration": "orchestrer (Dagster)",
    "measurement": "mesurer (CodeCarbon)",
}
QUERY = (
    "select if(asset = 'imports', asset, activity) as line, sum(cpu_s) as cpu_s "
    "from sobriety.ledger where run_id = (select arg_max(run_id, started_at) from sobriety.ledger) "
    "group by line"
)


def measured(home: str) -> tuple[dict[str, float], float]:
    """CPU-seconds by line of one run, and its wall time."""
    environment = {**os.environ, "ARDOISE_HOME": home}
    started = time.monotonic()
    subprocess.run(
        [REPOSITORY / ".venv/bin/ardoise", "run"],
        env=environment,
        check=True,
        capture_output=True,
        cwd=REPOSITORY,
    )
    wall = time.monotonic() - started
    code = (
        "import json\nfrom assets.platform import Platform\n"
        "with Platform().warehouse.writing() as c:\n"
        f"    print(json.dumps(dict(c.execute({QUERY!r}).fetchall())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
    )
    return json.loads(done.stdout), wall


def main() -> None:
    """Run, print, and write when asked."""
    firsts, seconds = [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as home:
            firsts.append(measured(home))
            seconds.append(measured(home))
    rows = ["| | première exécution | rien n’a changé |", "|---|---:|---:|"]
    for line, words in LINES.items():
        cells = [_median([run[0].get(line, 0.0) for run in runs]) for runs in (firsts, seconds)]
        rows.append(f"| {words} | {' | '.join(cells)} |")
    totals = [_median([sum(run[0].values()) for run in runs]) for runs in (firsts, seconds)]
    walls = [_median([run[1] for run in runs]) for runs in (firsts, seconds)]
    rows.append(f"| **total, secondes de processeur** | **{'** | **'.join(totals)}** |")
    rows.append(f"| durée, secondes | {' | '.join(walls)} |")
    table = "\n".join(rows)
    print(table)
    print(f"\n{RUNS} runs, Python {platform.python_version()}, {os.cpu_count()} cores")
    if "--write" in sys.argv:
        readme = REPOSITORY / "README.md"
        text = readme.read_text(encoding="utf-8")
        before, _, rest = text.partition("<!-- bench:start -->")
        after = rest.partition("<!-- bench:end -->")[2]
        readme.write_text(
            f"{before}<!-- bench:start -->\n{table}\n<!-- bench:end -->{after}", encoding="utf-8"
        )


def _median(values: list[float]) -> str:
    return f"{statistics.median(values):.2f}".replace(".", ",")


if __name__ == "__main__":
    main()
