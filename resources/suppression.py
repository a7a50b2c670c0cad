"""The list of erased persons: keyed hashes, so that nobody erased is taken in again.

It says which processing, which columns, and a HMAC-SHA256 whose key is not in the data folder: who
has the list alone can test no name against it. What is hashed is decided in `checks.identity`.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from resources.errors import ArdoiseError
from resources.files import write_whole
from resources.keys import Keys

DOMAIN = "effacement"


@dataclass(frozen=True)
class Suppression:
    """One description of an erased person. `erasure` is the identity of its certificate."""

    at: str
    erasure: str
    register: str
    columns: tuple[str, ...]
    key: int
    digest: str


class Suppressions:
    """The list of one data folder."""

    def __init__(self, path: Path, keys: Keys) -> None:
        self.path = path
        self.keys = keys
        self._asked: Sequence[Suppression] | None = None

    def of(self, register: str) -> list[Suppression]:
        """The descriptions of a processing."""
        known = self.all() if self._asked is None else self._asked
        return [one for one in known if one.register == register]

    @contextmanager
    def only(self, asked: Sequence[Suppression]) -> Iterator[None]:
        """The time of a `with` during which these alone are looked for; nothing is written."""
        self._asked = asked
        try:
            yield
        finally:
            self._asked = None

    def all(self) -> list[Suppression]:
        """Every description.

        Raises:
            ArdoiseError: the list is lost or damaged. Nothing is taken in without it.
        """
        read = self.read()
        if read is None and self.keys.versions(DOMAIN):
            raise ArdoiseError(
                f"La liste des personnes effacées « {self.path} » a disparu, alors que sa clé est "
                "là. Rien n’a été reçu ni écrit : une personne effacée reviendrait. Remettez-la "
                "depuis une sauvegarde récente."
            )
        return read or []

    def read(self) -> list[Suppression] | None:
        """What is written; None where there is no list.

        Raises:
            ArdoiseError: the list is damaged.
        """
        if not self.path.is_file():
            return None
        try:
            lines = [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]
            return [Suppression(**{**one, "columns": tuple(one["columns"])}) for one in lines]
        except (ValueError, TypeError, KeyError):
            raise ArdoiseError(
                f"La liste des personnes effacées « {self.path} » est abîmée. Rien n’a été reçu ni "
                "écrit : une personne effacée reviendrait. Remettez-la depuis une sauvegarde."
            ) from None

    def add(self, new: Iterable[Suppression]) -> None:
        """Add descriptions that are not there yet; readers see the whole list or the former one."""
        kept = self.read() or []
        known = {(one.register, one.columns, one.digest) for one in kept}
        kept += [one for one in new if (one.register, one.columns, one.digest) not in known]
        lines = [json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in kept]
        write_whole(self.path, "".join(lines).encode())

    def key(self, version: int | None = None) -> tuple[int, bytes]:
        """A version of the key, the one in use when none is asked for.

        Raises:
            ArdoiseError: the list was made with a key that is no longer there.
        """
        if version is None:
            if not self.path.is_file() and not self.keys.versions(DOMAIN):
                write_whole(self.path, b"")  # from now on, that it is not there is a fault
            current = self.keys.current(DOMAIN)
            return current.version, current.value
        for known in self.keys.versions(DOMAIN):
            if known.version == version:
                return version, known.value
        raise ArdoiseError(
            f"La clé n° {version} de la liste des personnes effacées manque au dossier "
            f"« {self.keys.folder} ». Rien n’a été reçu ni écrit : une personne effacée "
            "reviendrait. Remettez ce dossier depuis sa sauvegarde."
        )


def keyed(key: bytes, message: bytes) -> str:
    """The keyed hash of a message, in hexadecimal."""
    return hmac.digest(key, message, hashlib.sha256).hex()
