"""A real OpenSSH server on loopback, for whoever runs the tests, with a key of its own."""

import contextlib
import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SSHD = "/usr/sbin/sshd"  # asks for an absolute path, to start itself again


@dataclass
class Drop:
    """The server, its folder, and the key of an account it knows."""

    port: int
    folder: Path
    key: Path
    host_key: Path

    @property
    def fingerprint(self) -> str:
        told = subprocess.run(
            ["ssh-keygen", "-lf", f"{self.host_key}.pub"],
            check=True,
            capture_output=True,
            text=True,
        )
        return told.stdout.split()[1]

    def url(self, pattern: str, **words: str) -> str:
        said = "&".join(f"{word}={value}" for word, value in words.items())
        account = f"{getpass.getuser()}@127.0.0.1:{self.port}"
        return f"sftp://{account}/{self.folder}/{pattern}?{said}"


@contextlib.contextmanager
def sshd(folder: Path) -> Iterator[Drop]:
    """Start the server; its keys and configuration are in `folder`."""
    drop = Drop(free_port(), folder / "depot", folder / "compte", folder / "serveur")
    drop.folder.mkdir(parents=True)
    for key in (drop.key, drop.host_key):
        make_key(key)
    configuration = folder / "sshd_config"
    configuration.write_text(
        f"ListenAddress 127.0.0.1:{drop.port}\n"
        f"HostKey {drop.host_key}\n"
        f"AuthorizedKeysFile {drop.key}.pub\n"
        "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
        "Subsystem sftp internal-sftp\nForceCommand internal-sftp\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [SSHD, "-D", "-e", "-f", str(configuration)], stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(drop.port, process)
        yield drop
    finally:
        process.terminate()
        process.communicate(timeout=10)


def make_key(path: Path, passphrase: str = "") -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path)], check=True
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    """Until the server listens; its own words if it stopped."""
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(process.stderr.read() if process.stderr else "stopped")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server never listened")
