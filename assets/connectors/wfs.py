"""Features of a geographic server (OGC Web Feature Service 2.0), as GeoJSON.

    url: wfs:data.airpl.org/geoserver/ind_pays_de_la_loire/wfs?typeNames=ind_pays_de_la_loire:ind
    url: wfs:data.geopf.fr/wfs?typeNames=bdtopo:batiment&CQL_FILTER=code_insee='{seat}'
    format: geojson

Longitude and latitude (WGS 84) unless `srsName=` says otherwise. `CQL_FILTER=` filters in the
server's language, `communes=property` keeps the communes of the territory; only the properties of
the contract are asked for, and the geometry when a column is found under `geometry`. Pages follow
one another in the order of the contract's key, until as many features came as the server matched.

The standard gives no date of its data: they are read each time, and their content tells whether
they changed. Errors come as XML with a success status: OGC 09-025r2, 7.5.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.asking.address import Address, parsed, words_fault
from assets.asking.communes import communes
from assets.asking.fields import titled
from assets.asking.interface import Interface, address
from assets.asking.rows import Whole
from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.landing import Answer

PLACE = re.compile(r"[\w.-]+\.[a-z]{2,}(/[\w.~-]+)+", re.ASCII)
WORDS = ("typeNames", "CQL_FILTER", "communes", "srsName", "geometryName")
GEOMETRY = "geometry"
PAGE = 1000


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A service and a layer."""
    parts = parsed(location)
    if not PLACE.fullmatch(parts.place):
        return "l’adresse attend « wfs:serveur/chemin?typeNames=espace:couche »"
    if "typeNames" not in parts.words:
        return "il manque « typeNames= », la couche à lire (« espace:couche »)"
    return words_fault(parts, WORDS)


def asks(request: Request) -> list[str]:
    """The first page."""
    return [_features(parsed(request.location), request, 0)]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Receive the features.

    Raises:
        SourceError: with a code of `resources.web`, or `TRONQUE`, `FORMAT`, `REQUETE`.
    """
    parts, contract = parsed(request.location), request.contract
    if contract.format != "geojson":
        raise SourceError(
            "FORMAT", "un serveur WFS est lu en GeoJSON : écrivez « format: geojson »"
        )
    names = titled(contract)
    whole = Whole([names[name] for name in contract.key])
    portal, matched = Interface(request), None
    with destination.open("w", encoding="utf-8") as file:
        file.write('{"type":"FeatureCollection","features":[')
        while True:
            page = _page(portal, _features(parts, request, whole.count))
            matched = _number(page.get("numberMatched", page.get("totalFeatures")))
            features = page["features"]
            start = whole.count
            whole.add([feature.get("properties") or {} for feature in features], matched)
            for index, feature in enumerate(features, start):
                file.write(("," if index else "") + "\n" + json.dumps(feature, ensure_ascii=False))
            # A server that does not count is read until it has nothing more to give: a page that
            # is not full may only have met the server's own limit.
            if not features or (matched is not None and whole.count >= matched):
                break
        file.write("\n]}\n")
    return Answer(
        origin=f"https://{parts.place}",
        facts={"objets reçus": whole.end()},
        final_url=_features(parts, request, 0),
    )


def _page(portal: Interface, url: str) -> dict[str, Any]:
    """A page of features; a report of exception is told for what it is."""
    page = portal.document(url, explain=_exception)
    if not isinstance(page.get("features"), list):
        raise SourceError("REQUETE", "le serveur WFS répond par du JSON qui n’est pas du GeoJSON")
    return page


def _exception(content: bytes) -> SourceError | None:
    """What an `ExceptionReport` says; its text may quote the filter, its code does not."""
    if b"ExceptionReport" not in content[:2000]:
        return None
    code = re.search(rb'(?:exceptionCode|code)="(\w+)"', content)
    told = code[1].decode() if code else "sans code"
    return SourceError(
        "REQUETE",
        f"le serveur WFS refuse la demande ({told}) : la couche, le filtre ou un nom de propriété "
        "est à corriger dans le contrat",
    )


def _features(parts: Address, request: Request, start: int) -> str:
    words, contract = parts.words, request.contract
    names = titled(contract)
    asked = [name for name in dict.fromkeys(names.values()) if name != GEOMETRY]
    drawn = GEOMETRY in names.values()
    geometry = [words["geometryName"]] if drawn and "geometryName" in words else []
    sent = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": words["typeNames"],
        "outputFormat": "application/json",
        "srsName": words.get("srsName", "EPSG:4326"),
        **_filter(words, request),
        # Servers name their geometry as they like: without its name, all properties are asked for.
        **({} if drawn and not geometry else {"propertyName": ",".join([*asked, *geometry])}),
        **({"sortBy": ",".join(names[name] for name in contract.key)} if contract.key else {}),
        "count": str(PAGE),
        "startIndex": str(start),
    }
    return address(f"https://{parts.place}", sent.items())


def _filter(words: Mapping[str, str], request: Request) -> dict[str, str]:
    conditions = [f"({words['CQL_FILTER']})"] if "CQL_FILTER" in words else []
    if "communes" in words:
        codes = ",".join(f"'{code}'" for code in communes(request.territory))
        conditions.append(f"{words['communes']} IN ({codes})")
    return {"CQL_FILTER": " AND ".join(conditions)} if conditions else {}


def _number(matched: object) -> int | None:
    """How many features match; « unknown » where the server does not count them."""
    text = str(matched)
    return int(text) if text.isdecimal() else None
