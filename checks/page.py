"""What every page of the platform promises: light, readable by all, and silent on the network.

Pure: bytes in, verdicts out. What only a browser can tell (contrast, overflow, printing) is in
`tests/test_page_browser.py`; how a page is made is in `assets.dashboards.pages`.
"""

import gzip
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise

from checks.rules import Dimension, Rule, Severity, Verdict

# A page is read once, though it is weighed as it is made, then judged among all the others.
_PAGES = 128
GZIP_BYTES = 10_000  # the elected officials' page
SITE_GZIP_BYTES = 14_000  # any other
NODES = 600
FETCHED_BY = {
    "audio": "src", "embed": "src", "frame": "src", "iframe": "src", "image": "href",
    "img": "src", "input": "src", "link": "href", "object": "data", "source": "src",
    "track": "src", "use": "href", "video": "src",
}  # fmt: skip
STYLE_FETCH = re.compile(r"@import|url\((?!\s*['\"]?(?:data:|#))", re.IGNORECASE)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass
class _Reading:
    """What one pass over the page saw."""

    tags: Counter[str] = field(default_factory=Counter)
    language: str = ""
    policy: str = ""
    title: str = ""
    fetched: int = 0
    styled: int = 0
    handlers: int = 0
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    unnamed_images: int = 0
    unscoped_headers: int = 0


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.reading = _Reading()
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        seen, given = self.reading, {name: value or "" for name, value in attrs}
        self.inside = tag
        seen.tags[tag] += 1
        seen.styled += "style" in given
        seen.handlers += any(name.startswith("on") for name in given)
        seen.fetched += self._fetches(tag, given)
        if tag == "html":
            seen.language = given.get("lang", "")
        if given.get("http-equiv", "").lower() == "content-security-policy":
            seen.policy = given.get("content", "")
        if "id" in given:
            seen.anchors.add(given["id"])
        if tag == "a" and "href" in given:
            seen.links.append(given["href"])
        if tag in HEADINGS:
            seen.headings.append(int(tag[1]))
        if tag == "svg" and given.get("aria-hidden") != "true":
            seen.unnamed_images += not given.get("aria-label")
        if tag == "th":
            seen.unscoped_headers += not given.get("scope")

    def handle_data(self, data: str) -> None:
        if self.inside == "title":
            self.reading.title += data
        elif self.inside == "style":
            self.reading.fetched += len(STYLE_FETCH.findall(data))

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    @staticmethod
    def _fetches(tag: str, given: Mapping[str, str]) -> bool:
        address = given.get(FETCHED_BY.get(tag, ""), "") or given.get("srcset", "")
        return bool(address) and not address.startswith(("data:", "#"))


@lru_cache(_PAGES)
def measure(content: bytes) -> Mapping[str, int]:
    """The weight of a page: bytes, bytes once compressed, nodes of the document, requests."""
    reading = _read(content)
    return {
        "bytes": len(content),
        "gzip_bytes": len(gzip.compress(content, 9, mtime=0)),
        "nodes": reading.tags.total(),
        "requests": 1 + reading.fetched + reading.tags["script"],
    }


def check_page(
    content: bytes, *, gzip_bytes: int = GZIP_BYTES, nodes: int = NODES
) -> list[Verdict]:
    """Every promise of a page, kept or not."""
    reading, facts = _read(content), measure(content)
    return [
        _at_most("poids", f"La page pèse au plus {gzip_bytes} octets compressés",
                 facts["gzip_bytes"], gzip_bytes, Dimension.SOBRIETY, Severity.WARNING),
        _at_most("noeuds", f"La page compte au plus {nodes} éléments",
                 facts["nodes"], nodes, Dimension.SOBRIETY, Severity.WARNING),
        _at_most("requetes", "La page s’ouvre en une seule requête",
                 facts["requests"], 1, Dimension.SOBRIETY),
        _none("scripts", "La page n’exécute aucun script",
              reading.tags["script"] + reading.handlers, Dimension.PROTECTION),
        _none("styles", "Aucun élément ne porte de style à lui",
              reading.styled, Dimension.PROTECTION),
        _holds("politique", "La page interdit au navigateur tout contenu extérieur",
               "default-src 'none'" in reading.policy, Dimension.PROTECTION),
        _holds("langue", "La langue de la page est le français", reading.language == "fr"),
        _holds("titre", "La page a un titre", bool(reading.title.strip())),
        _holds("intertitres", "Les intertitres se suivent, à partir d’un seul titre principal",
               _ordered(reading.headings)),
        _none("liens", "Aucun lien interne ne mène nulle part", sum(
            link.startswith("#") and link[1:] not in reading.anchors for link in reading.links)),
        _none("images", "Chaque graphique a un texte équivalent, ou se tait",
              reading.unnamed_images),
        _none("tableaux", "Chaque tableau a une légende et des en-têtes rattachés",
              abs(reading.tags["table"] - reading.tags["caption"]) + reading.unscoped_headers),
    ]  # fmt: skip


@lru_cache(_PAGES)
def _read(content: bytes) -> _Reading:
    reader = _Reader()
    reader.feed(content.decode("utf-8"))
    reader.close()
    return reader.reading


def _ordered(levels: list[int]) -> bool:
    return (
        levels[:1] == [1] and levels.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(levels))
    )


def _at_most(
    name: str,
    sentence: str,
    found: int,
    limit: int,
    dimension: Dimension = Dimension.VALIDITY,
    severity: Severity = Severity.CRITICAL,
) -> Verdict:
    rule = Rule(f"page.{name}", dimension, severity, sentence, "page_at_most", {"limit": limit})
    return Verdict(rule, found <= limit, str(found))


def _none(
    name: str, sentence: str, found: int, dimension: Dimension = Dimension.VALIDITY
) -> Verdict:
    return _at_most(name, sentence, found, 0, dimension)


def _holds(
    name: str, sentence: str, held: bool, dimension: Dimension = Dimension.VALIDITY
) -> Verdict:
    return _none(name, sentence, int(not held), dimension)
