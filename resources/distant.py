"""A distant Parquet file, filtered where it is: DuckDB reads the row groups and columns it needs.

How bytes travel, and how far, is `resources.ranges`; DuckDB sees a file system with one file.
"""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from resources.errors import SourceError
from resources.patrol import watched
from resources.ranges import RangedFile
from resources.receiving import Limits
from resources.sql import literal, quoted
from resources.warehouse import extracting

SCHEME = "distant"
EPOCH = datetime(1970, 1, 1)
MISTAKES = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.PermissionException,
)
FILE = f"read_parquet('{SCHEME}://file')"


class DistantParquet:
    """The file, open for one extraction."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, source: RangedFile, faults: list[SourceError]
    ) -> None:
        self._connection = connection
        self._source = source
        self._faults = faults

    def columns(self) -> list[str]:
        """The names of its columns, from its footer."""
        with self._told():
            return [
                str(row[0]) for row in self._connection.execute(f"describe from {FILE}").fetchall()
            ]

    def extract(self, columns: list[str], where: str, destination: Path, limits: Limits) -> int:
        """Write the chosen columns of the rows that satisfy a condition, as Parquet; their number.

        Raises:
            SourceError: `NON_PARQUET`, `REQUETE`, or what reading the file raised.
        """
        query = f"select {', '.join(map(quoted, columns))} from {FILE} where {where}"
        with (
            self._told(),
            watched(
                destination,
                deadline_s=limits.deadline_s,
                max_bytes=limits.max_bytes,
                stop=self._connection.interrupt,
            ),
        ):
            row = self._connection.execute(
                f"copy ({query}) to {literal(destination)} (format parquet, compression zstd)"
            ).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            raise self._meaning(error) from None

    def _meaning(self, error: duckdb.Error) -> SourceError:
        """What DuckDB could not do, in French; its own words may quote a value."""
        if self._faults:
            return self._faults[0]
        if isinstance(error, MISTAKES):
            return SourceError(
                "REQUETE",
                "la condition « where= » de l’adresse n’est pas du SQL correct sur ce fichier",
            )
        return SourceError(
            "NON_PARQUET", f"le fichier distant n’est pas du Parquet ({type(error).__name__})"
        )


@contextmanager
def opened(source: RangedFile, folder: Path) -> Iterator[DistantParquet]:
    """A distant file that DuckDB can read, and nothing else but `folder`."""
    faults: list[SourceError] = []
    with extracting(folder, filesystem=_filesystem(source, faults), scheme=SCHEME) as connection:
        yield DistantParquet(connection, source, faults)


def _filesystem(source: RangedFile, faults: list[SourceError]) -> Any:
    """A file system for DuckDB whose every path is the one distant file."""
    from fsspec.spec import AbstractFileSystem  # 0.1 CPU-s: paid by those who read at a distance

    lock = threading.Lock()

    class OneFile(AbstractFileSystem):  # type: ignore[misc]
        protocol = SCHEME
        cachable = False

        def _open(self, path: str, mode: str = "rb", **_: object) -> io.RawIOBase:
            return _Handle(source, lock, faults)

        def info(self, path: str, **_: object) -> dict[str, Any]:
            return {"name": path, "size": source.size, "type": "file"}

        def exists(self, path: str, **_: object) -> bool:
            return True

        def modified(self, path: str) -> datetime:
            return source.modified or EPOCH

    return OneFile()


class _Handle(io.RawIOBase):
    """A position of its own in the shared file: DuckDB reads from several threads."""

    def __init__(self, source: RangedFile, lock: threading.Lock, faults: list[SourceError]) -> None:
        super().__init__()
        self._source, self._lock, self._faults, self._at = source, lock, faults, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._source.size}[whence]
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        with self._lock:
            try:
                self._source.seek(self._at)
                count = self._source.readinto(buffer)
            except SourceError as error:
                self._faults.append(error)  # DuckDB would only keep its text
                raise OSError from None
        self._at += count
        return count
