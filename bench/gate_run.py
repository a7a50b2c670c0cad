"""One contestant, one table, in a process of its own: what it took, as JSON on the last line."""

import importlib
import json
import resource
import statistics
import sys
import time
from pathlib import Path


def main() -> None:
    contestant, shape, stored, parquet, repeat = sys.argv[1:6]
    began, cpu = time.perf_counter(), time.process_time()
    module = importlib.import_module(f"gate_{contestant}")
    imported, imported_cpu = time.perf_counter() - began, time.process_time() - cpu
    began = time.perf_counter()
    judge = module.prepare(shape, Path(stored), Path(parquet))
    loaded = time.perf_counter() - began
    walls, cpus = [], []
    for _ in range(1 + int(repeat)):
        began, cpu = time.perf_counter(), time.process_time()
        counts = judge()
        walls.append(time.perf_counter() - began)
        cpus.append(time.process_time() - cpu)
    warm = slice(1, None) if int(repeat) else slice(0, None)
    print(
        json.dumps(
            {
                "import_s": imported,
                "import_cpu_s": imported_cpu,
                "load_s": loaded,
                "first_s": walls[0],
                "first_cpu_s": cpus[0],
                "gate_s": statistics.median(walls[warm]),
                "gate_cpu_s": statistics.median(cpus[warm]),
                "total_cpu_s": time.process_time(),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "counts": {place: found for place, found in counts.items() if found is not None},
            }
        )
    )


if __name__ == "__main__":
    main()
