"""Pseudonyms: a keyed hash in the place of a value, the same for the same value in one domain.

HMAC-SHA256 (RFC 2104, FIPS 198-1) under a 256-bit key per domain, of the domain and the value as
people mean it; written « k2:… », the version of its key then 32 hexadecimal digits (128 bits).
Whoever has the data without the key can neither undo one nor try values (EDPB, guidelines 01/2025).
Two domains give two pseudonyms to one person: their tables cannot be joined. For the authority,
which has the key, it is still personal data (CJUE, C-413/23 P).

In Python for one value, in DuckDB's SQL for millions, equal by a property test. The key enters
DuckDB as a bound parameter, never as text.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb

from resources.keys import Key, Keys
from resources.sql import literal

SEPARATOR = "\x1f"
DIGITS = 32
SHAPE = rf"k\d+:[0-9a-f]{{{DIGITS}}}"
BLOCK = 64  # bytes of a block of SHA-256
# Characters of which DuckDB's `lower` is the case folding, and which no normalization changes:
# printable ASCII and the letters of European Latin scripts. Any other sends its value through
# Python: a quarter of the cost of the hash itself, for the few values that have one.
PLAIN = " -~\u00a1-\u00b3\u00b6-\u00de\u00e0-\u012f\u0132-\u0148\u014a-\u017e"


def normalized(value: str) -> str:
    """The value as it is hashed: « É » decomposed or not, capital or not, is one letter.

    Canonical caseless matching (Unicode 3.13, D145), composed again, without outer spaces.
    """
    folded = unicodedata.normalize("NFD", value).casefold()
    return unicodedata.normalize("NFC", folded).strip()


def pseudonym(value: str, domain: str, key: Key) -> str:
    """The pseudonym of a value; an empty value stays empty."""
    said = normalized(value)
    if not said:
        return ""
    message = f"{domain}{SEPARATOR}{said}".encode()
    return f"k{key.version}:{hmac.digest(key.value, message, 'sha256').hex()[:DIGITS]}"


def key_domain(domain: str) -> str:
    """What the key of a domain of pseudonyms is kept under, apart from the platform's other keys.

    Another domain of keys never makes pseudonyms, even under the same name.
    """
    return f"pseudonyme_{domain}"


class Pseudonyms:
    """The pseudonyms of every domain, under the platform's keys."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def current(self, domain: str) -> Key:
        """The key a domain uses, made when first asked for."""
        return self._keys.current(key_domain(domain))

    def version(self, domain: str) -> int | None:
        """The version of the key in use; None before its first use, which looking does not make."""
        keys = self._keys.versions(key_domain(domain))
        return keys[-1].version if keys else None

    def rotate(self, domain: str) -> Key:
        """A new key: what is built from now on has its pseudonyms; the former stays, to find what
        was made with it.
        """
        return self._keys.rotate(key_domain(domain))

    def every(self, value: str, domain: str) -> list[str]:
        """What a value is or was replaced by, under each version of the key, the oldest first."""
        keys = self._keys.versions(key_domain(domain))
        return [found for key in keys if (found := pseudonym(value, domain, key))]

    @contextmanager
    def within(
        self, connection: duckdb.DuckDBPyConnection, domains: Sequence[str]
    ) -> Iterator[None]:
        """The time of a `with` during which SQL can call `replaced` for these domains."""
        connection.create_function("_folded", normalized, ["VARCHAR"], "VARCHAR")
        try:
            for domain in domains:
                value = self.current(domain).value.ljust(BLOCK, b"\0")
                for name, mask in (("inner", 0x36), ("outer", 0x5C)):
                    pad = bytes(byte ^ mask for byte in value)
                    connection.execute(f"set variable _{name}_{domain} = ?", [pad])
            yield
        finally:
            for domain in domains:
                for name in ("inner", "outer"):
                    connection.execute(f"reset variable _{name}_{domain}")
            connection.remove_function("_folded")

    def replaced(self, relation: str, columns: Mapping[str, str]) -> str:
        """SQL giving a relation whose columns, named with their domains, are replaced by their
        pseudonyms; null or empty stays so. In two steps: a value is normalized once.
        """
        said = ", ".join(f"{_normalized(name)} as _said_{name}" for name in columns)
        made = ", ".join(f"{self._hashed(name, columns[name])} as {name}" for name in columns)
        passing = ", ".join(f"_said_{name}" for name in columns)
        return (
            f"(select * exclude ({passing}) replace ({made}) "
            f"from (select *, {said} from {relation}))"
        )

    def _hashed(self, name: str, domain: str) -> str:
        message = f"encode({literal(domain + SEPARATOR)} || _said_{name})"
        digest = (
            f"sha256(getvariable('_outer_{domain}') || "
            f"unhex(sha256(getvariable('_inner_{domain}') || {message})))"
        )
        made = f"'k{self.current(domain).version}:' || left({digest}, {DIGITS})"
        return f"case when _said_{name} = '' then '' else {made} end"


def _normalized(name: str) -> str:
    plain = f"regexp_full_match({name}, '[{PLAIN}]*')"
    return f"case when {plain} then lower(trim({name})) else _folded({name}) end"


def told(key: Key) -> str:
    """What tells two keys apart without telling either."""
    return f"k{key.version}:{hashlib.sha256(b'ardoise' + key.value).hexdigest()[:DIGITS]}"
