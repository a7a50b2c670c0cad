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

from assets.asking.address import Address, parsed, words_fault
from assets.asking.communes import communes
from assets.asking.counting import counted
from assets.asking.fields import fields, titled
from assets.asking.interface import Interface, address
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
PLACE = re.compile(r"[\w.-]+\.[a-z]{2,}/[\w-]+", re.ASCII)
SIMPLE = re.compile(r"[a-z_][a-z0-9_]*")
EXPORTS = ("csv", "parquet", "geojson", "json", "jsonl")
PAGE = 100
MOST = 10_000  # offset + limit must stay under it


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
    titles, kept = titled(contract), _filter(parts, request)
    order = [titles[name] for name in contract.key]
    rows = (
        _records(parts, kept, _distinct(titles), order, 0)
        if _paged(parts)
        else _export(parts, kept, _distinct(titles), contract)
    )
    return [_base(parts), rows]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Receive the rows, when the dataset was processed again since `tag`.

    Raises:
        SourceError: with a code of `resources.web`, or `TRONQUE`, `QUOTA`, `FORMAT`, `EN_TETE`,
            `TROP_DE_LIGNES`.
    """
    parts, contract = parsed(request.location), request.contract
    if contract.format not in EXPORTS:
        raise SourceError("FORMAT", f"un portail Opendatasoft exporte {', '.join(EXPORTS)}")
    key = secret(parts.words["apikey_from"]) if "apikey_from" in parts.words else None
    portal = Interface(request, {"Authorization": f"Apikey {key}"} if key else {})
    described = portal.document(_base(parts))
    names = [field["name"] for field in described.get("fields", [])]
    found = fields(contract, names, "ce jeu de données")
    kept = _filter(parts, request)
    url = _export(parts, kept, _distinct(found), contract)
    current = tag_of(_moment(described), url)
    if current is not None and current == tag:
        return None
    if _paged(parts):
        with Rows(contract, found, destination) as rows:
            count = _read_pages(portal, parts, kept, found, contract, rows)
    else:
        count = _read_export(portal, parts, kept, url, contract, destination)
    return Answer(origin=_base(parts), tag=current, facts={"lignes reçues": count}, final_url=url)


def _read_export(
    portal: Interface,
    parts: Address,
    kept: Sequence[tuple[str, str]],
    url: str,
    contract: Contract,
    destination: Path,
) -> int:
    """The whole file, held to the number of rows the portal counts."""
    count = portal.document(address(f"{_base(parts)}/records", [*kept, ("limit", "0")]))
    said = int(count["total_count"])
    portal.file(url, destination)
    came = counted(destination, contract)
    if came != said:
        raise missing(came, said)
    return came


def _read_pages(
    portal: Interface,
    parts: Address,
    kept: Sequence[tuple[str, str]],
    found: Mapping[str, str],
    contract: Contract,
    rows: Rows,
) -> int:
    order = [found[name] for name in contract.key if name in found]
    if not order:
        raise SourceError(
            "CLE", "« mode=records » lit page après page : le contrat doit donner une « key »"
        )
    while True:
        offset = rows.whole.count
        page = portal.document(_records(parts, kept, _distinct(found), order, offset))
        total = int(page["total_count"])
        if total >= MOST:
            raise SourceError(
                "TROP_DE_LIGNES",
                f"{total} lignes : un portail Opendatasoft n’en donne pas 10 000 page après "
                "page ; retirez « mode=records » pour recevoir l’export entier",
            )
        if offset == 0:
            portal.afford((total - 1) // PAGE)
        rows.add(page["results"], total)
        if not page["results"] or rows.whole.count >= total:
            return rows.whole.end()


def _distinct(found: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(found.values()))


def _paged(parts: Address) -> bool:
    return parts.words.get("mode") == "records"


def _base(parts: Address) -> str:
    portal, _, dataset = parts.place.partition("/")
    return f"https://{portal}/api/explore/v2.1/catalog/datasets/{dataset}"


def _filter(parts: Address, request: Request) -> list[tuple[str, str]]:
    """What keeps only the rows that are wanted."""
    words = parts.words
    conditions = [f"({words['where']})"] if "where" in words else []
    if "communes" in words:
        codes = ", ".join(f'"{code}"' for code in communes(request.territory))
        conditions.append(f"{_field(words['communes'])} in ({codes})")
    where = [("where", " and ".join(conditions))] if conditions else []
    return [*where, *((word, words[word]) for word in ("refine", "exclude") if word in words)]


def _export(
    parts: Address, kept: Sequence[tuple[str, str]], titles: Sequence[str], contract: Contract
) -> str:
    layout = {
        "csv": [
            ("delimiter", contract.dialect.delimiter),
            ("list_separator", ","),
            ("with_bom", "false"),
        ],
        "parquet": [("parquet_compression", "zstd")],
    }
    words = [
        *_select(parts, titles),
        *kept,
        *layout.get(contract.format, []),
        ("use_labels", "false"),
    ]
    return address(f"{_base(parts)}/exports/{contract.format}", words)


def _records(
    parts: Address,
    kept: Sequence[tuple[str, str]],
    titles: Sequence[str],
    order: Sequence[str],
    offset: int,
) -> str:
    words = [*_select(parts, titles), *kept]
    if order:
        words.append(("order_by", ", ".join(map(_field, order))))
    words += [("limit", str(min(PAGE, MOST - 1 - offset))), ("offset", str(offset))]
    return address(f"{_base(parts)}/records", words)


def _select(parts: Address, titles: Sequence[str]) -> list[tuple[str, str]]:
    return [
        ("select", ", ".join(map(_field, titles))),
        ("timezone", parts.words.get("timezone", "UTC")),
    ]


def _field(name: str) -> str:
    """A field as the portal's language takes it."""
    return name if SIMPLE.fullmatch(name) else f"`{name}`"


def _moment(described: Mapping[str, Any]) -> object:
    """When the data were processed last, by the portal."""
    metas = described.get("metas", {}).get("default", {})
    return metas.get("data_processed") or metas.get("modified")
