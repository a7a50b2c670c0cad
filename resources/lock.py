"""One writer at a time: a lock that the system releases when its holder dies, however it dies.

The file also names who holds it, for the message of whoever waits; a number left in it by a dead
process locks nothing.
"""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from resources.errors import BusyWarehouse

log = logging.getLogger("ardoise")


@contextmanager
def alone(path: Path, wait_s: float) -> Iterator[None]:
    """Hold a lock file, waiting for it up to `wait_s` seconds.

    Raises:
        BusyWarehouse: another process still holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        deadline, told = time.monotonic() + wait_s, False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                busy = f"Une autre exécution est en cours (processus {file.read().decode()})"
                if time.monotonic() >= deadline:
                    raise BusyWarehouse(
                        f"{busy}. Les données publiées restent lisibles. "
                        "Attendez sa fin puis relancez."
                    ) from None
                if not told:
                    log.warning("%s : attente de sa fin…", busy)
                    told = True
                time.sleep(0.2)
        with suppress(OSError):  # a full disk keeps us from being named, not from being alone
            file.truncate(0)
            file.write(str(os.getpid()).encode())
        yield
