"""What a sample of a large text says before it is read: columns that need care, lines all torn.

Nothing but speed depends on the first: a row whose quick value is in doubt is read again the exact
way, whatever its column. The second spares memory: DuckDB keeps 1.3 kB for each line it sets aside
until the end (1.5.5), within no limit.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import duckdb

from assets.decoding.shortcuts import shortcut
from checks.contract import Contract
from resources.errors import SourceError

LARGE = 16 << 20  # bytes: below, reading a few rows again costs less than looking at a sample
PIECES = 16
PIECE = 1 << 16
MOST = 100_000  # torn lines, beyond which a file that has hardly anything else is not read


def careful(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    texts: str,
    met: str,
    lines: int,
) -> frozenset[int]:
    """The places of the columns with a doubt in a sample; `texts` is what SQL reads it from.

    Raises:
        SourceError: `COLONNES`, when nine lines out of ten are torn in a file of that many lines.
    """
    columns = list(enumerate(contract.columns))
    shorts = [shortcut(column, contract, f"c{i}", f"q{i}", met) for i, column in columns]
    quick = ", ".join(f"{short.quick} as q{i}" for i, short in enumerate(shorts))
    found = ", ".join(f"coalesce(bool_or({short.doubt}), false)" for short in shorts)
    try:
        rows, *doubts = connection.execute(
            f"select count(*), {found} from (select *, {quick} from {texts})"
        ).fetchall()[0]
    except duckdb.Error:  # a piece that begins inside a quoted text may read as nothing at all
        return frozenset(range(len(shorts)))
    torn = connection.execute("select count(distinct line) from reject_errors").fetchall()[0][0]
    if torn > 9 * rows and lines * torn > MOST * (rows + torn):
        raise SourceError(
            "COLONNES",
            "presque aucune ligne n’a autant de colonnes que la ligne de titres. Vérifiez "
            "« dialect » dans le contrat, ou demandez au producteur de renvoyer le fichier",
        )
    return frozenset(i for i, doubted in enumerate(doubts) if doubted)


def sample(path: Path, destination: Path) -> None:
    """Write whole lines found at regular places of a large text."""
    step = path.stat().st_size // PIECES
    with path.open("rb") as file, destination.open("wb") as out:
        for place in range(0, step * PIECES, step):
            file.seek(place)
            file.readline()  # titles, or the end of a line
            out.writelines(_lines(file))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    yield file.read(PIECE)
    yield file.readline()
