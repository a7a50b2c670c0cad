"""A real PostgreSQL on loopback, with a certificate of its own making, for the time of a test."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.portals.sshd import free_port

PASSWORD = "mot de passe & ’%"


@dataclass
class Base:
    """The server; `ardoise` owns everything in it."""

    port: int
    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "serveur.crt"

    def execute(self, sql: str) -> str:
        """Run SQL as the owner of the base, and the first column of what it gives."""
        told = subprocess.run(
            ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql, "postgres"],
            env={
                **os.environ,
                "PGHOST": "127.0.0.1",
                "PGPORT": str(self.port),
                "PGUSER": "ardoise",
                "PGPASSWORD": PASSWORD,
            },
            check=True,
            capture_output=True,
            text=True,
        )
        return told.stdout.strip()

    def url(self, table: str = "", **words: str) -> str:
        said = {"password_from": "BASE_PASSWORD", "sslmode": "require", **words}
        query = "&".join(f"{word}={quote(value, safe='() *+')}" for word, value in said.items())
        return f"postgresql://ardoise@127.0.0.1:{self.port}/postgres{table and '/' + table}?{query}"


@contextlib.contextmanager
def postgres() -> Iterator[Base]:
    """Create a cluster and start it; PostgreSQL refuses root, so root hands it to `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="ardoise-postgres-"))
    other = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        base = Base(free_port(), folder)
        (folder / "mot").write_text(PASSWORD)
        _certify(folder)
        if other:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "nobody", "nogroup")
        initdb, server = (_program(name) for name in ("initdb", "pg_ctl"))
        data, environment = folder / "data", {**os.environ, "LC_ALL": "C.UTF-8"}
        run = {"check": True, "capture_output": True, "env": environment, "cwd": folder, **other}
        subprocess.run(
            [initdb, "-D", data, "-U", "ardoise", "-A", "scram-sha-256", "-E", "UTF8", "-N",
             f"--pwfile={folder / 'mot'}"],
            **run,
        )  # fmt: skip
        (data / "postgresql.auto.conf").write_text(
            f"listen_addresses = '127.0.0.1'\nport = {base.port}\nunix_socket_directories = ''\n"
            "fsync = off\nssl = on\n"
            f"ssl_cert_file = '{base.certificate}'\nssl_key_file = '{folder / 'serveur.key'}'\n"
        )
        # Its output in a file: the server keeps what it inherits open as long as it runs.
        subprocess.run(
            [server, "-D", data, "-l", folder / "journal", "-w", "start"],
            **(run | {"capture_output": False, "stdout": subprocess.DEVNULL}),
        )
        try:
            yield base
        finally:
            subprocess.run([server, "-D", data, "-m", "immediate", "stop"], **run)
    finally:
        shutil.rmtree(folder)


def _program(name: str) -> str:
    """Debian keeps PostgreSQL's programs out of the path, a folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or str(found[-1])


def _certify(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "serveur.key", "-out", folder / "serveur.crt"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    (folder / "serveur.key").chmod(0o600)
