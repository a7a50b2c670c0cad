"""Delimited text, read by DuckDB as it is typed: from the file received where its bytes allow it.

They do where it is UTF-8 whose lines all end alike; anything else is rewritten first. What DuckDB
sets aside is counted and placed in `assets.decoding.torn`, once the rows are read.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from assets.decoding.batches import piece
from assets.decoding.bytes import Scan, scanned
from assets.decoding.reading import Reading, forget_rejected
from assets.decoding.sampling import LARGE, careful, sample
from assets.decoding.text import header_of, rewritten
from assets.decoding.titles import Titles, placed
from assets.decoding.torn import Torn
from assets.decoding.values import TYPES
from checks.contract import Contract
from resources.errors import SourceError
from resources.sql import literal

SET_ASIDE = "store_rejects = true, rejects_limit = 0"
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
    header, lines = header_of(path, contract)
    decoded = path != source
    text = Text(contract, path, scan, placed(header, contract), decoded, _piece(connection, scan))
    _refuse_untitled(connection, text)
    torn = Torn(connection, contract, path, scan, lines, len(header), decoded)
    return Reading(
        rows=0,
        torn=0,
        extra=text.titles.extra,
        first_line=contract.skip_lines + lines + 1,
        texts=text.rows(SET_ASIDE),
        alone=text.rows(f"{SET_ASIDE}, parallel = false"),
        again=text.rows("ignore_errors = true"),
        titles=text.titles,
        hidden=scan.hidden,
        met=scan.met,
        settle=torn.settle,
        careful=_careful(connection, text, work),
    )


@dataclass(frozen=True)
class Text:
    """A text in UTF-8 that DuckDB reads, `piece` bytes at a time.

    `decoded` says that every byte of it was held to be UTF-8.
    """

    contract: Contract
    path: Path
    scan: Scan
    titles: Titles
    decoded: bool
    piece: int | None

    def rows(self, errors: str, *, titles: int = 1) -> str:
        """SQL of the rows, in columns `c0`, `c1`… in the order of the contract."""
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
            if title not in self.titles.found and not self.decoded
        ]
        where = f"where {' and '.join(others)}" if others else ""
        return f"(select {asked} from {self.table(errors, titles=titles)} {where})"

    def table(self, errors: str, *, titles: int = 1) -> str:
        """SQL of the file, in columns `h0`, `h1`… in its order: known by place, never by title."""
        names = [f"h{index}" for index in range(len(self.titles.header))]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        dialect = self.contract.dialect
        line = max(self.scan.longest, LINE_OF_DUCKDB) + 1
        # DuckDB reads in pieces as long as its longest line, when that is as long as its buffer.
        sizes = f"max_line_size = {line}"
        if self.piece is not None:
            line = max(line, self.piece)
            sizes = f"max_line_size = {line}, buffer_size = {line}"
        return f"""
            read_csv(
                {literal(self.path)}, columns = {{{columns}}}, auto_detect = false,
                header = false, skip = {titles}, delim = {literal(dialect.delimiter)},
                quote = {literal(dialect.quote_char)}, escape = {literal(dialect.quote_char)},
                nullstr = '', strict_mode = true, null_padding = false, {sizes}, {errors}
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


def _piece(connection: duckdb.DuckDBPyConnection, scan: Scan) -> int | None:
    row = connection.execute("select current_setting('threads')").fetchone()
    return piece(scan, int(row[0]) if row else 1)


def _careful(connection: duckdb.DuckDBPyConnection, text: Text, work: Path) -> frozenset[int]:
    if text.scan.bytes < LARGE:
        return frozenset()
    few = replace(text, path=work / "sample.csv", piece=None)
    sample(text.path, few.path)
    forget_rejected(connection)
    rows = few.rows(SET_ASIDE, titles=0)
    try:
        return careful(connection, text.contract, rows, text.scan.met, text.scan.lines)
    finally:
        forget_rejected(connection)


def _refuse_untitled(connection: duckdb.DuckDBPyConnection, text: Text) -> None:
    """Spreadsheets end each line with the empty columns they once had: `;;`, titles included.

    One column without a title is only not asked for, as row numbers often are. Several have no
    name to be told apart by, and nobody may lose what they hold.
    """
    if len(text.titles.unnamed) < 2:
        return
    held = " or ".join(f"trim(h{place}) <> ''" for place in text.titles.unnamed)
    file = text.table("ignore_errors = true")
    if connection.execute(f"select 1 from {file} where {held} limit 1").fetchone():
        raise SourceError("EN_TETE", "plusieurs colonnes n’ont pas de titre et ne sont pas vides")
