"""Runs in processes of their own, which die where they are told to: SIGKILL, no last word.

Each is forked from a server that has imported the heavy libraries once. Where to die is a function
of the product: its code is replaced in the child, so that whoever calls it, dies. Nothing of this
is in the product.
"""

import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

from tests.scenario import Scenario

HEAVY = (
    "dagster",
    "great_expectations",
    "codecarbon",
    "jinja2",
    "pipelines.assembly",
    "pipelines.instance",
    "pipelines.run",
    "checks.quality.validation",
    "assets.dashboards.pages",
    "tests.scenario",
)
KILLED = -signal.SIGKILL


def context() -> ForkServerContext:
    """Processes that start with everything imported."""
    chosen = multiprocessing.get_context("forkserver")
    chosen.set_forkserver_preload(list(HEAVY))
    return chosen


def run_apart(folder: Path, prepare: Callable[..., None] | None = None, *words: object) -> int:
    """A whole run in another process, after `prepare(*words)` there; its exit code."""
    process = context().Process(target=_run, args=(folder, prepare, words))
    process.start()
    process.join(120)
    assert process.exitcode is not None, "the run never ended"
    code = process.exitcode
    process.close()
    return code


def run_and_kill(folder: Path, after_s: float) -> int:
    """A whole run in another process, killed from outside at a moment unless it ended before."""
    process = context().Process(target=_run, args=(folder, None, ()))
    process.start()
    process.join(after_s)
    process.kill()
    process.join(60)
    code = process.exitcode
    assert code is not None
    process.close()
    return code


def dies_in(target: str) -> None:
    """From now on, a call of a function, `module:name.of.it`, kills this process.

    Where the module only borrows the function, only its own calls kill.
    """
    module, path = target.split(":")
    owner, found = None, importlib.import_module(module)
    for name in path.split("."):
        owner, found = found, getattr(found, name)
    found = getattr(found, "__wrapped__", found)
    if found.__module__ == module:
        found.__code__ = _die.__code__
    else:
        setattr(owner, name, _die)


def _die(*_: object, **__: object) -> None:
    import os
    import signal  # here: this code runs in the place of a function of another module

    os.kill(os.getpid(), signal.SIGKILL)


def _run(folder: Path, prepare: Callable[..., None] | None, words: tuple) -> None:
    from pipelines.run import run

    log = os.open(folder / "run.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    scenario = Scenario(folder, write=False)
    if prepare is not None:
        prepare(*words)
    os._exit(0 if run(scenario.platform()).complete else 1)
