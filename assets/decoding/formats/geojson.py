"""GeoJSON (RFC 7946): a row per feature, its geometry kept as GeoJSON text.

A column finds a property by its name; `geometry` is the geometry, and `id` the feature's own
identifier where no property has that name.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from assets.decoding.json_stream import Document
from assets.decoding.reading import Reading
from assets.decoding.records import Rows, text_file
from checks.contract import Contract
from resources.errors import SourceError

# RFC 7946, section 4: longitude and latitude in WGS 84, and no other. An older file may name it.
WGS84 = re.compile(r"(CRS:?:?84|EPSG:?:?(4326|4979))$", re.I)


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Each feature is a row: its properties, and its geometry as text."""
    with text_file(source, contract) as file:
        document = Document(file, "NON_GEOJSON", beside=_refuse_stranger)
        features = document.items(["features"])
        return Rows(contract, "NON_GEOJSON").store(connection, _flat(features))


def _flat(features: Iterator[tuple[int, object]]) -> Iterator[tuple[int, object]]:
    for line, feature in features:
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            yield line, [feature]  # no object: set aside as it is
            continue
        properties = feature.get("properties")
        row = dict(properties) if isinstance(properties, dict) else {}
        if "id" in feature:
            row.setdefault("id", feature["id"])
        row["geometry"] = feature.get("geometry")
        yield line, row


def _refuse_stranger(key: str, value: object) -> None:
    """Refuse what stands beside the features and changes what they are."""
    if key == "type" and value != "FeatureCollection":
        raise SourceError(
            "NON_GEOJSON",
            f"le fichier reçu est un « {value} » GeoJSON ; un « FeatureCollection » est attendu",
        )
    if key == "crs" and value is not None:
        properties = value.get("properties") if isinstance(value, dict) else None
        name = properties.get("name") if isinstance(properties, dict) else None
        if not WGS84.search(str(name)):
            raise SourceError(
                "PROJECTION",
                f"les coordonnées sont dans la projection « {name} », pas en longitude et latitude "
                "(WGS 84) comme le veut le GeoJSON. Demandez au producteur, ou au service, un "
                "export en WGS 84 (EPSG:4326)",
            )
