"""A drafted contract tried on its own file, in a data folder thrown away afterwards.

The decoder of the platform reads the file, so that what is said of it is what a run will find.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from assets.decoding.reading import count, read_texts
from assets.decoding.reasons import reason
from assets.decoding.stage import Staged, stage_source
from assets.decoding.values import cleaned, typed
from assets.versions import stored_bytes
from checks.contract import Column, Contract
from resources.settings import Home
from resources.warehouse import Warehouse

NAME = "brouillon"
PROFILED = "temp._profiled"  # every text of the file, kept: it is looked at many times


@dataclass(frozen=True)
class Trial:
    """What became of the file under a contract: rows, faults by `column:CODE`, bytes, seconds.

    `faults` counts every fault of a row, where `staged.reasons` keeps the first.
    """

    staged: Staged
    faults: Mapping[str, int]
    stored_bytes: int
    cpu_s: float


class Bench:
    """A throw-away warehouse with the file beside it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: Path) -> None:
        self.connection = connection
        self.file = file
        self.table = f"sources._staging_{NAME}"

    def read(self, contract: Contract) -> int:
        """Fill the table of texts; how many rows it has."""
        with read_texts(self.connection, self.file, contract, self.file.parent) as reading:
            self.connection.execute(
                f"create or replace temp table _profiled as select * from {reading.again}"
            )
        return count(self.connection, PROFILED)

    def stage(self, contract: Contract) -> Trial:
        """Decode the file as a run would."""
        before = time.process_time()
        staged = stage_source(self.connection, NAME, contract, self.file, self.file.parent)
        spent = time.process_time() - before
        faults = self.connection.execute(
            "select fault, count(*) from (select unnest(_motifs) as fault from "
            f"{staged.quarantine}) group by fault"
        ).fetchall()
        self.connection.execute("checkpoint")
        size = stored_bytes(self.connection, self.table) or 0
        return Trial(staged, dict(faults), size, spent)

    def example(self, contract: Contract, column: Column) -> str | None:
        """A text of the file that the column accepts; the first, as written."""
        text = f"c{contract.columns.index(column)}"
        value = cleaned(column, contract, text)
        for looked_at in ("rowid < 1000", "true"):
            row = self.connection.execute(
                f"select {text} from {PROFILED} where {looked_at} and {value} is not null and "
                f"{reason(column, value, typed(column, value))} is null order by rowid limit 1"
            ).fetchone()
            if row is not None:
                return str(row[0])
        return None


@contextmanager
def bench(file: Path) -> Iterator[Bench]:
    """A copy of the file beside an empty warehouse; both are gone at the end."""
    with TemporaryDirectory(prefix="ardoise-") as folder:
        home = Home(Path(folder).resolve())
        with Warehouse(home).writing() as connection:
            copy = home.work / f"{NAME}{file.suffix}"
            shutil.copyfile(file, copy)
            yield Bench(connection, copy)
