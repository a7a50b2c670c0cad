"""What DuckDB set aside of a delimited text: counted, and placed on its lines.

Nothing may be missing from the count: rows, torn lines and titles are all the lines of the text, or
a second reader of quotes and line ends (`assets.decoding.lines`) finds the same records, or the
file is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.decoding.bytes import Scan
from assets.decoding.lines import misread, standing
from assets.decoding.reading import SHIFTS, shift_by_torn_lines, store_torn
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
        found = self.connection.execute(
            """
            select line, line_byte_position - 1, any_value(csv_line), list(error_type)
            from reject_errors
            group by all
            order by 2
            """
        ).fetchall()
        kinds = {kind for *_, several in found for kind in several}
        if kinds & {"INVALID ENCODING", "INVALID STATE"}:
            self._blame_encoding()
        if "LINE SIZE OVER MAXIMUM" in kinds:
            raise misread(found[0][0])
        if found and not self.decoded:
            self._check_torn([place for _, place, _, _ in found])
        if rows + len(found) + self.titled == self.scan.lines:
            before = self.contract.skip_lines
            more = before + self.titled - 1  # DuckDB counts the titles as one line
            store_torn(self.connection, [(line + more, text) for line, _, text, _ in found])
            shift_by_torn_lines(self.connection, before + self.titled + 1)
        else:
            self._place(rows, [(place, text) for _, place, text, _ in found])
        return len(found)

    def _place(self, rows: int, found: list[tuple[int, str]]) -> None:
        """Where some records take several lines, or none."""
        # A record set aside is said to begin at the blank lines before it.
        torn = {place + len(text) - len(text.lstrip("\r\n")): text for place, text in found}
        single = self.width == 1
        stands = standing(
            self.path, self.contract.dialect, after=self.titled, single=single, torn=torn
        )
        start, end = stands.last
        if stands.count != rows or len(stands.torn) != len(torn):
            raise misread(start)
        if torn and start < end and stands.torn.get(max(torn)) == start:
            raise misread(start)
        before = self.contract.skip_lines
        store_torn(
            self.connection, [(line + before, torn[place]) for place, line in stands.torn.items()]
        )
        self._store_shifts(stands.rows, stands.shifts)

    def _store_shifts(self, rows: Sequence[int], shifts: Sequence[int]) -> None:
        import polars as pl

        frame = pl.DataFrame({"from_row": rows, "shift": shifts}, strict=False)
        with registered(self.connection, "_moves", frame):
            self.connection.execute(f"insert into {SHIFTS} from _moves")

    def _check_torn(self, places: list[int]) -> None:
        """The bytes of a torn line were not all decoded."""
        if len(places) > 1000:
            check_encoding(self.path, "utf-8")
            return
        with self.path.open("rb") as file:
            for place in places:
                file.seek(place)
                try:
                    file.readline().decode("utf-8")
                except UnicodeDecodeError:
                    self._blame_encoding()

    def _blame_encoding(self) -> None:
        check_encoding(self.path, "utf-8")
        raise SourceError("ENCODAGE", "le fichier n’est pas lisible")
