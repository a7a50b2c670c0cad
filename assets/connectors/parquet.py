"""A distant Parquet file, of which only the columns and rows that are wanted travel.

    url: parquet:www.data.gouv.fr/api/1/datasets/r/a29c1297-1f92-4e2a-8f6b-8c902ce96c5f
        ?communes=codeCommuneEtablissement&where=etatAdministratifEtablissement='A'
    format: parquet

Made for files too large to be received whole (the SIRENE stock: 2 GB, of which a territory keeps a
few megabytes). `where=` is a SQL condition, `communes=column` keeps the communes of the territory;
both skip the row groups that the file's statistics exclude. The server must give parts of files,
and the bytes that travelled are reported. A file whose version did not move costs one small
request.
"""

import re
from pathlib import Path

from assets.asking.address import Address, parsed, words_fault
from assets.asking.communes import communes
from assets.asking.fields import fields, titled
from assets.asking.tag import tag_of
from assets.connectors.request import Request
from checks.territory import TerritoryFolder
from resources.distant import opened
from resources.errors import SourceError
from resources.landing import Answer
from resources.sql import literal, quoted

PLACE = re.compile(r"[\w.-]+\.[a-z]{2,}(/[^\s/]+)+", re.ASCII)
WORDS = ("where", "communes")


def fault(location: str, territory: TerritoryFolder) -> str | None:
    """A server and a file, and known words."""
    parts = parsed(location)
    if not PLACE.fullmatch(parts.place):
        return "l’adresse attend « parquet:serveur/chemin/fichier.parquet »"
    return words_fault(parts, WORDS)


def asks(request: Request) -> list[str]:
    """The file, and what would be kept of it; which bytes, its own footer will say."""
    parts, names = parsed(request.location), titled(request.contract).values()
    return [_url(parts), f"select {', '.join(map(quoted, names))} where {_where(parts, request)}"]


def fetch(request: Request, destination: Path, tag: str | None) -> Answer | None:
    """Extract the rows, when the file changed since `tag`.

    Raises:
        SourceError: with a code of `resources.web`, or `FORMAT`, `EN_TETE`, `REQUETE`,
            `NON_PARQUET`.
    """
    parts, contract = parsed(request.location), request.contract
    if contract.format != "parquet":
        raise SourceError("FORMAT", "l’extrait est écrit en Parquet : écrivez « format: parquet »")
    source = request.web.opened(_url(parts), request.limits)
    where = _where(parts, request)
    current = tag_of(source.tag, request, where)
    if current is not None and current == tag:
        return None
    with opened(source, destination.parent) as file:
        found = fields(contract, file.columns(), "ce fichier")
        columns = list(dict.fromkeys(found.values()))
        rows = file.extract(columns, where, destination, request.limits)
    return Answer(
        origin=_url(parts),
        tag=current,
        facts={
            "lignes extraites": rows,
            "octets lus à distance": source.travelled,
            "octets du fichier distant": source.size,
        },
        final_url=source.url,
        modified=source.modified,
    )


def _url(parts: Address) -> str:
    return f"https://{parts.place}"


def _where(parts: Address, request: Request) -> str:
    words = parts.words
    conditions = [f"({words['where']})"] if "where" in words else []
    if "communes" in words:
        codes = ", ".join(map(literal, communes(request.territory)))
        conditions.append(f"{quoted(words['communes'])} in ({codes})")
    return " and ".join(conditions) or "true"
