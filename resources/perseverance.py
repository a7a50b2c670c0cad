"""Attempting again what may pass, as long as patience, attempts and time allow."""

import time
from collections.abc import Callable
from typing import TypeVar

from resources.answers import Passing
from resources.network import before
from resources.patience import LONGEST_S, own_wait

T = TypeVar("T")


def persevering(
    attempt: Callable[[], T],
    attempts: int,
    deadline_s: float,
    pause: Callable[[float], None] = time.sleep,
) -> T:
    """What an attempt returns, the first time it does; all of them end at one deadline.

    Raises:
        SourceError: the last failure, or one that no other attempt would mend.
    """
    end = time.monotonic() + deadline_s
    for count in range(1, attempts + 1):
        try:
            with before(end):
                return attempt()
        except Passing as passing:
            wait = own_wait(count) if passing.wait is None else passing.wait
            late = wait > min(LONGEST_S, end - time.monotonic())
            if late or count == attempts:
                raise passing.error from None
            pause(wait)
    raise AssertionError("there is at least one attempt")
