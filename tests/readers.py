"""Analysts in processes of their own, who open what is published again and again.

Light on purpose: each knows DuckDB and nothing of the platform, as an analyst's notebook does.
"""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

# Between two queries of a reader: twenty that never breathe starve two processors.
PAUSE_S = 1.0
CROSSED = (
    "select (select count(*) from sources.arbres), "
    "(select sum(arbres) from curated.arbres_par_essence)"
)


@contextmanager
def readers(file: Path, count: int) -> Iterator[list[int]]:
    """As many readers during a `with`; then the number of queries of each, in the list.

    Raises:
        AssertionError: one of them met an error, or two versions in one query.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["duckdb", "tests.readers"])
    done, told = context.Event(), context.SimpleQueue()
    processes = [context.Process(target=_read, args=(file, done, told)) for _ in range(count)]
    queries: list[int] = []
    for process in processes:
        process.start()
    try:
        yield queries
    finally:
        done.set()
        answers = [told.get() for _ in processes]
        for process in processes:
            process.join(60)
    errors = [answer for answer in answers if isinstance(answer, str)]
    assert errors == []
    queries.extend(answers)


def _read(file: Path, done, told) -> None:
    """Each query crosses two tables, which agree in each version."""
    os.nice(10)  # on two processors, what is tried must go on
    queries = 0
    try:
        while not done.wait(PAUSE_S) or not queries:
            with duckdb.connect(str(file), read_only=True, config={"threads": 1}) as connection:
                trees, counted = connection.execute(CROSSED).fetchone()
            assert trees == counted, "two versions in one query"
            queries += 1
    except Exception as error:
        told.put(repr(error))
    else:
        told.put(queries)
