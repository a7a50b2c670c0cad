"""Who reads what: which tables and columns some curated table or some analyst reads.

From the plans of the curated queries, and from the log of `ardoise query`, which holds names of
tables and columns, never a query's text nor a value.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from assets.catalogue import Table
from resources.lineage import columns_read

LOG = "lectures.jsonl"
REMEMBERED = dt.timedelta(days=90)


def used_by_tables(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[Table], kept: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """The columns of each table that the curated queries, keys and references read."""
    used: dict[str, set[str]] = defaultdict(set)
    for table in tables:
        for reference in table.contract.references:
            name, _, column = reference.rpartition(".")
            used[name].add(column)
        if table.query is None or not table.upstream <= set(kept):
            continue
        try:
            found = columns_read(connection, table.query, kept)
        except duckdb.Error:
            continue  # a table it reads is of another shape than its contract: the gate says so
        for name in table.upstream:
            # A scan optimized away says nothing of its columns: they count as read.
            used[name] |= found.get(name, kept[name])
    return dict(used)


def remember_read(logs: Path, read: Mapping[str, set[str]], now: dt.datetime) -> None:
    """Write down that somebody read tables: names and date, nothing else."""
    if not read:
        return
    logs.mkdir(parents=True, exist_ok=True)
    line = {
        "le": now.isoformat(timespec="seconds"),
        "tables": {name: sorted(columns) for name, columns in sorted(read.items())},
    }
    with (logs / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_by_analysts(
    logs: Path, now: dt.datetime
) -> tuple[dict[str, set[str]], dict[str, dt.datetime]]:
    """The columns analysts read in the last ninety days, and when each table was last read."""
    columns: dict[str, set[str]] = defaultdict(set)
    last: dict[str, dt.datetime] = {}
    file = logs / LOG
    if not file.is_file():
        return {}, {}
    for text in file.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
            moment = dt.datetime.fromisoformat(line["le"])
            tables = dict(line["tables"])
        except (ValueError, KeyError, TypeError):
            continue  # cut short by a crash
        if now - moment > REMEMBERED:
            continue
        for name, names in tables.items():
            columns[name] |= set(names)
            last[name] = max(moment, last.get(name, moment))
    return dict(columns), last
