"""The platform's keys: one per domain, in successive versions, outside the data folder.

A domain is a use that must not be joined to another (a file's encryption, one pseudonym, the list
of erased persons). What a key is used for is decided elsewhere. Neither the data folder nor its
backups hold any: whoever has them alone reads nothing.
"""

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from resources.errors import ArdoiseError
from resources.files import fsync_folder

DOMAIN = re.compile(r"[a-z][a-z0-9_]{0,62}")
LENGTH = 32  # 256 bits: HMAC-SHA256 and AES-256 take the same


@dataclass(frozen=True)
class Key:
    """One key: its version, which may be told, and its bytes, which may not."""

    version: int
    value: bytes = field(repr=False)


class Keys:
    """The keys of one folder, made when first asked for; files only their owner reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self, domain: str) -> Key:
        """The key in use.

        Raises:
            ArdoiseError: a key cannot be read, or is open to others than its owner.
        """
        versions = self.versions(domain)
        return versions[-1] if versions else self._make(domain, 1)

    def versions(self, domain: str) -> list[Key]:
        """Every key of a domain, the oldest first; none before the first use.

        Raises:
            ArdoiseError: a key cannot be read, or is open to others than its owner.
        """
        if not DOMAIN.fullmatch(domain):
            raise ValueError("a domain is a name")
        found = []
        for file in self.folder.glob(f"{domain}.*.key"):
            number = file.name.removeprefix(f"{domain}.").removesuffix(".key")
            if number.isdecimal():
                found.append(Key(int(number), _read(file)))
        return sorted(found, key=lambda key: key.version)

    def rotate(self, domain: str) -> Key:
        """A new key for a domain; the former ones stay, to read what they wrote."""
        return self._make(domain, self.current(domain).version + 1)

    def _make(self, domain: str, version: int) -> Key:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / f"{domain}.{version}.key"
        aside = self.folder / f".{file.name}.{os.getpid()}"
        aside.unlink(missing_ok=True)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as written:
                written.write(secrets.token_bytes(LENGTH))
                written.flush()
                os.fsync(written.fileno())
            with suppress(FileExistsError):
                os.link(aside, file)  # never over another process's key
        finally:
            aside.unlink(missing_ok=True)
        fsync_folder(self.folder)
        return Key(version, _read(file))


def _read(file: Path) -> bytes:
    if file.stat().st_mode & 0o077:
        raise ArdoiseError(
            f"La clé « {file} » peut être lue par d’autres que son propriétaire : elle n’est pas "
            "employée, et rien n’a été écrit. Vérifiez qui a pu la lire, retirez ces droits "
            f"(chmod 600 {file.name}), puis relancez."
        )
    value = file.read_bytes()
    if len(value) != LENGTH:
        raise ArdoiseError(
            f"La clé « {file} » est abîmée ({len(value)} octets au lieu de {LENGTH}). Rien n’a été "
            "écrit. Remettez-la depuis sa copie de sauvegarde, puis relancez."
        )
    return value
