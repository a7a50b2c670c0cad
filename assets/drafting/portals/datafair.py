"""A Data Fair portal (ADEME and others): the dataset's description and schema, then its lines."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from assets.drafting.known import About
from assets.drafting.portal import Way, cadence_of, license_of, plain

PAGE = re.compile(r"^/(?:data-fair/api/v1/)?datasets/([\w-]+)")
LINES = 10_000  # of one page, the most a portal gives


def location(address: str) -> str | None:
    """`portal/dataset`, from a page, an address of the API, or the connector's own."""
    if address.startswith("datafair:"):
        return address.partition(":")[2].partition("?")[0]
    parts = urlsplit(address)
    found = PAGE.match(parts.path)
    host = parts.hostname
    if found is None or host is None or host.removeprefix("www.") == "data.gouv.fr":
        return None
    return f"{host}/{found[1]}"


def ask(way: Way, location: str, folder: Path) -> tuple[Path, About]:
    """The first page of lines, an object per line."""
    portal, _, dataset = location.partition("/")
    base = f"https://{portal}/data-fair/api/v1/datasets/{dataset}"
    described = way.document(base)
    fields = [field for field in described["schema"] if not field.get("x-calculated")]
    names = ",".join(field["key"] for field in fields)
    page = way.document(f"{base}/lines?select={names}&sort=_i&size={LINES}")
    file = folder / f"{dataset}.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for row in page["results"]:
            kept = {name: value for name, value in row.items() if not name.startswith("_")}
            lines.write(json.dumps(kept, ensure_ascii=False) + "\n")
    owner = described.get("owner") or {}
    return file, About(
        url=f"datafair:{location}",
        title=plain(described.get("title")),
        description=plain(described.get("description")),
        publisher=plain(described.get("creator") or owner.get("name")),
        license=license_of((described.get("license") or {}).get("title")),
        homepage=described.get("page") or f"https://{portal}/datasets/{dataset}",
        cadence=cadence_of(described.get("frequency")),
        columns={
            field["key"]: (
                plain(field.get("title") or field.get("x-originalName")),
                plain(field.get("description")),
            )
            for field in fields
        },
        whole=max(1.0, int(page.get("total") or 0) / LINES),
    )
