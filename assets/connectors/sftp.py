"""An SFTP drop, where an application or a provider leaves its files.

    url: sftp://ardoise@depot.example.org:22/exports/agents_*.csv?password_from=DEPOT_PASSWORD&host_key=SHA256:…
    url: sftp://ardoise@depot.example.org/exports/agents_*.csv?key_from=DEPOT_KEY_FILE

The path starts at the account's own folder; `//` after the server starts at the root. The password,
or the path of the private key, comes from the named environment variable. The server must show the
key of `host_key=`, or one that the `known_hosts` of the data folder gives it. Which file is taken,
and when, is told in `assets.asking.deposit`; files are left where they are.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from assets.asking import deposit
from assets.asking.address import Address, parsed, server, server_fault, words_fault
from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.landing import Answer
from resources.secrets import secret
from resources.sftp import Account, Session, connected

SECRETS = ("password_from", "key_from", "passphrase_from")
WORDS = (*deposit.WORDS, *SECRETS, "host_key")
EXAMPLE = "sftp://compte@serveur/dossier/fichier_*.csv?password_from=VARIABLE"


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A server, an account, one secret by its variable, a file name or a pattern."""
    address = parsed(location)
    if found := server_fault(address, EXAMPLE) or words_fault(address, WORDS, secrets=SECRETS):
        return found
    words = address.words
    if ("password_from" in words) == ("key_from" in words):
        return "il faut « password_from= » ou « key_from= », et un seul des deux"
    if not words.get("host_key", "SHA256:").startswith("SHA256:"):
        return "« host_key » attend une empreinte « SHA256:… », comme la montre ssh-keygen -l"
    return deposit.choice_fault(_path(address).name, words)


def asks(request: Request) -> list[str]:
    """The files that would be looked for."""
    return [f"sftp:{parsed(request.location).place}"]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Copy what was dropped, when it changed.

    Raises:
        SourceError: what `deposit.collect`, `sftp.connected` and `secret` raise.
    """
    address = parsed(request.location)
    there, words, path = server(address, 22), address.words, _path(address)
    key = secret(words["key_from"]) if "key_from" in words else None
    account = Account(
        there.host,
        there.port,
        there.user,
        password=secret(words["password_from"]) if "password_from" in words else None,
        key_file=Path(key) if key else None,
        passphrase=secret(words["passphrase_from"]) if "passphrase_from" in words else None,
    )
    known_hosts = request.settings.home.path / "known_hosts"
    deadline_s = request.contract.transport.deadline_s
    with connected(account, words.get("host_key"), known_hosts, deadline_s) as session:
        return deposit.collect(
            _Drop(session, path.parent),
            deposit.Choice.of(path.name, words),
            request.contract,
            destination,
            tag,
            origin=f"sftp://{there.host}/{path.parent}",
        )


def _path(address: Address) -> PurePosixPath:
    return PurePosixPath(server(address, 22).path)


class _Drop:
    """A folder of the server."""

    def __init__(self, session: Session, folder: PurePosixPath) -> None:
        self.session = session
        self.folder = folder

    def look(self) -> Iterator[deposit.Deposited]:
        for file in self.session.files(str(self.folder)):
            yield deposit.Deposited(file.name, file.bytes, file.modified)

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        return self.session.open(str(self.folder / name))
