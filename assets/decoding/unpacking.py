"""From the file received to the file a format reads: gzip recognised, one member of a ZIP file.

How an archive is opened without harm is in `resources.archives`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from checks.contract import Contract
from resources.archives import Limits, gunzip, kind, listed, opened
from resources.errors import SourceError

# These are ZIP files themselves: their module opens them.
PACKED = frozenset({"xlsx", "ods", "gtfs"})


def limits_of(contract: Contract) -> Limits:
    """How much the contract lets come out of an archive."""
    transport = contract.transport
    return Limits(int(transport.max_mb * 1e6), transport.max_ratio)


@contextmanager
def unpacked(source: Path, contract: Contract, work: Path) -> Iterator[Path]:
    """The file to read: the one received, or what was taken out of it, removed at the end.

    Raises:
        SourceError: `ARCHIVE`, `BOMBE` or `TROP_GROS`.
    """
    plain = work / f"{source.stem}.unpacked"
    member = work / f"{source.stem}.member"
    try:
        file = source
        if kind(file) == "gzip":
            gunzip(file, plain, limits_of(contract))
            file = plain
        if contract.format not in PACKED:
            file = _member(file, member, contract)
        yield file
    finally:
        plain.unlink(missing_ok=True)
        member.unlink(missing_ok=True)


def _member(source: Path, destination: Path, contract: Contract) -> Path:
    if kind(source) != "zip":
        if contract.member is None:
            return source
        raise SourceError(
            "ARCHIVE",
            f"le fichier reçu n’est pas une archive ZIP ; « member: {contract.member} » n’a rien "
            "à y chercher",
        )
    with opened(source, limits_of(contract)) as archive:
        if contract.member is None:
            raise SourceError(
                "ARCHIVE",
                "le fichier reçu est une archive ZIP ; dites par « member » quel fichier lire : "
                f"elle contient {listed(archive.names)}",
            )
        archive.extract(archive.one(contract.member), destination)
    return destination
