"""Dagster's own home, inside the data folder: history kept from one start to the next."""

import os
import shutil
from pathlib import Path

from resources.settings import REPOSITORY, Home


def prepare(home: Home) -> Path:
    """Make Dagster's folder with our settings, and point this process to it."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        shutil.copyfile(REPOSITORY / "deploy" / "dagster.yaml", settings)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    # Any value stops the upload; the setting above also stops the web page's own script.
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    return home.dagster
