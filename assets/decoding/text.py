"""From bytes to exact text: the declared encoding or a refusal, never mojibake.

Also reads the line of titles. What the values mean is in `assets.decoding.values`.
"""

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from assets.decoding.bytes import Scan, blocks
from checks.contract import Contract
from resources.errors import SourceError

HEAD = 1 << 16
# Nearly any bytes are text in these, UTF-8 included: « été » would become « Ã©tÃ© » in silence.
ONE_BYTE = ("cp1252", "latin-1")
# Where cp1252 has « € », « ’ » or « œ », latin-1 has control characters that no table holds.
CONTROLS = re.compile(rb"[\x80-\x9f]")
WEB_OR_JSON = re.compile(r"(<[!?a-zA-Z])|[{\[]\s*[\"{\[]")
csv.field_size_limit(sys.maxsize)


def rewritten(source: Path, destination: Path, contract: Contract) -> Scan:
    """Rewrite a text in UTF-8 with `\\n` line ends, from its line of titles on; what was written.

    Raises:
        SourceError: `ENCODAGE` or `LIGNE_TROP_LONGUE`.
    """
    scan = Scan()
    with destination.open("wb", buffering=0) as file:
        for text in _after(contract.skip_lines, _decoded(source, contract.encoding)):
            block = text.encode("utf-8", "surrogatepass")
            scan.see(block)
            file.write(block)
    scan.end()
    return scan


def _after(skipped: int, pieces: Iterator[str]) -> Iterator[str]:
    """The text without its first lines."""
    for piece in pieces:
        while skipped and piece:
            _, end, piece = piece.partition("\n")
            skipped -= bool(end)
        if piece:
            yield piece


def _decoded(source: Path, encoding: str) -> Iterator[str]:
    """Text with every line end as `\\n`; never empty pieces."""
    codec = {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    ends = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)
    doubt = _Doubt(encoding)
    position = 0
    try:
        for block in blocks(source):
            doubt.see(block)
            if text := ends.decode(block):
                yield text
            position += len(block)
        if text := ends.decode(b"", final=True):
            yield text
    except UnicodeDecodeError as error:
        raise _refusal(encoding, f"octet {position + error.start + 1} indéchiffrable") from None
    except UnicodeError:  # UTF-16 without a mark: in which order are its bytes?
        raise _refusal(encoding, "il n’a pas de marque d’ordre des octets") from None
    doubt.resolve()


def check_encoding(source: Path, encoding: str) -> None:
    """Read a text to its end for nothing but its encoding.

    Raises:
        SourceError: `ENCODAGE`, with the place of the first byte at fault.
    """
    for _ in _decoded(source, encoding):
        pass


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
            raise _refusal("latin-1", "il est en cp1252")
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
            raise _refusal(self.encoding, "il est en utf-8")


def _refusal(encoding: str, why: str) -> SourceError:
    return SourceError(
        "ENCODAGE",
        f"le fichier n’est pas en {encoding} : {why}. Corrigez « encoding » dans le contrat, ou "
        "demandez au producteur de renvoyer le fichier",
    )


def header_of(path: Path, contract: Contract) -> tuple[list[str], int]:
    """The titles of a text in UTF-8, and on how many lines they stand.

    Raises:
        SourceError: `VIDE`, `NON_CSV`, `ENCODAGE` or `EN_TETE`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            _check_start(file.read(HEAD).lstrip())
            file.seek(0)
            rows = csv.reader(
                file,
                delimiter=contract.dialect.delimiter,
                quotechar=contract.dialect.quote_char,
                strict=True,
            )
            return next(rows, []), rows.line_num
    except csv.Error:
        raise SourceError("EN_TETE", "la ligne de titres est illisible") from None
    except UnicodeDecodeError:
        check_encoding(path, "utf-8")
        raise


def _check_start(start: str) -> None:
    if not start:
        raise SourceError("VIDE", "le fichier reçu n’a que des lignes vides")
    if found := WEB_OR_JSON.match(start):
        kind = "une page web" if found.group(1) else "du JSON"
        raise SourceError("NON_CSV", f"le fichier reçu est {kind}, pas un tableau CSV")
