"""From bytes to exact text: the declared encoding or a refusal, never mojibake.

Also reads the header by name. What the values mean is in `assets.decoding.values`.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.contract import Contract
from checks.declaration import closest
from resources.errors import SourceError

CHUNK = 1 << 20
HEAD = 1 << 16
BOMS = {
    "utf-8": [codecs.BOM_UTF8],
    "utf-16": [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE],
}


@dataclass(frozen=True)
class TextFile:
    """A file rewritten in UTF-8, its header, and how many lines of text it has."""

    path: Path
    header: list[str]
    lines: int


def decoded(source: Path, destination: Path, contract: Contract) -> TextFile:
    """Rewrite a delimited file in UTF-8 with `\\n` line ends, and read its header.

    Raises:
        SourceError: `VIDE`, `NON_CSV`, `ENCODAGE`, `EN_TETE` or `SCHEMA`.
    """
    if source.stat().st_size == 0:
        raise SourceError("VIDE", "le fichier reçu est vide (0 octet)")
    lines, last = 0, "\n"
    with destination.open("w", encoding="utf-8", newline="") as file:
        for chunk in _chunks(source, contract.encoding):
            lines += chunk.count("\n")
            last = chunk[-1]
            file.write(chunk)
        if last != "\n":
            lines += 1
            file.write("\n")
    header = _header(destination, contract)
    return TextFile(destination, header, lines)


def _chunks(source: Path, encoding: str) -> Iterator[str]:
    """Text with every line end as `\\n`; never empty pieces."""
    codec = {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    ends = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)
    position = 0
    with source.open("rb") as file:
        try:
            while block := file.read(CHUNK):
                if text := ends.decode(block):
                    yield text
                position += len(block)
            if text := ends.decode(b"", final=True):
                yield text
        except UnicodeDecodeError as error:
            raise SourceError(
                "ENCODAGE",
                f"le fichier n’est pas en {encoding} : octet {position + error.start + 1} "
                "indéchiffrable. Corrigez « encoding » dans le contrat, ou demandez au "
                "producteur de renvoyer le fichier",
            ) from None


def _header(path: Path, contract: Contract) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        start = file.read(HEAD).lstrip()
        if start[:1] in "<{[" and contract.dialect.delimiter not in start.split("\n", 1)[0]:
            kind = "une page web" if start[0] == "<" else "du JSON"
            raise SourceError("NON_CSV", f"le fichier reçu est {kind}, pas un tableau CSV")
        file.seek(0)
        rows = csv.reader(
            file,
            delimiter=contract.dialect.delimiter,
            quotechar=contract.dialect.quote_char,
            strict=True,
        )
        try:
            header = [name.strip() for name in next(rows, [])]
        except csv.Error:
            raise SourceError("EN_TETE", "la ligne de titres est illisible") from None
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        told = ", ".join(f"« {name} »" if name else "(sans nom)" for name in repeated)
        raise SourceError("EN_TETE", f"des colonnes portent le même titre : {told}")
    check_columns(header, contract)
    return header


def check_columns(header: list[str], contract: Contract) -> None:
    """Every column of the contract must be there, by name; order and extra ones do not matter.

    Raises:
        SourceError: `SCHEMA`, with the closest title found for each that is missing.
    """
    missing = [column.header for column in contract.columns if column.header not in header]
    if missing:
        told = ", ".join(f"« {name} »{closest(name, header)}" for name in missing)
        raise SourceError("SCHEMA", f"des colonnes attendues manquent : {told}")
