"""From an address to a file to look at, and to what its portal says of it.

Each module of `assets.drafting.portals` knows one kind of portal. Only the beginning of a large
dataset is asked for: a draft needs rows, not all of them.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast, get_args
from urllib.parse import urlsplit

from assets.drafting.known import About
from checks.contract import Cadence
from resources.errors import SourceError
from resources.receiving import Limits
from resources.web import Web

ROWS = 50_000  # asked of a portal, at most
LONGEST = 300  # characters of a description
# Words of data.gouv.fr, Data Fair and the European vocabulary of DCAT (its last part).
CADENCES: Mapping[str, Cadence] = {
    "punctual": "ponctuelle",
    "never": "ponctuelle",
    "annual": "annuelle",
    "annually": "annuelle",
    "semiannual": "semestrielle",
    "annual_2": "semestrielle",
    "quarterly": "trimestrielle",
    "monthly": "mensuelle",
    "weekly": "hebdomadaire",
    "daily": "quotidienne",
    "hourly": "horaire",
    **{word: word for word in get_args(Cadence)},
}
LICENSES = (
    (r"etalab.?2|lov2|licence ouverte.*2|open licence.*2", "etalab-2.0"),
    (r"fr-lo|etalab|licence ouverte|open licence", "etalab-1.0"),
    (r"odbl|open database", "odbl-1.0"),
    (r"cc.?by.?sa", "cc-by-sa"),
    (r"cc.?by", "cc-by"),
    (r"cc.?0|public domain", "cc0-1.0"),
)


@dataclass(frozen=True)
class Way:
    """How a portal is asked: over the web, each address within limits."""

    web: Web
    limits: Limits

    def document(self, url: str) -> dict[str, Any]:
        """A page of an API.

        Raises:
            SourceError: it cannot be reached, or is not an object of JSON.
        """
        content, _ = self.web.read(url, self.limits)
        try:
            found = json.loads(content)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise SourceError("REPONSE", "le portail n’a pas répondu par un document JSON")
        return found

    def file(self, url: str, destination: Path) -> None:
        """A file, written where told."""
        self.web.download(url, destination, self.limits)


class Portal(Protocol):
    """What each module of `assets.drafting.portals` offers."""

    def location(self, address: str) -> str | None:
        """What follows the scheme of its connector, or None for an address of another kind."""
        ...

    def ask(self, way: Way, location: str, folder: Path) -> tuple[Path, About]:
        """Write rows of the dataset in the folder, and say what is known of it."""
        ...


def is_address(where: str) -> bool:
    """Whether what an agent typed is an address and not a file."""
    return _portal(where) is not None or re.match(r"https?://", where) is not None


def received(where: str, way: Way, folder: Path) -> tuple[Path, About]:
    """The file to draft from, and what its portal says.

    Raises:
        SourceError: with a code of `resources.web`; or the portal did not say what was expected.
    """
    found = _portal(where)
    if found is not None:
        portal, location = found
        try:
            return portal.ask(way, location, folder)
        except (KeyError, TypeError, AttributeError, IndexError):
            raise SourceError(
                "REPONSE", "le portail n’a pas répondu dans les termes de son interface"
            ) from None
    name = Path(urlsplit(where).path).name
    # The name a server gives is never a path: its letters alone are kept.
    file = folder / (re.sub(r"[^\w.-]", "_", name).lstrip(".") or "fichier")
    way.file(where, file)
    return file, About(url=where)


def _portal(where: str) -> tuple[Portal, str] | None:
    for path in sorted((Path(__file__).parent / "portals").glob("[!_]*.py")):
        portal = cast(Portal, import_module(f"assets.drafting.portals.{path.stem}"))
        if (location := portal.location(where)) is not None:
            return portal, location
    return None


def cadence_of(word: object) -> str:
    """The contract's word for a portal's; empty for « irregular », « unknown », « continuous »."""
    last = str(word or "").rstrip("/").rpartition("/")[2].lower()
    return CADENCES.get(last, "")


def license_of(word: object) -> str:
    """The usual identifier of a licence, or the portal's own words."""
    said = plain(word)
    known = (name for pattern, name in LICENSES if re.search(pattern, said, flags=re.I))
    return next(known, said)


def plain(text: object) -> str:
    """A description without its markup, its first sentences."""
    said = html.unescape(re.sub(r"<[^>]+>", " ", str(text or "")))
    said = said.translate({ord("{"): "(", ord("}"): ")"})  # no variable of the territory
    said = " ".join(re.sub(r"[*_#`>]+", " ", said).split())
    if len(said) <= LONGEST:
        return said
    cut = said[:LONGEST].rpartition(". ")[0]
    return f"{cut}." if cut else said[: LONGEST - 1].rstrip() + "…"
