"""What disclosure control costs, in CPU-seconds, and what a simpler rule would let out.

k-anonymity of a million rows, medians of five; cells hidden in crossed tables, with the margins
anyone knows; and of random tables where each line hides two cells at least, those an attacker who
solves the equations reads.
"""

import random
import statistics
import sys
import time
from itertools import product
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from checks.disclosure.anonymity import anonymity
from tests.disclosure import Table, contract, determined, highest, margin_equations

LEAST = 5
CROSSED = (
    (30, 12, 10, 400, [["a", "b"], ["c"]]),
    (30, 20, 10, 400, [["a", "b"], ["a", "c"], ["b", "c"]]),
)


def million() -> None:
    """Rows that look alike by four columns."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table rows as select (random() * 90)::int as age, "
            "(random() * 30)::int as town, (random() * 2)::int as sex, "
            "(random() * 8)::int as work from range(1000000)"
        )
        spent = []
        for _ in range(5):
            start = time.process_time()
            anonymity(connection, "rows", ["age", "town", "sex", "work"], LEAST)
            spent.append(time.process_time() - start)
    print(f"k-anonymat, un million de lignes, 4 colonnes : {statistics.median(spent):.2f} s")


def crossed(a: int, b: int, c: int, most: int, margins: list[list[str]]) -> None:
    """A table of three dimensions."""
    columns = {"a": "string", "b": "string", "c": "string", "n": "integer"}
    said = {"unit": "persons", "dimensions": ["a", "b", "c"], "cells": [{"count": "n"}]}
    table = Table(contract({**said, "margins": margins}, columns))
    table.connection.execute("select setseed(0.5)")
    table.connection.execute(
        f"create table curated.version as select 'a' || i as a, 'b' || j as b, 'c' || k as c, "
        f"(1 + floor({most} * pow(random(), 2)))::bigint as n "
        f"from range({a}) x(i), range({b}) y(j), range({c}) z(k)"
    )
    start = time.process_time()
    told = table.control()["n.secret"].observed
    print(f"{len(margins)} marges : {told}, {time.process_time() - start:.1f} s")
    table.close()


def simpler(tables: int = 300, side: int = 6) -> None:
    """Two hidden cells per line at least, the cheapest, and no more."""
    random.seed(7)
    read, bounded = 0, 0
    places = list(product(range(side), range(side)))
    for _ in range(tables):
        true = [max(1, int(60 * random.random() ** 2)) for _ in places]
        small = {row for row, value in enumerate(true) if value < LEAST}
        hidden = _two_per_line(places, true, small)
        published = [None if row in hidden else value for row, value in enumerate(true)]
        equations = margin_equations(places, [[0], [1]], true, LEAST)
        exact = bool(small & determined(published, equations))
        read += exact
        bounded += exact or any(
            highest(published, equations, row, 1) < LEAST - 1e-6 for row in small
        )
    print(
        f"deux cellules masquées par ligne : sur {tables} tableaux de {side} × {side}, "
        f"{read} livrent une petite cellule exactement, {bounded} la disent petite"
    )


def _two_per_line(places: list[tuple[int, int]], true: list[int], small: set[int]) -> set[int]:
    hidden = set(small)
    while True:
        for axis, line in product((0, 1), {place[0] for place in places}):
            inside = [row for row, place in enumerate(places) if place[axis] == line]
            if len(hidden.intersection(inside)) == 1:
                hidden.add(min(set(inside) - hidden, key=lambda row: true[row]))
                break
        else:
            return hidden


if __name__ == "__main__":
    million()
    for each in CROSSED:
        crossed(*each)
    simpler()
