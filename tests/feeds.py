"""A GTFS feed judged table by table, as the builder would in their order.

A table that would be refused is judged all the same, so that every fault of a feed is seen.
"""

import datetime as dt
import io
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from assets.catalogue import FEEDS
from assets.decoding.stage import stage_source
from assets.gate import verdicts_on
from checks.contract import Contract
from checks.feeds import read_feed
from resources.errors import SourceError
from tests.decoded import scratch

FEED = """\
title: Réseau
description: Un réseau.
publisher: Un exploitant
license: odbl-1.0
theme: aménagement
url: file:../reseau.zip
format: gtfs
tables: [frequencies, transfers, fare_attributes, fare_rules, levels, pathways]
cadence: hebdomadaire
access: open
retention: {keep: 2 years, reason: essai}
budget: {stored_mb: 60, cpu_s: 60}
"""
ORDER = (
    *("agency", "stops", "routes", "calendar", "calendar_dates", "shapes", "trips", "stop_times"),
    *("frequencies", "transfers", "fare_attributes", "fare_rules", "levels", "pathways"),
    "feed_info",
)
READ = ("calendar", "calendar_dates", "shapes")  # by the rules of others, even when empty
BOX = '{"type":"Polygon","coordinates":[[[55.2,-21.4],[55.9,-20.8]]]}'


@dataclass
class Judged:
    """What was found: rows by table, set aside ones by `table.column:REASON`, failed rules."""

    rows: dict[str, int] = field(default_factory=dict)
    aside: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    warned: dict[str, str] = field(default_factory=dict)


@cache
def contracts() -> Mapping[str, Contract]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reseau.yaml"
        path.write_text(FEED, encoding="utf-8")
        return dict(read_feed(path, FEEDS, {}))


def zipped(folder: Path) -> bytes:
    """The files of a folder, as a feed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return file.getvalue()


def judge(feed: bytes, today: dt.date = dt.date(2017, 1, 10)) -> Judged:
    """Stage each table of a feed and hold it to its rules."""
    judged = Judged()
    with tempfile.TemporaryDirectory() as folder, scratch() as connection:
        file = Path(folder) / "reseau.zip"
        file.write_bytes(feed)
        connection.execute(f"create table sources.contours as select '{BOX}' as geometry")
        with zipfile.ZipFile(io.BytesIO(feed)) as archive:
            there = {Path(name).stem for name in archive.namelist()}
        for short in ORDER:
            name = f"reseau_{short}"
            contract = contracts()[name]
            if contract.may_be_empty and short not in (*there, *READ):
                continue
            try:
                staged = stage_source(connection, name, contract, file, Path(folder))
            except SourceError as error:
                judged.refused[short] = error.code
                empty = ", ".join(f"null::varchar as {one.name}" for one in contract.columns)
                connection.execute(f"create table sources.{name} as select {empty} limit 0")
                continue
            judged.rows[short] = staged.rows
            judged.aside |= {f"{short}.{why}": count for why, count in staged.reasons.items()}
            for verdict in verdicts_on(connection, staged.table, contract, today):
                assert verdict.error is None, (short, verdict.rule, verdict.error)
                if not verdict.passed:
                    kind = judged.failed if verdict.refuses else judged.warned
                    kind[f"{short}: {verdict.rule.sentence}"] = str(verdict.observed)
            connection.execute(f"create table sources.{name} as from {staged.table}")
        assert [path.name for path in Path(folder).iterdir()] == ["reseau.zip"]
    return judged
