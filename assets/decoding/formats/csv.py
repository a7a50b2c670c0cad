"""Delimited text, read by DuckDB as it is typed: from the file received where its bytes allow it.

They do where it is UTF-8 whose lines all end alike; anything else is rewritten first. What DuckDB
sets aside is counted and placed once the rows are read, and nothing may be missing from the count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.decoding.bytes import Scan, scanned
from assets.decoding.lines import misread, standing
from assets.decoding.reading import SHIFTS, Reading, shift_by_torn_lines, store_torn
from assets.decoding.text import check_encoding, header_of, rewritten
from assets.decoding.titles import Titles, placed
from assets.decoding.values import TYPES
from checks.contract import Contract
from resources.errors import SourceError
from resources.sql import literal
from resources.warehouse import registered

LINE_OF_DUCKDB = 2_000_000  # its `max_line_size`, in bytes


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Look at the bytes and the titles; the rows are read by whoever reads `texts`."""
    if source.stat().st_size == 0:
        raise SourceError("VIDE", "le fichier reçu est vide (0 octet)")
    path, scan = source, Scan()
    plain = contract.encoding == "utf-8" and not contract.skip_lines
    if plain:
        scan = scanned(source)
    if not plain or not scan.plain:
        path = work / "text.csv"
        scan = rewritten(source, path, contract)
    for table in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {table}")
    header, lines = header_of(path, contract)
    text = Text(connection, contract, path, scan, placed(header, contract), lines)
    return Reading(
        rows=0,
        torn=0,
        extra=text.titles.extra,
        first_line=contract.skip_lines + lines + 1,
        texts=text.rows("store_rejects = true, rejects_limit = 0"),
        again=text.rows("ignore_errors = true"),
        titles=text.titles,
        hidden=scan.hidden,
        met=scan.met,
        settle=text.settle,
    )


@dataclass(frozen=True)
class Text:
    """A text in UTF-8 that DuckDB reads. `titled` is how many lines its titles take."""

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    path: Path
    scan: Scan
    titles: Titles
    titled: int

    def rows(self, errors: str) -> str:
        """What SQL reads the rows from; columns are known by their place, never by their title."""
        names = [f"h{index}" for index in range(len(self.titles.header))]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        dialect = self.contract.dialect
        longest = max(self.scan.longest, LINE_OF_DUCKDB)
        asked = ", ".join(
            f"{self._column(title, TYPES[column.type])} as c{index}"
            for index, (column, title) in enumerate(
                zip(self.contract.columns, self.titles.found, strict=True)
            )
        )
        # A column that nobody asks for is not read, nor are its bytes then held to be UTF-8.
        others = [
            f"coalesce(strlen(h{index}), 0) >= 0"
            for index, title in enumerate(self.titles.header)
            if title not in self.titles.found and self.path.name != "text.csv"
        ]
        return f"""(
            select {asked}
            from read_csv(
                {literal(self.path)}, columns = {{{columns}}}, auto_detect = false,
                header = false, skip = 1, delim = {literal(dialect.delimiter)},
                quote = {literal(dialect.quote_char)}, escape = {literal(dialect.quote_char)},
                nullstr = '', strict_mode = true, null_padding = false,
                max_line_size = {longest + 1}, {errors}
            )
            {"where " + " and ".join(others) if others else ""}
        )"""

    def _column(self, title: str | None, kind: str) -> str:
        if title is None:
            return "null::varchar"
        name = f"h{self.titles.header.index(title)}"
        if self.scan.windows and kind == "varchar":
            return (
                f"case when contains({name}, chr(13)) "
                f"then replace({name}, chr(13) || chr(10), chr(10)) else {name} end"
            )
        return name

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
        if found and self.path.name != "text.csv":
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
        single = len(self.titles.header) == 1
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
