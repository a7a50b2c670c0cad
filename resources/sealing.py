"""Files sealed with a key: encrypted and authenticated piece by piece, so that any size passes.

AES-256-GCM (`cryptography`) in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, 2015):
each piece is bound to its rank and to whether it is the last, so that none can be removed, moved or
cut off. Each file has a key of its own, derived from the platform's (HKDF-SHA256, RFC 5869).
"""

import os
import struct
from io import RawIOBase
from typing import IO, TYPE_CHECKING

from resources.errors import ArdoiseError
from resources.keys import Keys

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"ARDOISE1"
SALT, PIECE, TAG = 32, 1 << 20, 16
HEADER = struct.Struct(f">8sI{SALT}s")  # what it is, the version of the key, the salt
LAST = 1


class Sealer(RawIOBase):
    """A file to write in clear, of which only sealed pieces reach the disk."""

    def __init__(self, file: IO[bytes], keys: Keys, domain: str) -> None:
        key, salt = keys.current(domain), os.urandom(SALT)
        self._file = file
        self._header = HEADER.pack(MAGIC, key.version, salt)
        self._cipher = _cipher(key.value, salt, domain)
        self._clear = bytearray()
        self._rank = 0
        file.write(self._header)

    def writable(self) -> bool:
        """It is only written."""
        return True

    def write(self, data: "ReadableBuffer") -> int:
        """Take some bytes; whole pieces are sealed as soon as something follows them."""
        view = memoryview(data)
        self._clear += view
        while len(self._clear) > PIECE:
            self._seal(bytes(self._clear[:PIECE]), last=False)
            del self._clear[:PIECE]
        return view.nbytes

    def finish(self) -> None:
        """Seal what is left, as the end."""
        self._seal(bytes(self._clear), last=True)
        self._clear.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._rank, last=last)
        self._file.write(self._cipher.encrypt(nonce, piece, self._header))
        self._rank += 1


class Unsealer(RawIOBase):
    """A sealed file read in clear; nothing is given of a piece that was altered.

    Raises:
        ArdoiseError: the file is not a sealed one, was altered or cut, or its key is missing.
    """

    def __init__(self, file: IO[bytes], keys: Keys, domain: str) -> None:
        self._file = file
        self._header = file.read(HEADER.size)
        if len(self._header) < HEADER.size or not self._header.startswith(MAGIC):
            raise ArdoiseError(
                "Ce fichier n’est pas une sauvegarde d’Ardoise. Rien n’a été changé."
            )
        _, version, salt = HEADER.unpack(self._header)
        key = next((one for one in keys.versions(domain) if one.version == version), None)
        if key is None:
            raise ArdoiseError(
                f"La clé n° {version} de cette sauvegarde manque au dossier « {keys.folder} ». "
                "Rien n’a été changé. Remettez ce dossier depuis sa propre sauvegarde."
            )
        self._cipher = _cipher(key.value, salt, domain)
        self._next = file.read(PIECE + TAG)
        self._clear = b""
        self._rank = 0
        self._ended = False

    def readable(self) -> bool:
        """It is only read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Give some bytes in clear, none at the end."""
        view = memoryview(buffer).cast("B")
        if not self._clear and not self._ended:
            self._clear = self._open()
        given = self._clear[: len(view)]
        view[: len(given)] = given
        self._clear = self._clear[len(given) :]
        return len(given)

    def _open(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        sealed, self._next = self._next, self._file.read(PIECE + TAG)
        self._ended = not self._next
        try:
            nonce = _nonce(self._rank, last=self._ended)
            clear = self._cipher.decrypt(nonce, sealed, self._header)
        except (InvalidTag, ValueError):
            raise ArdoiseError(
                "Cette sauvegarde a été altérée ou coupée : rien n’en a été repris. Prenez-en une "
                "autre copie."
            ) from None
        self._rank += 1
        return clear


def _cipher(key: bytes, salt: bytes, domain: str) -> "AESGCM":
    # 0.1 CPU-s to import: paid only by who seals.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA256(), 32, salt, f"ardoise {domain}".encode()).derive(key)
    return AESGCM(derived)


def _nonce(rank: int, *, last: bool) -> bytes:
    """The rank of a piece and whether it is the last: never twice under the key of a file."""
    return struct.pack(">7xIB", rank, LAST if last else 0)
