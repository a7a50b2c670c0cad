"""A whole run calls nobody: the interpreter itself reports every attempt, refused or not.

A hook of the interpreter (PEP 578) sees what a replaced `socket.connect` would miss: a library that
kept the function, or calls `_socket`. It does not see native code; the warehouse's own doors are
closed by `resources.layout`, and tested with it. Binding a local port to see whether IPv6 exists,
as urllib3 does when Dagster imports it, reaches nobody.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from resources.settings import REPOSITORY
from tests.scenario import Scenario

GUARDED = """
import json, sys

OUT = (
    "socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
    "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo", "urllib.Request",
    "http.client.connect", "ftplib.connect", "smtplib.connect",
)
seen, started = [], []

def guard(event, arguments):
    if event in OUT:
        seen.append(f"{event} {arguments[1:]!r}")
    elif event == "subprocess.Popen":
        started.append(str(arguments[0]).rsplit("/")[-1])

sys.addaudithook(guard)

import os
from pipelines.command import app

codes = []
for words in (["run"], ["run"], ["status"], ["sobriety"], ["purge", "--dry-run"], ["verify"]):
    try:
        app(words)
    except SystemExit as end:
        codes.append(end.code)

import socket
mute = len(seen)
try:
    socket.getaddrinfo("localhost", 9)
except OSError:
    pass
print(json.dumps({
    "codes": codes, "seen": seen[:mute], "control": len(seen) - mute, "started": started,
}))
"""


@pytest.mark.slow
def test_a_whole_run_and_its_commands_try_to_reach_nobody(tmp_path):
    scenario = Scenario(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", GUARDED],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "ARDOISE_HOME": str(scenario.home.path),
            "ARDOISE_TERRITORY": str(scenario.folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["codes"] == [0] * 6, done.stdout + done.stderr
    assert told["control"] == 1  # the hook does see an attempt
    assert told["seen"] == []
    # CodeCarbon looks at the processor; nothing else is started.
    assert set(told["started"]) <= {
        "lscpu", "uname", "file", "rocm-smi", "nvidia-smi", "python", "python3",
        Path(sys.executable).name,
    }  # fmt: skip
