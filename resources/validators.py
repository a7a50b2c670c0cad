"""What lets a server say « unchanged »: its validators, kept between two runs as one word, the tag.

A tag holds for one address: a contract whose address changed asks without condition, since two
files may both be version « 1 ».
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

CONDITIONS = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}


def tag_of(url: str, headers: Mapping[str, str]) -> str | None:
    """The tag of an answer, from its lower-cased headers; None when the server gives nothing."""
    known = {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
    said = {word: value for word, value in known.items() if value}
    return json.dumps({"url": _mark(url), **said}) if said else None


def conditions_of(tag: str | None, url: str) -> dict[str, str]:
    """The headers that ask whether the version of a tag still holds at an address."""
    try:
        known = json.loads(tag or "{}")
        if known.get("url") != _mark(url):
            return {}
    except (ValueError, AttributeError):
        return {}
    said = {header: str(known.get(word) or "") for word, header in CONDITIONS.items()}
    # Some servers put in their headers what no header may hold; it is not sent back to them.
    return {header: value for header, value in said.items() if value and _sendable(value)}


def holds(conditions: Mapping[str, str], status: int, headers: Mapping[str, str]) -> bool:
    """Whether an answer says that nothing changed, be it by giving the whole file again.

    A date alone proves nothing when the file is given: some servers never move it.
    """
    if not conditions:
        return False
    known = conditions.get("If-None-Match")
    return status == 304 or (known is not None and known == headers.get("etag"))


def modified_of(headers: Mapping[str, str]) -> datetime | None:
    """When the server says its file changed last, in UTC without zone."""
    try:
        moment = parsedate_to_datetime(headers["last-modified"])
    except (KeyError, ValueError, TypeError, IndexError):
        return None
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).replace(tzinfo=None)


def _sendable(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip()


def _mark(url: str) -> str:
    """An address, recognised without being kept: it may hold a secret."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]
