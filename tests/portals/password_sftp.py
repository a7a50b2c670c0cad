"""An SFTP server that asks for a password, which OpenSSH cannot check without an account of the
machine: paramiko's own server, on a folder.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paramiko


class _Door(paramiko.ServerInterface):
    """One account, one password."""

    def __init__(self, password: str) -> None:
        self.password = password

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        known = username == "agent" and password == self.password
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Files(paramiko.SFTPServerInterface):
    """A folder, read-only."""

    folder: Path

    def list_folder(self, path: str):
        if not (self.folder / path.strip("/")).is_dir():
            return paramiko.SFTP_NO_SUCH_FILE
        return [
            paramiko.SFTPAttributes.from_stat(os.lstat(found), found.name)
            for found in (self.folder / path.strip("/")).iterdir()
        ]

    def open(self, path: str, flags: int, attr: object):
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = (self.folder / path.strip("/")).open("rb")
        handle.stat = lambda: paramiko.SFTPAttributes.from_stat(os.fstat(handle.readfile.fileno()))
        return handle


@contextmanager
def password_sftp(folder: Path, password: str) -> Iterator[tuple[int, paramiko.PKey]]:
    """The port of the server and its key, one thread per connection."""
    key = paramiko.ECDSAKey.generate()
    files = type("Files", (_Files,), {"folder": folder})
    listening = socket.create_server(("127.0.0.1", 0))
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                link, _ = listening.accept()
                transport = paramiko.Transport(link)
                transports.append(transport)
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=_Door(password))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], key
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)
        for transport in transports:
            transport.close()
