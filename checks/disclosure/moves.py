"""Territories and services that changed between two releases: what one says of the other.

Two communes that merge give back the one that was hidden, when the other was not; one that is split
says what its parts add up to. Which value became which is declared (`moved:`); what disappears
without a word, while hidden, and makes room for something new, is refused.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import isclose

import duckdb
import numpy as np

from checks.contract import Contract
from checks.disclosure.cells import AT_HAND
from checks.disclosure.lines import Flags, Lines
from checks.disclosure.releases import Seals
from checks.disclosure.words import Disclosure
from resources.sql import literal, quoted

Place = tuple[str | None, ...]


@dataclass(frozen=True)
class Earlier:
    """A cell as it was last released: its value, or that it was hidden, with its seals."""

    cell: str
    place: Place
    value: float | None
    seals: Sequence[str]


@dataclass(frozen=True)
class Moves:
    """What earlier cells, under other names, say of the new ones.

    `sums`: lines whose sum was released. `mixed`: cells that hold one that was hidden together with
    others that were not. `same`: cells that are a hidden one under a new name, unchanged, by its
    former cell and seal.
    """

    sums: Lines
    mixed: Flags
    same: Mapping[tuple[str, str], int]


def moves(
    connection: duckdb.DuckDBPyConnection, key: str, declared: Disclosure, column: str, seals: Seals
) -> Moves:
    """Follow each earlier cell to where `moved:` says it now is."""
    rows = connection.execute(
        f"select _cell, {quoted(column)} from {AT_HAND} order by _row"
    ).fetchall()
    many = len(rows)
    line, mixed = np.full(many, -1), np.zeros(many, np.bool_)
    same: dict[tuple[str, str], int] = {}
    places = {_place(cell, declared): row for row, (cell, _) in enumerate(rows)}
    values = [value or 0.0 for _, value in rows]
    went = {
        one: sorted({places[to] for to in _becomes(one.place, declared) if to in places})
        for one in _earlier(connection, key, declared, column)
    }
    came: dict[int, list[Earlier]] = {}
    for one, targets in went.items():
        for row in targets:
            came.setdefault(row, []).append(one)
    for number, (one, targets) in enumerate(went.items()):
        alone = all(came[row] == [one] for row in targets)
        if not targets or not alone or (rows[targets[0]][0] == one.cell and len(targets) == 1):
            continue
        if one.value is not None and isclose(sum(values[row] for row in targets), one.value):
            line[targets] = number
        if one.value is None and len(targets) == 1:
            row = targets[0]
            for seal in one.seals:
                if seals.match([seal], one.cell, column, values[row]):
                    same[one.cell, seal] = row
    for row, origins in came.items():
        hidden = sum(one.value is None for one in origins)
        mixed[row] = len(origins) > 1 and 0 < hidden < len(origins)
    return Moves(Lines(line.astype(np.int64), np.ones(many)), mixed, same)


def vanished(
    connection: duckdb.DuckDBPyConnection, key: str, contract: Contract
) -> Mapping[str, tuple[int, int]]:
    """By dimension, the values gone without a word while cells of theirs were hidden, and how many
    came that were never released: the ones may be the others, under another name.
    """
    declared = contract.disclosure
    assert declared is not None
    found = {}
    for name in declared.dimensions:
        if contract.by_name[name].type != "string":
            continue
        path = literal(f"$.{name}")
        gone, come = connection.execute(
            f"""
            with earlier as (
                select json_extract_string(cell, {path}) as told, bool_or(seal is not null) as hid
                from quality.released where table_name = {literal(key)} group by all
            ),
            now as (select distinct json_extract_string(_cell, {path}) as told from {AT_HAND})
            select
                (select list(told) from earlier anti join now using (told) where hid),
                (select list(told) from now anti join earlier using (told))
            """
        ).fetchall()[0]
        known = declared.moved.get(name, {})
        lost = [value for value in gone or [] if value not in known]
        told = {each for value in known.values() for each in _listed(value)}
        new = [value for value in come or [] if value not in told]
        if lost and new:
            found[name] = (len(lost), len(new))
    return found


def _earlier(
    connection: duckdb.DuckDBPyConnection, key: str, declared: Disclosure, column: str
) -> Iterator[Earlier]:
    """Each cell as it was last released."""
    for cell, hidden, value, seals in connection.execute(
        "select cell, arg_max(seal is not null, (released_at, version)), "
        "arg_max(coalesce(value, 0), (released_at, version)), list(seal) from quality.released "
        f"where table_name = {literal(key)} and column_name = {literal(column)} "
        "group by cell order by cell"
    ).fetchall():
        told = tuple(seal for seal in seals if seal)
        yield Earlier(cell, _place(cell, declared), None if hidden else value, told)


def _becomes(place: Place, declared: Disclosure) -> Iterator[Place]:
    """Where a cell now is: every combination of what its values have become."""
    became = []
    for name, value in zip(declared.dimensions, place, strict=True):
        to = declared.moved.get(name, {}).get(str(value))
        became.append([value] if to is None else _listed(to))
    return product(*became)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _place(cell: str, declared: Disclosure) -> Place:
    told = json.loads(cell)
    return tuple(told.get(name) for name in declared.dimensions)
