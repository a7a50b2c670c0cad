"""Faults E12 to E14: Dagster's web server as we start it, asked by those who must not be answered.

The server is the real one, in a process of its own, on the definitions of a small territory.
"""

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipelines.guard import Guard, refusal
from resources.settings import REPOSITORY, interface_hosts
from tests.scenario import Scenario

MUTATION = "mutation { setNuxSeen }"
JSON = {"Content-Type": "application/json"}


@contextmanager
def interface(folder, *words: str) -> Iterator[int]:
    """The web server, started with these words; its port, once it answers."""
    scenario = Scenario(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "ARDOISE_HOME": str(scenario.home.path),
        "ARDOISE_TERRITORY": str(scenario.folder),
        "PYTHONPATH": str(REPOSITORY),
        "DAGSTER_HOME": str(scenario.home.dagster),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }
    make = "from assets.platform import Platform; from pipelines.instance import prepare; "
    make += "prepare(Platform().home)"
    subprocess.run([sys.executable, "-c", make], env=environment, check=True)
    options = ["-w", str(REPOSITORY / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        [sys.executable, "-m", "pipelines.webserver", *words, *options],
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline and server.poll() is None:
            try:
                if ask(port, "GET", "/server_info")[0] == 200:
                    break
            except OSError:
                time.sleep(0.5)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with interface(tmp_path_factory.mktemp("interface")) as port:
        yield port


def ask(port, method, path, body=None, headers=None, host=None):
    """The status, the headers and the body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.putrequest(method, path, skip_host=True)
        connection.putheader("Host", host or f"127.0.0.1:{port}")
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        content = (body or "").encode()
        if content:
            connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content or None)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def asked(query: str) -> str:
    return json.dumps({"query": query})


@pytest.mark.slow
def test_the_interface_still_answers_its_own_page(port):
    status, headers, body = ask(port, "GET", "/")
    assert status == 200
    assert b"<html" in body
    assert headers["x-frame-options"] == "DENY"
    status, _, body = ask(port, "POST", "/graphql", asked("{ version }"), JSON)
    assert (status, set(json.loads(body))) == (200, {"data"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "headers", "host"),
    [
        ("GET", "/graphql?query=mutation%7BsetNuxSeen%7D", {}, None),
        ("POST", "/graphql", {"Content-Type": "application/graphql"}, None),
        ("POST", "/graphql", {"Content-Type": "text/plain"}, None),
        ("POST", "/graphql", {"Content-Type": "application/x-www-form-urlencoded"}, None),
        ("POST", "/graphql", {**JSON, "Origin": "https://ailleurs.example"}, None),
        ("POST", "/graphql", {**JSON, "Origin": "null"}, None),
        ("POST", "/graphql", {**JSON, "Sec-Fetch-Site": "cross-site"}, None),
        ("POST", "/graphql", JSON, "ailleurs.example"),
        ("GET", "/", {}, "ailleurs.example"),
        ("POST", "/graphql/", {"Content-Type": "text/plain"}, None),
    ],
)
def test_e12_a_mutation_asked_otherwise_than_by_the_page_itself_is_stopped(
    port, method, path, headers, host
):
    body = None if method == "GET" else asked(MUTATION)
    assert ask(port, method, path, body, headers, host)[0] in (403, 405, 421)


@pytest.mark.slow
def test_e12_a_websocket_opened_by_another_page_is_stopped(port):
    words = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "graphql-ws",
    }
    assert ask(port, "GET", "/graphql", None, words)[0] == 403
    foreign = {**words, "Origin": "https://ailleurs.example"}
    assert ask(port, "GET", "/graphql", None, foreign)[0] == 403
    own = {**words, "Origin": f"http://127.0.0.1:{port}"}
    assert ask(port, "GET", "/graphql", None, own)[0] == 101


@pytest.mark.slow
def test_e12_the_server_that_ardoise_dev_starts_is_behind_the_same_door(tmp_path):
    with interface(tmp_path, "dev") as port:
        assert ask(port, "GET", "/")[0] == 200
        assert ask(port, "GET", "/", host="ailleurs.example")[0] == 421
        assert ask(port, "GET", "/graphql?query=mutation%7BsetNuxSeen%7D")[0] == 405


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["check", "materialization", "observation"])
def test_e13_nobody_reports_a_check_or_a_table_from_outside(port, kind):
    body = json.dumps({"passed": True, "check_name": "validite"})
    assert ask(port, "POST", f"/report_asset_{kind}/sources/arbres", body, JSON)[0] == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/logs/%2e%2e/%2e%2e/etc/passwd",
        "/logs/../../etc/passwd",
        "/notebook?path=/etc/passwd",
        "/dagit/notebook?path=/etc/passwd",
        "/download_debug/1",
        "/%6cogs/x",
        "/..%2f..%2fetc/passwd",
        "/a%5c..%5cb",
    ],
)
def test_e14_no_file_of_the_machine_is_given(port, path):
    status, _, body = ask(port, "GET", path)
    assert status == 404
    assert b"root:" not in body


def test_only_the_names_that_were_declared_are_answered():
    hosts = interface_hosts({"ARDOISE_INTERFACE_HOSTS": "Donnees.example.org, "})
    assert hosts == {"127.0.0.1", "localhost", "donnees.example.org"}
    assert refusal(scope(host="donnees.example.org"), hosts) is None
    assert refusal(scope(host="DONNEES.example.org:443"), hosts) is None
    assert refusal(scope(host="donnees.example.org.ailleurs.example"), hosts)
    assert refusal(scope(host="donnees.example.org, 127.0.0.1"), hosts)
    assert refusal(scope(), hosts)


@pytest.mark.slow
def test_a_refusal_is_told_in_french_and_the_application_never_hears_of_it():
    sent = []

    async def application(scope, receive, send):
        raise AssertionError("asked")

    async def send(message):
        sent.append(message)

    guard = Guard(application, {"localhost"})
    asyncio.run(guard(scope(host="ailleurs.example"), None, send))
    assert sent[0]["status"] == 421
    assert "la plateforme" in sent[1]["body"].decode()


def scope(**headers):
    listed = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "GET", "path": "/", "headers": listed}
