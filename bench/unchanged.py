"""What a source that did not change costs, in CPU-milliseconds: medians of nine.

The server is another process, so that its work is not counted. `304`: the server has validators;
`mêmes octets`: it has none, and the file comes again. Importing httpx and reading the certificate
authorities are paid once in a process, and counted apart.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
ROUNDS = 9
SERVER = """
import sys
from pathlib import Path
from tests.scenario import GOOD
from tests.server import Server, self_signed, validated, whole
folder, times = sys.argv[1:]
body = GOOD.encode() * int(times)
with Server(certificate=self_signed(Path(folder)) if folder else None) as server:
    server.on("/validated.csv", validated(body))
    server.on("/whole.csv", whole(body))
    print(server.port, flush=True)
    sys.stdin.read()
"""


def milliseconds(work) -> float:
    """CPU spent by this process."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def once(encrypted: bool, name: str, times: int) -> tuple[float, float]:
    """Megabytes of the file, and the median cost of finding that it did not change."""
    from assets.reception import receive
    from resources.settings import Outside
    from tests.test_faults_b import Distant

    with tempfile.TemporaryDirectory() as folder:
        place = folder if encrypted else ""
        arguments = [sys.executable, "-c", SERVER, place, str(times)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(arguments, cwd=REPOSITORY, text=True, **pipes) as server:
            port = int(server.stdout.readline())
            distant = Distant(Path(folder))
            trusted = Path(folder) / "certificate.pem" if encrypted else None
            inside = frozenset({("127.0.0.1", port)})
            distant.outside = Outside(internal=inside, authorities=trusted)
            scheme = "https" if encrypted else "http"
            distant.reads(f"{scheme}://127.0.0.1:{port}/{name}.csv")
            spent = []
            for _ in range(ROUNDS + 1):
                platform = distant.platform()
                table = platform.catalogue.named("arbres")
                spent.append(milliseconds(lambda: receive(platform, table)))  # noqa: B023
            size = platform.landing.last("arbres").bytes / 1e6
            server.stdin.close()
    return size, statistics.median(spent[1:])


def main() -> None:
    """Print one line by situation."""
    from importlib import import_module

    print(f"import de httpx {milliseconds(lambda: import_module('httpx')):.0f} ms")
    web = import_module("resources.web")
    print(f"autorités de certification {milliseconds(lambda: web._trusting(None)):.0f} ms")
    for encrypted, times, name in product((False, True), (1, 200_000), ("validated", "whole")):
        size, spent = once(encrypted, name, times)
        how = "304" if name == "validated" else "mêmes octets"
        print(f"{'https' if encrypted else 'http':5}  {how:12}  {size:6.1f} Mo  {spent:6.1f} ms")


if __name__ == "__main__":
    main()
