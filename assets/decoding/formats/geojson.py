"""GeoJSON (RFC 7946): a row per feature, its geometry kept as GeoJSON text."""

import json
from pathlib import Path

import duckdb

from assets.decoding.reading import Reading, extra, store
from assets.decoding.text import check_columns
from checks.contract import Contract
from resources.errors import SourceError


def read(
    connection: duckdb.DuckDBPyConnection, source: Path, contract: Contract, work: Path
) -> Reading:
    """Each feature is a row: its properties, and its geometry as text."""
    try:
        features = json.loads(source.read_bytes().decode("utf-8-sig"))["features"]
        rows = [
            {**feature["properties"], "geometry": _geometry(feature["geometry"])}
            for feature in features
        ]
    except (ValueError, KeyError, TypeError):
        raise SourceError("NON_GEOJSON", "le fichier reçu n’est pas du GeoJSON") from None
    if not rows:
        raise SourceError("VIDE", "le fichier GeoJSON ne contient aucun objet")
    header = list(rows[0])
    check_columns(header, contract)
    texts = [[_text(row.get(column.header)) for column in contract.columns] for row in rows]
    store(connection, texts, contract, list(range(1, len(rows) + 1)))
    return Reading(len(rows), 0, extra(header, contract), numbered=True)


def _geometry(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
