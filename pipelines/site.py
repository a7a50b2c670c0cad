"""`ardoise site serve`: the pages on this machine, as they are, for one's own eyes."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from resources.errors import ArdoiseError


class _Quiet(SimpleHTTPRequestHandler):
    """Files of one folder; nothing is logged, for nothing is worth keeping of a reader."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """What a real server should send with these pages too."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the pages on the loopback address.

    Raises:
        ArdoiseError: nothing is published yet.
        OSError: the port is taken.
    """
    if not (folder / "index.html").is_file():
        raise ArdoiseError("Les pages n’existent pas encore. Lancez « ardoise run » d’abord.")
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
