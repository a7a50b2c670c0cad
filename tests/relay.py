"""A relay that answers for every source of the profile, each portal speaking its own protocol.

What it gives is in `tests/angers`, one file per source, and the national list of communes in
`../shared/data`. Filters are what `tests/portals` judge; here every row is given.
"""

import gzip
import io
import zipfile
from pathlib import Path

import duckdb

from assets.catalogue import Catalogue, Table
from resources.sql import literal
from tests.portals.datafair import DataFair
from tests.portals.datagouv import DataGouv
from tests.portals.melodi import Melodi
from tests.portals.opendatasoft import Opendatasoft
from tests.portals.table import Table as Rows
from tests.portals.wfs import GeoServer
from tests.server import Server, ranged, validated
from tests.shared import SHARED

FILES = Path(__file__).parent / "angers"


class Unfiltered(Opendatasoft):
    """A portal whose file already holds what the filter keeps."""

    def _where(self, words: dict[str, str]) -> str:
        return "true"


class AllLines(DataFair):
    """The same."""

    def _where(self, words: dict[str, str]) -> str:
        return "true"


def answer_for(catalogue: Catalogue, server: Server, work: Path) -> None:
    """Every address that the sources of a catalogue would ask."""
    seen: set[str] = set()
    for table in catalogue:
        scheme, _, place = table.contract.url.partition(":")
        if table.layer == "sources" and scheme != "territory" and table.landing not in seen:
            seen.add(table.landing)
            globals()[f"_{scheme}"](table, place.partition("?")[0].strip("/"), server, work)


def given(table: Table) -> Path:
    """The file of a source."""
    if table.name == "communes_france":
        return SHARED / "cog" / "insee_v_commune_2026.csv"
    (path,) = FILES.glob(f"{table.landing}.*")
    return path


def _rows(table: Table) -> Rows:
    delimiter = literal(table.contract.dialect.delimiter)
    file = literal(str(given(table)))
    return Rows(f"select * from read_csv({file}, delim = {delimiter}, all_varchar = true)")


def _https(table: Table, place: str, server: Server, work: Path) -> None:
    if table.feed:
        content = _zip({path.name: path for path in (FILES / table.feed).iterdir()})
    elif table.contract.member:
        content = _zip({table.contract.member: given(table)})
    else:
        content = given(table).read_bytes()
        content = gzip.compress(content, mtime=0) if place.endswith(".gz") else content
    # One vintage of a source received by period; the relay knows no other.
    server.on(f"/{place.replace('{partition}', '2025')}", validated(content))


def _zip(files: dict[str, Path]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, path in sorted(files.items()):
            zipped.write(path, name)
    return archive.getvalue()


def _opendatasoft(table: Table, place: str, server: Server, work: Path) -> None:
    portal, _, dataset = place.partition("/")
    path = f"/{portal}/api/explore/v2.1/catalog/datasets/{dataset}"
    server.on(f"{path}*", Unfiltered(_rows(table), dataset, work))


def _datafair(table: Table, place: str, server: Server, work: Path) -> None:
    portal, _, dataset = place.partition("/")
    server.on(f"/{portal}/*", AllLines(_rows(table), dataset))


def _datagouv(table: Table, place: str, server: Server, work: Path) -> None:
    DataGouv(server, place, given(table).read_bytes())


def _melodi(table: Table, place: str, server: Server, work: Path) -> None:
    server.on("/api.insee.fr/*", Melodi(_rows(table), place))


def _wfs(table: Table, place: str, server: Server, work: Path) -> None:
    file = literal(str(given(table)))
    features = f"select unnest(features) as feature from read_json({file})"
    rows = Rows(f"select unnest(feature.properties) from ({features})")
    layer = table.contract.url.partition("typeNames=")[2].partition("&")[0]
    server.on(f"/{place}*", GeoServer(rows, layer, "code_zone", {}))


def _parquet(table: Table, place: str, server: Server, work: Path) -> None:
    parquet = work / f"{table.name}.parquet"
    duckdb.execute(
        f"copy (from read_csv({literal(str(given(table)))}, all_varchar = true)) "
        f"to {literal(str(parquet))} (format parquet)"
    )
    server.on(f"/{place}", ranged(parquet.read_bytes()))
