"""Dagster's web server behind our guard: `python -m pipelines.webserver`, `… dev` with its daemon.

Only the door is ours: options, pages and answers are Dagster's. It makes its application in one
function and starts its web server by one command, which are replaced here (1.13.27; the tests of
faults E12 to E14 fail if a later version does otherwise).
"""

import sys
from collections.abc import Sequence
from typing import Any

from pipelines.guard import Guard
from resources.settings import interface_hosts

OURS, THEIRS = "pipelines.webserver", "dagster_webserver"


def serve() -> None:
    """The web server alone, with the options of `dagster-webserver`."""
    from dagster_webserver import cli

    words = vars(cli)
    make = words["create_app_from_workspace_process_context"]

    def guarded(*args: Any, **kwargs: Any) -> Guard:
        return Guard(make(*args, **kwargs), interface_hosts())

    words["create_app_from_workspace_process_context"] = guarded
    cli.cli(auto_envvar_prefix="DAGSTER_WEBSERVER")


def develop() -> None:
    """The web server, the daemon and the code together, with the options of `dagster dev`."""
    from dagster._cli import dev

    words = vars(dev)
    start = words["open_ipc_subprocess"]

    def guarded(parts: Sequence[str], **kwargs: Any) -> Any:
        return start([OURS if part == THEIRS else part for part in parts], **kwargs)

    words["open_ipc_subprocess"] = guarded
    dev.dev_command()


if __name__ == "__main__":
    if sys.argv[1:2] == ["dev"]:
        del sys.argv[1]
        develop()
    else:
        serve()
