"""GeoJSON (RFC 7946): the properties of its features, and their geometry."""

import json
from pathlib import Path

from assets.drafting.shape import Shape
from resources.errors import SourceError


def recognises(start: bytes) -> bool:
    """A collection of features says so near its beginning."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" and (
        b"FeatureCollection" in start
    )


def shape(path: Path) -> Shape:
    """Every property of some feature, in the order they are met.

    Raises:
        SourceError: `NON_GEOJSON`.
    """
    try:
        features = json.loads(path.read_bytes().decode("utf-8-sig"))["features"]
        titles = dict.fromkeys(name for feature in features for name in feature["properties"])
    except (ValueError, KeyError, TypeError):
        raise SourceError("NON_GEOJSON", "le fichier n’est pas du GeoJSON") from None
    return Shape({"format": "geojson"}, [*titles, "geometry"])
