"""Which columns of which tables a query really reads, as DuckDB plans it.

The plan tells what is scanned once unused columns are dropped: « select * » of a subquery of which
two columns are kept counts two. Nothing is executed.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

WORD = re.compile(r'"((?:[^"]|"")+)"|\b([A-Za-z_][A-Za-z0-9_]*)\b')


def columns_read(
    connection: duckdb.DuckDBPyConnection, query: str, columns: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """The columns read of each table, by `schema.table`; `columns` are those that exist.

    A table named by the query and optimized away (its filter keeps nothing) counts as read whole.

    Raises:
        duckdb.Error: the query cannot be planned.
    """
    row = connection.execute(f"explain (format json) {query}").fetchone()
    found: dict[str, set[str]] = defaultdict(set)
    for node in _nodes(json.loads(row[1]) if row else []):
        told = node.get("extra_info", {})
        table = ".".join(str(told.get("Table", "")).rsplit(".", 2)[-2:])
        if table in columns:
            names = _listed(told.get("Projections")) + _words(told.get("Filters"))
            found[table] |= columns[table].intersection(names)
    return dict(found)


def _nodes(plan: Any) -> Iterator[dict[str, Any]]:
    for node in plan if isinstance(plan, list) else [plan]:
        yield node
        yield from _nodes(node.get("children", []))


def _listed(value: Any) -> list[str]:
    """A list of one element is told as this element, an empty one as an empty text."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value or "")]


def _words(filters: Any) -> list[str]:
    text = " ".join(_listed(filters))
    return [(quoted or bare).replace('""', '"') for quoted, bare in WORD.findall(text)]
