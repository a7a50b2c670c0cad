"""What DuckDB set aside of a delimited text: counted, and placed on its lines.

Nothing may be missing from the count: rows, torn lines and titles are all the lines of the text, or
a second reader of quotes and line ends (`assets.decoding.lines`) finds the same records, or the
file is refused.
"""

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from assets.decoding.bytes import Scan
from assets.decoding.lines import misread, standing
from assets.decoding.reading import SHIFTS, TORN, count, shift_by_torn_lines
from assets.decoding.storing import BATCH
from assets.decoding.text import check_encoding
from checks.contract import Contract
from resources.errors import SourceError
from resources.warehouse import registered


@dataclass(frozen=True)
class Torn:
    """The torn lines of a text in UTF-8 whose rows were read.

    `titled` is how many lines its titles take, `width` how many titles they are; `decoded` says
    that every byte of it was held to be UTF-8.
    """

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    path: Path
    scan: Scan
    titled: int
    width: int
    decoded: bool

    def settle(self, rows: int) -> int:
        """Count what DuckDB set aside and place it; the count of lines must come out right.

        Raises:
            SourceError: `ENCODAGE`, `LIGNE_TROP_LONGUE` or `GUILLEMETS`.
        """
        # One line may have several errors. Texts stay in SQL: every line may be torn.
        self.connection.execute(
            """
            create or replace temp table _set_aside as
            select line, line_byte_position - 1 as place, min(rowid) as error
            from reject_errors
            group by all
            """
        )
        found = count(self.connection, "_set_aside")
        kinds = {kind for (kind,) in self._rows("select distinct error_type from reject_errors")}
        if kinds & {"INVALID ENCODING", "INVALID STATE"}:
            self._blame_encoding()
        if "LINE SIZE OVER MAXIMUM" in kinds:
            ((line,),) = self._rows("select min_by(line, place) from _set_aside")
            raise misread(line)
        if found and not self.decoded:
            self._check_torn(found)
        before = self.contract.skip_lines
        if rows + found + self.titled == self.scan.lines:
            more = before + self.titled - 1  # DuckDB counts the titles as one line
            self._store(f"select line + {more} as line, error from _set_aside")
            shift_by_torn_lines(self.connection, before + self.titled + 1)
        else:
            self._place(rows, before)
        self.connection.execute("drop table _set_aside")
        return found

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def _store(self, lines: str) -> None:
        """Keep what was written on torn lines; `lines` gives their line and error."""
        self.connection.execute(
            f"insert into {TORN} select lines.line, errors.csv_line from ({lines}) as lines "
            "join reject_errors as errors on errors.rowid = lines.error order by lines.line"
        )

    def _place(self, rows: int, before: int) -> None:
        """Where some records take several lines, or none."""
        # A record set aside is said to begin at the blank lines before it.
        self.connection.execute(
            r"""
            create or replace temp table _begun as
            select error, place + strlen(csv_line) - strlen(ltrim(csv_line, e'\r\n')) as place
            from _set_aside join reject_errors as errors on errors.rowid = error
            """
        )
        torn = array("q")
        coming = self.connection.execute("select place from _begun order by place")
        while some := coming.fetchmany(BATCH):
            torn.extend(place for (place,) in some)
        single = self.width == 1
        stands = standing(
            self.path, self.contract.dialect, after=self.titled, single=single, torn=torn
        )
        start, end = stands.last
        if stands.count != rows or len(stands.torn) != len(torn):
            raise misread(start)
        if torn and start < end and stands.torn[-1] == start:
            raise misread(start)
        with self._frame(place=torn, line=stands.torn) as found:
            self._store(
                f"select line + {before} as line, error from _begun join {found} using (place)"
            )
        with self._frame(from_row=stands.rows, shift=stands.shifts) as moves:
            self.connection.execute(f"insert into {SHIFTS} from {moves}")
        self.connection.execute("drop table _begun")

    @contextmanager
    def _frame(self, **columns: Sequence[int]) -> Iterator[str]:
        import polars as pl  # 0.2 CPU-s: only where records and lines are not the same

        with registered(self.connection, "_found", pl.DataFrame(columns, strict=False)):
            yield "_found"

    def _check_torn(self, found: int) -> None:
        """The bytes of a torn line were not all decoded."""
        if found > 1000:
            check_encoding(self.path, "utf-8")
            return
        with self.path.open("rb") as file:
            for (place,) in self._rows("select place from _set_aside"):
                file.seek(place)
                try:
                    file.readline().decode("utf-8")
                except UnicodeDecodeError:
                    self._blame_encoding()

    def _blame_encoding(self) -> None:
        check_encoding(self.path, "utf-8")
        raise SourceError("ENCODAGE", "le fichier n’est pas lisible")
