"""Observations of a dataset of Insee (Melodi API).

    url: melodi:DS_POPULATIONS_REFERENCE?communes=GEO&TIME_PERIOD=2022,2023
    url: melodi:DS_RP_LOGEMENT_PRINC?GEO=COM-{seat}
    format: jsonl

Each dimension filters by its codes, separated by commas; `communes=GEO` keeps the communes of the
territory. An observation becomes a row: its dimensions, its attributes, and each measure's value
under the measure's name (`OBS_VALUE_NIVEAU`). An undisclosed value stays empty, never zero.

A dataset whose catalogue date did not move costs one small request. The API allows thirty requests
a minute and fails now and then: `resources.web` waits and asks again.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.asking.address import Address, parsed
from assets.asking.communes import communes
from assets.asking.fields import titled
from assets.asking.interface import Interface, address
from assets.asking.rows import Rows
from assets.asking.tag import tag_of
from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.landing import Answer

DATASET = re.compile(r"D[A-Z]_[A-Z0-9_]+")
DIMENSION = re.compile(r"[A-Z][A-Z0-9_]*")
BASE = "https://api.insee.fr/melodi"
PAGE = 10_000  # observations: the most the API gives


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A dataset, and dimensions in capitals."""
    parts = parsed(location)
    if not DATASET.fullmatch(parts.place):
        return "l’adresse attend « melodi: » puis un jeu de l’Insee, comme DS_POPULATIONS_REFERENCE"
    for word, value in parts.words.items():
        if word != "communes" and not DIMENSION.fullmatch(word):
            return f"« {word} » n’est ni une dimension (en majuscules, comme GEO) ni « communes »"
        if not value:
            return f"« {word}= » est vide dans l’adresse"
    return None


def asks(request: Request) -> list[str]:
    """The dataset's card in the catalogue, then the first page of observations."""
    parts = parsed(request.location)
    return [f"{BASE}/catalog/{parts.place}", _observations(parts, request, 1)]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Receive the observations, when the dataset was modified since `tag`.

    Raises:
        SourceError: with a code of `resources.web`, or `TRONQUE`, `FORMAT`, `VIDE`.
    """
    parts, number = parsed(request.location), 1
    portal = Interface(request)
    first = _observations(parts, request, number)
    card = portal.document(f"{BASE}/catalog/{parts.place}")
    current = tag_of(card.get("modified"), request, first)
    if current is not None and current == tag:
        return None
    with Rows(request.contract, titled(request.contract), destination) as rows:
        while True:
            document = portal.document(_observations(parts, request, number))
            observations, paging = document.get("observations") or [], document.get("paging") or {}
            count = int(paging.get("count", -1))
            rows.add([_row(found) for found in observations], count if count >= 0 else None)
            if paging.get("isLast", True) or not observations:
                break
            number += 1
        received = rows.whole.end()
    if not received:
        raise SourceError("VIDE", "aucune observation de l’Insee ne correspond à ces dimensions")
    return Answer(
        origin=f"{BASE}/data/{parts.place}",
        tag=current,
        facts={"observations reçues": received},
        final_url=first,
    )


def _observations(parts: Address, request: Request, page: int) -> str:
    words = []
    for word, value in parts.words.items():
        if word == "communes":
            words += [(value, f"COM-{code}") for code in communes(request.territory)]
        else:
            words += [(word, code.strip()) for code in value.split(",")]
    paging = [("maxResult", str(PAGE)), ("totalCount", "TRUE"), ("page", str(page))]
    return address(f"{BASE}/data/{parts.place}", [*words, *paging])


def _row(observation: Mapping[str, Any]) -> dict[str, Any]:
    measures = observation.get("measures") or {}
    return {
        **(observation.get("dimensions") or {}),
        **(observation.get("attributes") or {}),
        **{name: (found or {}).get("value") for name, found in measures.items()},
    }
