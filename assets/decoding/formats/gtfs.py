"""GTFS: the file that `member:` names in a ZIP file, as delimited text.

A file or a column that the standard makes optional may be absent. Times are hours of the day of
service and go beyond 24:00; they are kept whole, as seconds, in the columns declared `HH:MM:SS`.
https://gtfs.org/schedule/reference/
"""

from dataclasses import replace
from pathlib import Path

import duckdb

from assets.decoding.formats import csv
from assets.decoding.reading import Reading
from assets.decoding.unpacking import limits_of
from checks.contract import Contract
from resources.archives import Archive, listed, opened
from resources.errors import SourceError

TIME = "HH:MM:SS"


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Read one file of the feed; a file that may be absent gives no row."""
    name = str(contract.member)
    file = work / f"{source.stem}.{name}"
    with opened(source, limits_of(contract)) as archive:
        if not _has(archive, name, contract):
            return _nothing(connection, contract)
        archive.extract(name, file)
    reading = csv.read(connection, file, contract, work)
    return replace(
        reading,
        texts=_in_seconds(reading.texts, contract),
        again=_in_seconds(reading.again, contract),
        alone=_in_seconds(reading.alone, contract),
    )


def _has(archive: Archive, name: str, contract: Contract) -> bool:
    """Whether the file is there.

    Raises:
        SourceError: `SOUS_DOSSIER` or `FICHIER_ABSENT`.
    """
    if name in archive.names:
        return True
    if inside := [one for one in archive.names if one.endswith(f"/{name}")]:
        raise SourceError(
            "SOUS_DOSSIER",
            f"les fichiers GTFS sont dans un sous-dossier (« {inside[0]} »), ce que la norme "
            "interdit. Demandez au producteur de les mettre à la racine de l’archive",
        )
    if contract.may_be_empty:
        return False
    raise SourceError(
        "FICHIER_ABSENT",
        f"le fichier obligatoire « {name} » manque dans le flux GTFS, qui contient "
        f"{listed(archive.names)}",
    )


def _nothing(connection: duckdb.DuckDBPyConnection, contract: Contract) -> Reading:
    columns = ", ".join(f"null::varchar as c{at}" for at in range(len(contract.columns)))
    connection.execute(f"create or replace temp table _texts as select {columns} limit 0")
    return Reading(0, 0, [])


def _in_seconds(texts: str, contract: Contract) -> str:
    """`25:10:00` read as 90600; what is not a time stays as it is, to be set aside."""
    times = [f"c{at}" for at, column in enumerate(contract.columns) if column.format == TIME]
    if not times:
        return texts
    counted = ", ".join(_counted(text) for text in times)
    return f"(select * replace ({counted}) from {texts})"


def _counted(text: str) -> str:
    hours, minutes, seconds = (
        f"try_cast(split_part(trim({text}), ':', {part}) as integer)" for part in (1, 2, 3)
    )
    return (
        f"case when regexp_full_match(trim({text}), '\\d{{1,3}}:[0-5]\\d:[0-5]\\d') "
        f"then ({hours} * 3600 + {minutes} * 60 + {seconds})::varchar else {text} end as {text}"
    )
