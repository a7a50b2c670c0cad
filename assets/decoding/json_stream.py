"""JSON read as it is written: one value after the other, numbers as their own digits.

Only the value at hand is in memory, whatever the size of the document. DuckDB's reader is faster
but turns every number into a double (`1.10` becomes `1.1`, 20 digits become 17) and cannot look for
rows inside a document. What makes a row of a value is in `assets.decoding.records`.
"""

from collections.abc import Callable, Iterator
from typing import TextIO

from assets.decoding.json_values import DECODER
from resources.errors import SourceError

CHUNK = 1 << 20
LONGEST = 64 << 20  # characters of one value: a record, or what stands beside the records
SPACES = " \t\r\n"


Beside = Callable[[str, object], None]


class Document:
    """A JSON document, read forward."""

    def __init__(self, file: TextIO, refusal: str, beside: Beside | None = None) -> None:
        """`refusal` is the code of what is not JSON; `beside` sees what stands beside the path."""
        self._file = file
        self._code = refusal
        self._text = ""
        self._at = 0
        self._line = 1
        self._counted = 0
        self._beside = beside or (lambda key, value: None)
        self._words: list[str] = []  # keys met at the level where the search is

    def items(self, path: list[str]) -> Iterator[tuple[int, object]]:
        """Each item of the list at a path of keys, with the line where it begins.

        The document is then read to its end: what was cut is refused.

        Raises:
            SourceError: not JSON, cut, no list there, or a value longer than 64 million characters.
        """
        for key in path:
            self._enter(key, path)
        if self._peek() != "[":
            self._refuse_object(path)
        yield from self._listed()
        for _ in path:
            self._leave()
        if self._peek():
            raise self._refusal("autre chose suit la fin du document")

    def _listed(self) -> Iterator[tuple[int, object]]:
        self._take("[")
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            self._peek()
            line = self._here()
            yield line, self._value()
            if self._take(",]") == "]":
                return

    def _enter(self, wanted: str, path: list[str]) -> None:
        """Go to the value of a key, past those before it."""
        self._words = []
        if self._peek() != "{":
            raise self._refusal(f"il n’a pas de liste à l’endroit « records: {'.'.join(path)} »")
        self._at += 1
        while self._peek() != "}":
            key = self._key()
            if key == wanted:
                return
            self._beside(key, self._value())
            if self._take(",}") == "}":
                break
        self._refuse_words(f"il n’a pas de « {wanted} » (records: {'.'.join(path)})")

    def _leave(self) -> None:
        """Read the rest of the object that was entered."""
        while self._take(",}") == ",":
            self._beside(self._key(), self._value())

    def _refuse_object(self, path: list[str]) -> None:
        self._words = []
        if self._peek() == "{":
            self._at += 1
            while self._peek() != "}":
                self._key()
                self._value()
                if self._take(",}") == "}":
                    break
        where = f"à l’endroit « records: {'.'.join(path)} »" if path else "de lignes à sa racine"
        self._refuse_words(
            f"il n’a pas de liste {where}"
            + ("" if path else " ; dites par « records » où elle se trouve")
        )

    def _refuse_words(self, what: str) -> None:
        if any(
            word.lower() in ("error", "errors", "errorcode", "error_code") for word in self._words
        ):
            raise self._refusal("c’est un message d’erreur du serveur, pas des données")
        told = ", ".join(f"« {word} »" for word in self._words[:10])
        raise self._refusal(what + (f" ; il a {told}" if told else ""))

    def _key(self) -> str:
        if self._peek() != '"':
            raise self._refusal(f"ligne {self._here()}, un nom est attendu")
        key = str(self._value())
        self._take(":")
        self._words.append(key)
        return key

    def _take(self, expected: str) -> str:
        found = self._peek()
        if not found:
            raise self._refusal("il s’arrête avant sa fin, le téléchargement est incomplet")
        if found not in expected:
            raise self._refusal(f"ligne {self._here()}, un signe n’est pas à sa place")
        self._at += 1
        return found

    def _peek(self) -> str:
        """The next sign that is not a space; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in SPACES:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _value(self) -> object:
        self._peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._refusal("il est emboîté trop profondément") from None
            except ValueError:
                if not self._more():
                    raise self._refusal(
                        f"ligne {self._here()}, une valeur est illisible ou coupée"
                    ) from None
                continue
            # A number that ends with what was read may have other digits.
            if end < len(self._text):
                self._at = end
                return value
            if not self._more():
                self._at = len(self._text)
                return value

    def _more(self) -> bool:
        """Read on, forgetting what is behind."""
        self._here()
        left = self._text[self._at :]
        if len(left) > LONGEST:
            raise SourceError(
                "LIGNE_TROP_LONGUE",
                f"ligne {self._line}, une valeur dépasse {LONGEST / 1e6:.0f} millions de signes",
            )
        chunk = self._file.read(max(CHUNK, len(left)))
        self._text, self._at, self._counted = left + chunk, 0, 0
        return bool(chunk)

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _refusal(self, why: str) -> SourceError:
        return SourceError(self._code, f"le fichier reçu ne se lit pas comme du JSON : {why}")
