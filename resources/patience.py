"""How long to wait before asking a server again, from what it says of itself.

Pure: nothing waits here. Sources: RFC 9110 §10.2.3 (Retry-After, in seconds or as a date); the
answers of Opendatasoft's quotas (`reset_time`, `X-RateLimit-Reset`).
"""

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 120.0
"""Beyond this the run does not wait: it says when to come back."""


def told_wait(headers: Mapping[str, str], body: bytes, now: datetime) -> float | None:
    """The seconds a server asks us to wait, 0 or more; None when it says nothing readable.

    `headers` are lower-cased; `body` is the beginning of the answer; `now` is aware.
    """
    for said in (headers.get("retry-after"), _reset(body), headers.get("x-ratelimit-reset")):
        wait = _seconds(said, now) if said else None
        if wait is not None:
            return max(0.0, wait)
    return None


def own_wait(attempt: int) -> float:
    """The seconds before the next attempt when nothing is said: doubled each time, scattered.

    Scattered so that a thousand authorities do not come back at the same second.
    """
    return float(min(LONGEST_S, 0.5 * 2 ** (attempt - 1)) * random.uniform(0.5, 1.0))


def _reset(body: bytes) -> str | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return str(said["reset_time"]) if isinstance(said, dict) and said.get("reset_time") else None


def _seconds(said: str, now: datetime) -> float | None:
    text = said.strip()
    if text.replace(".", "", 1).isdecimal() and text.isascii() and len(text) < 16:
        number = float(text)
        # Above a billion it is a moment (seconds since 1970), not a length of time.
        return number - now.timestamp() if number > 1e9 else number
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return None
