"""A dataset of an Opendatasoft portal (Explore API v2.1).

    url: opendatasoft:data.angers.fr/calendrier-tri-et-plus
    url: opendatasoft:data.ofgl.fr/ofgl-base-communes?where=exer>=2020&communes=insee
    url: opendatasoft:odre.opendatasoft.com/eco2mix?refine=code_insee_region:{region}&mode=records

The export of the format of the contract: CSV, Parquet, GeoJSON, JSON or JSON lines. Only the
columns of the contract are asked for; `where=` filters in the portal's own language,
`communes=field` keeps the communes of the territory. Times come in the `timezone=` given, UTC
otherwise.

`mode=records` reads the rows page after page, for small filters: 10 000 rows at most, in the order
of the contract's key. A dataset whose date of processing did not move costs one small request.

Limits and errors: https://help.opendatasoft.com/apis/ods-explore-v2/
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assets.asking import explore
from assets.asking.address import Address, parsed, words_fault
from assets.asking.counting import counted
from assets.asking.fields import fields, titled
from assets.asking.interface import Interface
from assets.asking.rows import Rows, missing
from assets.asking.tag import tag_of
from assets.connectors.request import Request
from checks.contract import Contract
from checks.territory import TerritoryFolder
from resources.errors import SourceError
from resources.landing import Answer
from resources.secrets import secret

SECRETS = ("apikey_from",)
WORDS = (*SECRETS, "where", "refine", "exclude", "communes", "timezone", "mode")
PLACE = re.compile(r"[\w.-]+\.[a-z]{2,}/[\w@.-]+", re.ASCII)
EXPORTS = ("csv", "parquet", "geojson", "json", "jsonl")


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A portal and a dataset, and known words."""
    parts = parsed(location)
    if not PLACE.fullmatch(parts.place):
        return "l’adresse attend « opendatasoft:portail/jeu_de_donnees »"
    if parts.words.get("mode", "exports") not in ("exports", "records"):
        return "« mode » vaut « exports » (le fichier entier) ou « records » (page après page)"
    return words_fault(parts, WORDS, secrets=SECRETS)


def asks(request: Request) -> list[str]:
    """The dataset's description, then its rows, as if it had every column of the contract."""
    parts, contract = parsed(request.location), request.contract
    names, rows = titled(contract), explore.kept(parts, request.territory)
    if _paged(parts):
        order = [names[name] for name in contract.key]
        asked = explore.records(parts, rows, names.values(), order, 0)
    else:
        asked = explore.export(parts, rows, names.values(), contract)
    return [explore.dataset(parts), asked]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Receive the rows, when the dataset was processed again since `tag`.

    Raises:
        SourceError: with a code of `resources.web`, or `TRONQUE`, `QUOTA`, `FORMAT`, `EN_TETE`,
            `CLE`, `TROP_DE_LIGNES`.
    """
    parts, contract = parsed(request.location), request.contract
    if contract.format not in EXPORTS:
        raise SourceError("FORMAT", f"un portail Opendatasoft exporte {', '.join(EXPORTS)}")
    key = secret(parts.words["apikey_from"]) if "apikey_from" in parts.words else None
    portal = Interface(request, {"Authorization": f"Apikey {key}"} if key else {})
    described = portal.document(explore.dataset(parts))
    names = [field["name"] for field in described.get("fields", [])]
    found = fields(contract, names, "ce jeu de données")
    rows = explore.kept(parts, request.territory)
    url = explore.export(parts, rows, found.values(), contract)
    current = tag_of(_moment(described), request, url)
    if current is not None and current == tag:
        return None
    if _paged(parts):
        with Rows(contract, found, destination) as file:
            received = _read_pages(portal, parts, rows, found, contract.key, file)
    else:
        received = _read_export(portal, explore.count(parts, rows), url, contract, destination)
    return Answer(
        origin=explore.dataset(parts),
        tag=current,
        facts={"lignes reçues": received},
        final_url=url,
    )


def _read_export(
    portal: Interface, count: str, url: str, contract: Contract, destination: Path
) -> int:
    """The whole file, held to the number of rows the portal counts."""
    said = int(portal.document(count)["total_count"])
    portal.file(url, destination)
    came = counted(destination, contract)
    if came != said:
        raise missing(came, said)
    return came


def _read_pages(
    portal: Interface,
    parts: Address,
    rows: explore.Words,
    found: Mapping[str, str],
    key: Sequence[str],
    file: Rows,
) -> int:
    """The rows page after page, in the order of the key: in no other can none move."""
    order = [found[name] for name in key if name in found]
    if not order:
        raise SourceError(
            "CLE", "« mode=records » lit page après page : le contrat doit donner une « key »"
        )
    while True:
        offset = file.whole.count
        page = portal.document(explore.records(parts, rows, found.values(), order, offset))
        total = int(page["total_count"])
        if total >= explore.MOST:
            raise SourceError(
                "TROP_DE_LIGNES",
                f"{total} lignes : un portail Opendatasoft n’en donne pas 10 000 page après "
                "page ; retirez « mode=records » pour recevoir l’export entier",
            )
        if offset == 0:
            portal.afford((total - 1) // explore.PAGE)
        file.add(page["results"], total)
        if not page["results"] or file.whole.count >= total:
            return file.whole.end()


def _paged(parts: Address) -> bool:
    return parts.words.get("mode") == "records"


def _moment(described: Mapping[str, Any]) -> object:
    """When the data were processed last, by the portal."""
    metas = described.get("metas", {}).get("default", {})
    return metas.get("data_processed") or metas.get("modified")
