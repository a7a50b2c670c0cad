"""What DuckDB's own parser says of a declaration: the tables a query reads, whether a pattern or a
date layout can be used. No data is read.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import duckdb

from resources.errors import DeclarationError
from resources.sql import literal
from resources.warehouse import scratch


@lru_cache(256)
def tables_read(query: str) -> frozenset[tuple[str, str]]:
    """The (schema, table) pairs a query reads; the schema is empty where none is written.

    Read from DuckDB's own syntax tree: `get_table_names` binds the query, and so fails on
    `using` when the tables are not there (duckdb 1.5.5).

    Raises:
        DeclarationError: not one `select` statement, or a table function that reads files.
    """
    row = scratch().execute(f"select json_serialize_sql({literal(query)})").fetchone()
    tree = json.loads(row[0]) if row else {}
    if tree.get("error"):
        message = re.sub(r"\s+", " ", str(tree.get("error_message", ""))).strip()
        raise DeclarationError(f"la requête n’est pas lisible par DuckDB : {message}")
    if len(tree["statements"]) != 1:
        raise DeclarationError("la requête doit tenir en une seule instruction « select »")
    named: set[str] = set()
    found: set[tuple[str, str]] = set()
    for node in _nodes(tree):
        named.update(entry["key"] for entry in node.get("cte_map", {}).get("map", []))
        if node.get("type") == "BASE_TABLE":
            found.add((str(node.get("schema_name", "")), str(node["table_name"])))
        if node.get("type") == "TABLE_FUNCTION":
            function = str(node["function"]["function_name"])
            if function not in ("unnest", "range", "generate_series"):
                raise DeclarationError(
                    f"la fonction « {function} » n’est pas permise dans une table « curated » ; "
                    "déclarez une source et lisez-la"
                )
    return frozenset((schema, table) for schema, table in found if schema or table not in named)


def readable_pattern(pattern: str) -> bool:
    """Whether DuckDB (RE2) takes a regular expression: no lookahead, no back reference."""
    return _computes(f"regexp_full_match('', {literal(pattern)})")


def readable_layout(layout: str) -> bool:
    """Whether DuckDB takes a date format such as `%d/%m/%Y`."""
    return _computes(f"try_strptime('', {literal(layout)})")


@lru_cache(1024)
def _computes(expression: str) -> bool:
    try:
        scratch().execute(f"select {expression}")
    except (duckdb.Error, ValueError):
        return False
    return True


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
