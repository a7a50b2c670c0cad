"""What the bytes of a UTF-8 text say before anything is read in it, seen block by block.

How many lines, how they end, whether one is too long to be one, whether something hides in them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from resources.errors import SourceError

BLOCK = 1 << 18
# One field of sixteen megabytes is no datum of a table, but a file without line ends, or a trap.
LONGEST = 16_000_000
# Marks that change the order of letters or take no room: U+200B–F, U+202A–E, U+2060–9, U+FEFF
# (Unicode TR 36, 2.10): two names that look the same would not be.
HIDDEN = re.compile(rb"\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0-\xa9])")
# The same, and U+202F: one search of a block tells whether any of them is worth another.
RARE = re.compile(rb"\xe2(?:\x80[\x8b-\x8f\xaa-\xaf]|\x81[\xa0-\xa9])")
MARK = b"\xef\xbb\xbf"
CARE = {
    " ": b" ",
    "\t": b"\t",
    "_": b"_",
    ".": b".",
    "\u00a0": b"\xc2\xa0",
    "\u202f": b"\xe2\x80\xaf",
}


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, never all at once."""
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            yield block


class Scan:
    """What was seen of a text so far."""

    def __init__(self) -> None:
        self.bytes = 0
        self.lines = 0
        self.longest = 0
        self.hidden = False
        self.met = ""
        self._returns = 0
        self._windows = 0
        self._since = 0
        self._tail = b""

    def see(self, block: bytes) -> None:
        """Look at the next bytes.

        Raises:
            SourceError: `LIGNE_TROP_LONGUE`.
        """
        ends = block.count(b"\n")
        if ends:
            self._measure(self._since + block.find(b"\n"))
            self._since = len(block) - block.rfind(b"\n") - 1
        else:
            self._since += len(block)
        self._measure(self._since)
        self.lines += ends
        if b"\r" in block:
            self._returns += block.count(b"\r")
            self._windows += block.count(b"\r\n")
        if self._tail.endswith(b"\r") and block.startswith(b"\n"):
            self._windows += 1
        self._seek_care(block)
        self.bytes += len(block)
        self._tail = block[-2:]

    def _seek_care(self, block: bytes) -> None:
        """Which characters that need care are anywhere in the text: the others need no guard.

        The first byte of each is sought alone: most texts do not have it, and that is quick.
        """
        near = self._tail + block[:2]
        accents = not (block.isascii() and near.isascii())
        rare = accents and (RARE.search(block) or RARE.search(near)) is not None
        for character, code in CARE.items():
            if character in self.met or (len(code) == 3 and not rare):
                continue
            if (code[:1] in block and code in block) or (accents and code in near):
                self.met += character
        if accents and not self.hidden:
            start = len(MARK) if self.bytes == 0 and block.startswith(MARK) else 0
            self.hidden = (
                (rare and (HIDDEN.search(block) or HIDDEN.search(near)) is not None)
                or (MARK[:1] in block[start:] and block.find(MARK, start) >= 0)
                or (self.bytes > 0 and MARK in near)
            )

    def end(self) -> None:
        """Say that there is no more: a last line may have no end."""
        if self._since:
            self.lines += 1

    @property
    def plain(self) -> bool:
        """Whether every line ends alike, with `\\n` or with `\\r\\n`."""
        return self._returns in (0, self._windows) and self._windows in (0, self._ends)

    @property
    def windows(self) -> bool:
        """Whether lines end with `\\r\\n`."""
        return self._windows > 0

    @property
    def _ends(self) -> int:
        return self.lines - (1 if self._since else 0)

    def _measure(self, length: int) -> None:
        self.longest = max(self.longest, length)
        if length > LONGEST:
            raise SourceError(
                "LIGNE_TROP_LONGUE",
                f"la ligne {self.lines + 1} dépasse {LONGEST // 1_000_000} Mo : le fichier n’a pas "
                "de fins de ligne, ou il est abîmé. Demandez au producteur de le renvoyer",
            )


def scanned(path: Path) -> Scan:
    """All that the bytes of a file say.

    Raises:
        SourceError: `LIGNE_TROP_LONGUE`.
    """
    scan = Scan()
    for block in blocks(path):
        scan.see(block)
    scan.end()
    return scan
