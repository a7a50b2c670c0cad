"""Retention of what is no table: logs, Dagster's history, warehouses set aside, former backups.

Logs are kept a year, between the six and twelve months that the CNIL recommends (délibération
2021-122); a warehouse set aside or a backup, a month: what they hold has its own time, and is in
the warehouse. The journal is no log: it is the proof of what was decided, and holds no value.
"""

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.backup import SUFFIX
from assets.platform import Platform
from assets.rights.erasure import set_aside
from resources.files import write_whole

LOGS = dt.timedelta(days=365)
COPIES = dt.timedelta(days=31)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Swept:
    """What was past its time out of tables: lines of logs, runs, copies."""

    log_lines: int = 0
    runs: int = 0
    set_aside: int = 0
    backups: int = 0

    @property
    def anything(self) -> bool:
        """Whether something was."""
        return bool(self.log_lines or self.runs or self.set_aside or self.backups)


def sweep(platform: Platform, *, copies: dt.timedelta = COPIES, dry_run: bool = False) -> Swept:
    """Remove what is past its time; `copies` is how long a copy of the tables may stay.

    The last backup stays, whatever its age: a folder that is no longer backed up is a fault, not
    something old.
    """
    today = platform.settings.today or dt.datetime.now(dt.UTC).date()
    lines = sum(_old_lines(path, today - LOGS, dry_run=dry_run) for path in _logs(platform))
    old = [path for path in set_aside(platform) if _since(path) < today - copies]
    backups = [
        path
        for path in sorted(platform.home.backups.glob(f"*{SUFFIX}"))[:-1]
        if _since(path) < today - copies
    ]
    if not dry_run:
        for folder in old:
            shutil.rmtree(folder)
        for path in backups:
            path.unlink()
    return Swept(lines, _old_runs(platform, today, dry_run=dry_run), len(old), len(backups))


def _logs(platform: Platform) -> Iterator[Path]:
    yield from sorted(path for path in platform.home.logs.rglob("*") if path.is_file())


def _since(path: Path) -> dt.date:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC).date()


def _old_lines(path: Path, limit: dt.date, *, dry_run: bool) -> int:
    """How many lines are older than a day; a line without a day is of the day of the one before."""
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        lines = file.readlines()
    kept, day = list[str](), limit.isoformat()
    for line in lines:
        found = DAY.search(line[:40])
        day = found.group() if found else day
        if day >= limit.isoformat():
            kept.append(line)
    if len(kept) < len(lines) and not dry_run:
        write_whole(path, "".join(kept).encode("utf-8", "surrogateescape"))
    return len(lines) - len(kept)


def _old_runs(platform: Platform, today: dt.date, *, dry_run: bool) -> int:
    if not (platform.home.dagster / "ardoise-prepared").is_file():
        return 0
    import dagster as dg

    from pipelines.forgetting import forget_old_runs
    from pipelines.instance import prepare

    now = dt.datetime.combine(today, dt.time(23, 59), dt.UTC)
    days = platform.settings.history_days
    with dg.DagsterInstance.from_config(str(prepare(platform.home))) as instance:
        return forget_old_runs(instance, platform.home, now, days=days, dry_run=dry_run)
