"""What setting rows aside costs, with their line, reasons and texts: none, a few, one in a hundred.

`python bench/aside.py [rows] [runs]`: the same sales, staged as the platform does, each time in a
process of its own; runs alternate, medians. The difference with the clean file is the cost.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "bench")]
DATA = REPOSITORY / "data" / "bench"


def main(rows: int, runs: int) -> None:
    """Run, print."""
    import sales

    DATA.mkdir(parents=True, exist_ok=True)
    files = {
        faults: sales.written(DATA / f"ventes_{rows}_{faults}.csv", rows, faults=faults)
        for faults in (0, sales.FAULTS, rows // 100)
    }
    found: dict[int, list[dict[str, float]]] = {faults: [] for faults in files}
    for _ in range(runs):
        for faults, file in files.items():
            done = subprocess.run(
                [sys.executable, REPOSITORY / "bench/decode.py", "--one", "ardoise", file],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            found[faults].append(json.loads(done.stdout.splitlines()[-1]))
    print("| lignes mises à l’écart | durée, s | écart, s | processeur, s | écart, s |")
    print("|---:|---:|---:|---:|---:|")
    clean = {word: statistics.median(one[word] for one in found[0]) for word in ("wall", "cpu")}
    for own in found.values():
        cells = []
        for word in ("wall", "cpu"):
            median = statistics.median(one[word] for one in own)
            cells += [f"{median:.2f}", f"{median - clean[word]:+.2f}"]
        print(f"| {own[0]['counts'][1]} | {' | '.join(cells)} |".replace(".", ","))
    print(f"\n{rows} lignes, médianes de {runs} passages alternés, {os.cpu_count()} cœurs.")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    main(*(given + [5_000_000, 3][len(given) :]))
