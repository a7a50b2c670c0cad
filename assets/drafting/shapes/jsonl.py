"""JSON lines: an object per line."""

import json
from pathlib import Path

from assets.drafting.shape import Shape
from assets.drafting.shapes.json import one_per_line, titles_of


def recognises(start: bytes) -> bool:
    """The first line is an object by itself."""
    return one_per_line(start.removeprefix(b"\xef\xbb\xbf").lstrip())


def shape(path: Path) -> Shape:
    """Every key of some line; a line that is not an object is the decoder's to set aside."""
    records = []
    with path.open(encoding="utf-8-sig") as file:
        for line in file:
            try:
                value = json.loads(line) if line.strip() else None
            except ValueError:
                continue
            if isinstance(value, dict):
                records.append(value)
    return Shape({"format": "jsonl"}, titles_of(records))
