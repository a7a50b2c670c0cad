"""Lines of a dataset of a Data Fair portal (ADEME and others).

    url: datafair:data.ademe.fr/dpe03existant?qs=code_insee_ban:"{seat}"
    url: datafair:data.ademe.fr/dpe03existant?communes=code_insee_ban&etiquette_dpe_in=F,G
    format: jsonl

Only the columns of the contract are asked for. `qs=` filters in the portal's language, a field with
`_eq`, `_in`, `_gte`… by its values, `communes=` by the communes of the territory. Pages follow the
portal's cursor, in the order of its lines, until as many lines came as it counts. A dataset whose
data did not move costs one small request.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from assets.asking.address import Address, parsed, words_fault
from assets.asking.communes import communes
from assets.asking.fields import fields, titled
from assets.asking.interface import Interface, address, elsewhere, same_place
from assets.asking.rows import Rows
from assets.asking.tag import tag_of
from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.landing import Answer

PLACE = re.compile(r"[\w.-]+\.[a-z]{2,}/[\w-]+", re.ASCII)
FILTER = re.compile(r"\w+_(eq|neq|in|nin|gt|gte|lt|lte|starts|exists|nexists|search|contains)")
WORDS = ("qs", "q", "communes", "size", "bbox", "geo_distance")
SENT = ("qs", "q", "bbox", "geo_distance")
MOST = 10_000  # lines of a page


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A portal and a dataset, known words, a size the portal accepts."""
    parts = parsed(location)
    if not PLACE.fullmatch(parts.place):
        return "l’adresse attend « datafair:portail/jeu_de_donnees »"
    size = parts.words.get("size", str(MOST))
    if not size.isdecimal() or not 1 <= int(size) <= MOST:
        return f"« size » va de 1 à {MOST} lignes par page"
    own = {word: value for word, value in parts.words.items() if not FILTER.fullmatch(word)}
    return words_fault(Address(parts.place, own), WORDS)


def asks(request: Request) -> list[str]:
    """The dataset's description, then the first page of its lines."""
    parts = parsed(request.location)
    return [_base(parts), _lines(parts, request, list(titled(request.contract).values()))]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Receive the lines, when the data moved since `tag`.

    Raises:
        SourceError: with a code of `resources.web`, or `TRONQUE`, `FORMAT`, `EN_TETE`.
    """
    parts, contract = parsed(request.location), request.contract
    portal = Interface(request)
    described = portal.document(_base(parts))
    names = [field["key"] for field in described.get("schema", [])]
    found = fields(contract, names, "ce jeu de données")
    first = url = _lines(parts, request, list(dict.fromkeys(found.values())))
    moment = described.get("dataUpdatedAt") or described.get("finalizedAt")
    current = tag_of(moment, request, url)
    if current is not None and current == tag:
        return None
    with Rows(contract, found, destination) as rows:
        while True:
            page = portal.document(url)
            # A portal that only estimates its total says so, and proves nothing by it.
            estimated = "totalMarginPct" in page.get("meta", {})
            total = page.get("total")
            rows.add(page["results"], None if estimated or total is None else int(total))
            following = page.get("next")
            if not following:
                break
            if not same_place(following, first):
                raise elsewhere(following)
            cursor = parse_qs(urlsplit(following).query).get("after", [""])[-1]
            url = f"{first}&{address('', [('after', cursor)])[1:]}"
        count = rows.whole.end()
    return Answer(origin=_base(parts), tag=current, facts={"lignes reçues": count}, final_url=first)


def _base(parts: Address) -> str:
    portal, _, dataset = parts.place.partition("/")
    return f"https://{portal}/data-fair/api/v1/datasets/{dataset}"


def _lines(parts: Address, request: Request, names: Sequence[str]) -> str:
    words = parts.words
    kept = [
        (word, value) for word, value in words.items() if word in SENT or FILTER.fullmatch(word)
    ]
    if "communes" in words:
        kept.append((f"{words['communes']}_in", ",".join(communes(request.territory))))
    asked = [("select", ",".join(names)), *kept, ("sort", "_i")]
    return address(f"{_base(parts)}/lines", [*asked, ("size", words.get("size", str(MOST)))])
