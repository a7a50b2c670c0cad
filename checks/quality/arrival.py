"""The import of Great Expectations: late, quiet, and without what a gate never uses.

Nothing else is here: what is done with it starts in `validation`.
"""

import gc
import importlib
import importlib.util
import logging
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# Imported by Great Expectations for statistical tests and charts that no gate asks for: without
# them its import takes 3.1 CPU-seconds instead of 4.3 (2 cores, 2026-11).
_SELDOM_USED = ("scipy.stats", "altair")


def validation() -> ModuleType:
    """`checks.quality.validation`, and Great Expectations with it the first time."""
    return _imported("checks.quality.validation")


def in_pandas() -> ModuleType:
    """`checks.quality.in_pandas`, and Great Expectations with it the first time."""
    return _imported("checks.quality.in_pandas")


def _imported(name: str) -> ModuleType:
    collecting = gc.isenabled()
    # Thousands of classes are made, none is freed: collecting meanwhile costs a tenth of the time.
    gc.disable()
    try:
        # Its dependencies warn about their own future (`sre_constants`): nothing a contract can
        # mend, and warnings are errors in our tests.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shown = warnings.showwarning
            with _put_off(_SELDOM_USED):
                module = importlib.import_module(name)
            if warnings.showwarning is not shown:
                # It sends all the warnings of the process to its logs: they are not its own.
                logging.captureWarnings(False)
    finally:
        if collecting:
            gc.enable()
    return module


@contextmanager
def _put_off(names: Sequence[str]) -> Iterator[None]:
    """Let what is imported inside hold stand-ins for these modules; elsewhere nothing changes."""
    stand_ins = [_StandIn(name) for name in names if name not in sys.modules]
    sys.modules.update({each.__name__: each for each in stand_ins})
    try:
        yield
    finally:
        for each in stand_ins:
            if sys.modules.get(each.__name__) is each:
                del sys.modules[each.__name__]


class _StandIn(ModuleType):
    """Becomes the module at its first use. Python 3.11's own `LazyLoader` does at its import."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        # The import system looks at it each time the name is imported.
        self.__spec__ = importlib.util.find_spec(name)

    def __getattr__(self, attribute: str) -> Any:
        name = self.__name__
        if sys.modules.get(name) is self:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)
