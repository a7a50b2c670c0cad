"""A watch over a file that a library writes: stopped at the deadline, or when it grows too big.

For what cannot be checked chunk by chunk: the rows another process sends, written by DuckDB.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from resources.errors import SourceError

EVERY_S = 0.2


@contextmanager
def watched(
    file: Path, *, deadline_s: float, max_bytes: float, stop: Callable[[], object]
) -> Iterator[None]:
    """Call `stop` once when the limits are passed, then tell it whatever `stop` made fail.

    Raises:
        SourceError: `SOURCE_INDISPONIBLE` or `TROP_GROS`.
    """
    deadline, ended = time.monotonic() + deadline_s, threading.Event()
    found: list[SourceError] = []

    def fault() -> SourceError | None:
        if time.monotonic() > deadline:
            return SourceError(
                "SOURCE_INDISPONIBLE", f"la source n’a pas tout donné en {deadline_s:.0f} secondes"
            )
        if file.exists() and file.stat().st_size > max_bytes:
            return SourceError(
                "TROP_GROS",
                f"la source donne plus de {max_bytes / 1e6:.0f} Mo (« transport: max_mb »)",
            )
        return None

    def watch() -> None:
        while not ended.wait(EVERY_S):
            if error := fault():
                found.append(error)
                stop()
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    except Exception:
        if found:
            raise found[0] from None
        raise
    finally:
        ended.set()
        thread.join()
    if error := found[0] if found else fault():
        raise error
