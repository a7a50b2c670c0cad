"""What a cell of an XLSX sheet shows that its value does not say: zeros in front, and errors.

The parser gives the number 1004 for a code shown `01004` by the format `00000`, and nothing for
`#N/A`: a lost zero and a silent null. Read from the workbook's own XML, only when there are some.
Runs in the child process (`assets.decoding.sheet_child`).
"""

import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

CHUNK = 1 << 20
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ZEROS = re.compile(r"0{2,}")
PLACE = re.compile(r"([A-Z]+)(\d+)")
Shown = tuple[int, int, int | str]  # row and column from 0; digits to show, or the error


def shown_otherwise(source: str, sheet: str) -> Iterator[Shown]:
    """The cells of a sheet that show something else than their value."""
    with zipfile.ZipFile(source) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return
        part = _part(archive, sheet)
        padded = _padded(archive)
        if padded or _has_error(archive, part):
            with archive.open(part) as file:
                yield from _cells(file, padded)


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where the XML of a sheet is."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    link = next(one.get(LINK) for one in book.iter(f"{MAIN}sheet") if one.get("name") == sheet)
    target = next(str(one.get("Target")) for one in links if one.get("Id") == link)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _padded(archive: zipfile.ZipFile) -> dict[str, int]:
    """How many digits each style made of zeros alone shows, by the style's number."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    zeros = {
        one.get("numFmtId"): len(code)
        for one in styles.iter(f"{MAIN}numFmt")
        if ZEROS.fullmatch(code := str(one.get("formatCode")).partition(";")[0])
    }
    formats = styles.find(f"{MAIN}cellXfs")
    return {
        str(at): zeros[one.get("numFmtId")]
        for at, one in enumerate(formats if formats is not None else [])
        if one.get("numFmtId") in zeros
    }


def _has_error(archive: zipfile.ZipFile, part: str) -> bool:
    with archive.open(part) as file:
        before = b""
        while chunk := file.read(CHUNK):
            if b't="e"' in before + chunk:
                return True
            before = chunk[-5:]
    return False


def _cells(file: IO[bytes], padded: dict[str, int]) -> Iterator[Shown]:
    found: list[Shown] = []
    text: list[str] | None = None
    place = ""

    def opens(name: str, attributes: dict[str, str]) -> None:
        nonlocal text, place
        if name == "c":
            place = attributes.get("r", "")
            if attributes.get("t") == "e":
                text = []
            elif attributes.get("s") in padded and attributes.get("t", "n") == "n":
                found.append((*_at(place), padded[attributes["s"]]))

    def closes(name: str) -> None:
        nonlocal text
        if name == "c" and text is not None:
            found.append((*_at(place), "".join(text)))
            text = None

    def says(data: str) -> None:
        if text is not None:
            text.append(data)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opens, closes
    parser.CharacterDataHandler = says
    while chunk := file.read(CHUNK):
        parser.Parse(chunk)
        yield from found
        found.clear()
    parser.Parse(b"", True)
    yield from found


def _at(place: str) -> tuple[int, int]:
    """Row and column of `B3`, from 0."""
    match = PLACE.fullmatch(place)
    if match is None:
        return 0, 0
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match.group(2)) - 1, column - 1
