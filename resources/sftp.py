"""SFTP. Nothing else knows paramiko.

The server is known by its key before anything is said to it, the account by a password or a private
key; no agent, no `~/.ssh`, no configuration of the machine is looked at. Only reading is offered.
"""

import base64
import hashlib
import socket
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from resources.errors import SourceError

SILENCE_S = 30.0
AHEAD = 64  # requests under way at once, of 32 kB each
# One family after another until the server shows the key that is expected of it.
FAMILIES: Sequence[Sequence[str]] = (
    ("ssh-ed25519",),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    ("rsa-sha2-512", "rsa-sha2-256"),
)


@dataclass(frozen=True)
class Account:
    """Whom we are on which server. `key_file` is a private key, `passphrase` opens it."""

    host: str
    port: int
    user: str
    password: str | None = field(default=None, repr=False)
    key_file: Path | None = None
    passphrase: str | None = field(default=None, repr=False)

    @property
    def server(self) -> str:
        """How a sentence names it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class RemoteFile:
    """A regular file of a folder; `modified` in seconds since 1970 by the server's clock."""

    name: str
    bytes: int
    modified: float


class Session:
    """An open session."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def files(self, folder: str) -> Iterator[RemoteFile]:
        """The regular files of a folder; links are left out."""
        for found in self._client.listdir_attr(folder):
            if stat.S_ISREG(found.st_mode or 0):
                yield RemoteFile(found.filename, found.st_size or 0, float(found.st_mtime or 0))

    @contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """A file, its next bytes asked for ahead of time."""
        with self._client.open(path, "rb") as file:
            file.prefetch(file.stat().st_size or 0, AHEAD)
            yield file


@contextmanager
def connected(
    account: Account, pinned: str | None, known_hosts: Path, deadline_s: float
) -> Iterator[Session]:
    """A session with the server whose key is `pinned` (`SHA256:…`) or stands in `known_hosts`.

    Raises:
        SourceError: `CLE_HOTE` (unknown, or another one), `CLE_ILLISIBLE` (our own),
            `ACCES_REFUSE`, `ABSENTE`, `SOURCE_INDISPONIBLE`.
    """
    import paramiko  # 0.2 CPU-s: paid by those who ask an SFTP server

    silence_s = min(SILENCE_S, deadline_s)
    transport = None
    try:
        transport = _recognised(account, pinned, known_hosts, silence_s)
        _authenticate(transport, account)
        client = paramiko.SFTPClient.from_transport(transport)
        client.get_channel().settimeout(silence_s)
        yield Session(client)
    except FileNotFoundError:
        raise SourceError(
            "ABSENTE", f"le dossier ou le fichier n’existe pas sur {account.server}"
        ) from None
    except PermissionError:
        raise SourceError(
            "ACCES_REFUSE",
            f"le compte « {account.user} » ne peut pas lire ce dossier sur {account.server}",
        ) from None
    except TimeoutError:
        raise SourceError(
            "SOURCE_INDISPONIBLE", f"le serveur {account.server} ne répond plus"
        ) from None
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise SourceError(
            "SOURCE_INDISPONIBLE",
            f"le serveur {account.server} ne répond pas ({type(error).__name__})",
        ) from None
    finally:
        if transport is not None:
            transport.close()


def _recognised(account: Account, pinned: str | None, known_hosts: Path, silence_s: float) -> Any:
    """A transport to the server, which has proved that it holds the key we expect."""
    import paramiko

    expected = {pinned} if pinned else _known(account, known_hosts)
    shown = []
    for family in FAMILIES:
        link = socket.create_connection((account.host, account.port), timeout=silence_s)
        transport = paramiko.Transport(link)
        transport.get_security_options().key_types = family
        transport.banner_timeout = transport.auth_timeout = silence_s
        try:
            transport.start_client(timeout=silence_s)
            found = fingerprint(transport.get_remote_server_key().asbytes())
        except paramiko.ssh_exception.IncompatiblePeer:
            transport.close()
            continue  # the server has no key of this family
        except BaseException:
            transport.close()
            raise
        if found in expected:
            return transport
        shown.append(found)
        transport.close()
    raise _stranger(account, shown, known=bool(expected))


def _known(account: Account, known_hosts: Path) -> set[str]:
    """The fingerprints that `known_hosts` gives to the server."""
    import paramiko

    if not known_hosts.is_file():
        return set()
    name = account.host if account.port == 22 else f"[{account.host}]:{account.port}"
    found = paramiko.HostKeys(str(known_hosts)).lookup(name) or {}
    return {fingerprint(key.asbytes()) for key in found.values()}


def _stranger(account: Account, shown: Sequence[str], *, known: bool) -> SourceError:
    told = ", ".join(shown) or "aucune clé d’un type sûr"
    if known:
        return SourceError(
            "CLE_HOTE",
            f"le serveur {account.server} montre une autre clé que celle qui est attendue "
            f"({told}). Quelqu’un peut se faire passer pour lui : rien n’a été envoyé. Demandez à "
            "son administrateur si la clé a changé avant de corriger « host_key »",
        )
    return SourceError(
        "CLE_HOTE",
        f"le serveur {account.server} n’est pas connu ; il montre {told}. Faites confirmer cette "
        "empreinte par son administrateur, puis écrivez-la dans l’adresse (« host_key=SHA256:… ») "
        "ou mettez sa clé dans le fichier « known_hosts » du dossier de données",
    )


def _authenticate(transport: Any, account: Account) -> None:
    """Present the account.

    Raises:
        SourceError: `ACCES_REFUSE`, or `CLE_ILLISIBLE` for our own key.
    """
    import paramiko

    try:
        if account.key_file is not None:
            transport.auth_publickey(account.user, _private_key(account))
        else:
            transport.auth_password(account.user, account.password or "")
    except paramiko.AuthenticationException:
        raise SourceError(
            "ACCES_REFUSE",
            f"le serveur {account.server} refuse le compte « {account.user} » : mot de passe ou "
            "clé à vérifier",
        ) from None


def _private_key(account: Account) -> Any:
    import paramiko

    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with suppress(paramiko.SSHException, OSError, ValueError, TypeError):
            return kind.from_private_key_file(str(account.key_file), account.passphrase)
    raise SourceError(
        "CLE_ILLISIBLE",
        f"la clé privée « {account.key_file} » est absente, illisible ou protégée par une phrase "
        "que la variable donnée n’ouvre pas",
    )


def fingerprint(key: bytes) -> str:
    """A public key's fingerprint, as `ssh-keygen -l` shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
