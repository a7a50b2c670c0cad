"""What an archive holds: the file a contract would read in it, taken out to be looked at.

The archive itself stays what is received; the decoder opens it by the same words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assets.decoding.unpacking import limits_of
from checks.contract import Contract, Transport
from resources.archives import Archive, gunzip, kind, listed, opened
from resources.errors import SourceError

TABULAR = (".csv", ".txt", ".tsv", ".json", ".geojson", ".jsonl", ".ndjson", ".parquet")
LIMITS = limits_of(Contract.model_construct(transport=Transport()))


@dataclass(frozen=True)
class Plain:
    """The file to look at, the member of the archive it was, and the others there were."""

    path: Path
    member: str | None = None
    others: tuple[str, ...] = ()


@contextmanager
def unpacked(file: Path) -> Iterator[Plain]:
    """The file, out of its archive when it was in one; workbooks are no archives.

    Raises:
        SourceError: `ARCHIVE`, `BOMBE` or `TROP_GROS`; or a GTFS feed, which is several tables.
    """
    packing = kind(file)
    if packing is None:
        yield Plain(file)
        return
    with TemporaryDirectory(prefix="ardoise-") as folder:
        plain = Path(folder) / file.stem
        if packing == "gzip":
            gunzip(file, plain, LIMITS)
            yield Plain(plain)
            return
        with opened(file, LIMITS) as archive:
            if workbook_format(archive) is not None:
                yield Plain(file)
                return
            member, others = _member(archive)
            archive.extract(member, plain)
        yield Plain(plain, member, others)


def workbook_format(archive: Archive) -> str | None:
    """`xlsx` or `ods`, by the files a workbook cannot do without."""
    if "xl/workbook.xml" in archive.names:
        return "xlsx"
    return "ods" if {"content.xml", "mimetype"} <= set(archive.names) else None


def _member(archive: Archive) -> tuple[str, tuple[str, ...]]:
    names = [name for name in archive.names if name.lower().endswith(TABULAR)]
    if {"stops.txt", "routes.txt"} <= set(names):
        raise SourceError(
            "ARCHIVE",
            "c’est un GTFS : plusieurs tables liées, que le format « gtfs » lit sans brouillon",
        )
    if not names:
        raise SourceError(
            "ARCHIVE", f"l’archive ne contient aucun tableau, mais {listed(archive.names)}"
        )
    return names[0], tuple(names[1:])
