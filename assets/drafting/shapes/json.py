"""JSON: where the rows are in the document, and the keys they have.

Keys of an object within a row are columns too, by their dotted path (`acheteur.id`); a list within
a row stays a text.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.drafting.shape import Shape
from resources.errors import SourceError
from resources.french import listing

Record = dict[str, Any]


def recognises(start: bytes) -> bool:
    """An object or a list, but neither GeoJSON nor an object per line."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] not in (b"{", b"["):
        return False
    return b"FeatureCollection" not in start and not one_per_line(text)


def shape(path: Path) -> Shape:
    """The longest list of objects in the document, and every key met in it.

    Raises:
        SourceError: `NON_JSON`, or no list of objects.
    """
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SourceError("NON_JSON", "le fichier n’est pas du JSON") from None
    found = sorted(_lists(document, ()), key=lambda one: -len(one[1]))
    if not found:
        raise SourceError("NON_JSON", "le document JSON ne contient aucune liste d’objets")
    place, records = found[0]
    words = {"format": "json"} | ({"records": ".".join(place)} if place else {})
    doubts = [f"Les lignes sont celles de « {'.'.join(place)} »."] if place else []
    others = [f"« {'.'.join(other)} »" for other, _ in found[1:] if other]
    if others:
        doubts.append(f"Le document a aussi {listing(others)} : un contrat pour chaque.")
    return Shape(words, titles_of(records), doubts)


def titles_of(records: list[Record]) -> list[str]:
    """Every key of some record, in the order they are met."""
    return list(dict.fromkeys(title for record in records for title in _keys(record, "")))


def one_per_line(text: bytes) -> bool:
    """Whether the first line is an object by itself and another follows."""
    first, _, rest = text.partition(b"\n")
    if rest.lstrip()[:1] != b"{":
        return False
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _keys(record: Record, before: str) -> Iterator[str]:
    for key, value in record.items():
        if isinstance(value, dict) and value and "." not in key:
            yield from _keys(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"


def _lists(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Record]]]:
    """Every list of objects that keys alone lead to."""
    if isinstance(value, list):
        records = [item for item in value if isinstance(item, dict)]
        if records:
            yield place, records
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists(inner, (*place, key))
