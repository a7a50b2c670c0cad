"""From bytes to exact text: the declared encoding or a refusal, never mojibake.

Also reads the header by name. What the values mean is in `assets.decoding.values`.
"""

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.contract import Contract
from checks.declaration import closest
from resources.errors import SourceError

CHUNK = 1 << 20
HEAD = 1 << 16
# Nearly any bytes are text in these, UTF-8 included: « été » would become « Ã©tÃ© » in silence.
ONE_BYTE = ("cp1252", "latin-1")
# Where cp1252 has « € », « ’ » or « œ », latin-1 has control characters that no table holds.
CONTROLS = re.compile(rb"[\x80-\x9f]")
WEB_OR_JSON = re.compile(r"(<[!?a-zA-Z])|[{\[]\s*[\"{\[]")
# A long field is a value as another; lines are bounded by DuckDB, where most files are read.
csv.field_size_limit(sys.maxsize)


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
    doubt = _Doubt(encoding)
    position = 0
    with source.open("rb") as file:
        try:
            while block := file.read(CHUNK):
                doubt.see(block)
                if text := ends.decode(block):
                    yield text
                position += len(block)
            if text := ends.decode(b"", final=True):
                yield text
        except UnicodeDecodeError as error:
            raise _encoding_refusal(
                encoding, f"octet {position + error.start + 1} indéchiffrable"
            ) from None
    doubt.resolve()


class _Doubt:
    """Whether a file declared in a one-byte encoding is in another, judged on all its bytes."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._may_be_utf8 = encoding in ONE_BYTE
        self._accents = False

    def see(self, block: bytes) -> None:
        """Look at the next bytes."""
        if self.encoding not in ONE_BYTE:
            return
        self._accents = self._accents or not block.isascii()
        if self.encoding == "latin-1" and CONTROLS.search(block):
            raise _encoding_refusal("latin-1", "il est en cp1252")
        if self._may_be_utf8:
            try:
                self._utf8.decode(block)
            except UnicodeDecodeError:
                self._may_be_utf8 = False

    def resolve(self) -> None:
        """Say what the whole file was.

        Raises:
            SourceError: `ENCODAGE`, when it is UTF-8.
        """
        if self._may_be_utf8 and self._accents and not self._utf8.getstate()[0]:
            raise _encoding_refusal(self.encoding, "il est en utf-8")


def _encoding_refusal(encoding: str, why: str) -> SourceError:
    return SourceError(
        "ENCODAGE",
        f"le fichier n’est pas en {encoding} : {why}. Corrigez « encoding » dans le contrat, ou "
        "demandez au producteur de renvoyer le fichier",
    )


def _header(path: Path, contract: Contract) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        start = file.read(HEAD).lstrip()
        if not start:
            raise SourceError("VIDE", "le fichier reçu n’a que des lignes vides")
        if found := WEB_OR_JSON.match(start):
            kind = "une page web" if found.group(1) else "du JSON"
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
    """Every column of the contract that is not `optional` must be there, by name; order and extra
    ones do not matter.

    Raises:
        SourceError: `SCHEMA`, with the closest title found for each that is missing.
    """
    missing = [
        column.header
        for column in contract.columns
        if not column.optional and column.header not in header
    ]
    if missing:
        told = ", ".join(f"« {name} »{closest(name, header)}" for name in missing)
        raise SourceError("SCHEMA", f"des colonnes attendues manquent : {told}")
