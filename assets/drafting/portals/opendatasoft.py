"""An Opendatasoft portal (Explore API v2.1): what it says of the dataset, then its export."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from assets.drafting.known import About
from assets.drafting.portal import ROWS, Way, cadence_of, license_of, plain

PAGE = re.compile(
    r"/(?:explore/dataset|explore/embed/dataset|api/explore/v2\.\d/catalog/datasets)/([\w-]+)"
)


def location(address: str) -> str | None:
    """`portal/dataset`, from a page, an address of the API, or the connector's own."""
    if address.startswith("opendatasoft:"):
        return address.partition(":")[2].partition("?")[0]
    parts = urlsplit(address)
    found = PAGE.search(parts.path)
    return f"{parts.hostname}/{found[1]}" if found and parts.hostname else None


def ask(way: Way, location: str, folder: Path) -> tuple[Path, About]:
    """The export as CSV, at most `ROWS` rows of it."""
    portal, _, dataset = location.partition("/")
    base = f"https://{portal}/api/explore/v2.1/catalog/datasets/{dataset}"
    described = way.document(base)
    metas = described["metas"]["default"]
    total = int(metas.get("records_count") or 0)
    file = folder / f"{dataset}.csv"
    limit = f"&limit={ROWS}" if total > ROWS else ""
    # As the connector asks it.
    layout = "delimiter=%2C&list_separator=%2C&with_bom=false&use_labels=false"
    way.file(f"{base}/exports/csv?{layout}{limit}", file)
    dcat = described["metas"].get("dcat") or {}
    return file, About(
        url=f"opendatasoft:{location}",
        title=plain(metas.get("title")),
        description=plain(metas.get("description")),
        publisher=plain(metas.get("publisher") or dcat.get("creator")),
        license=license_of(metas.get("license")),
        homepage=f"https://{portal}/explore/dataset/{dataset}/",
        cadence=cadence_of(metas.get("update_frequency") or dcat.get("accrualperiodicity")),
        columns={
            field["name"]: (plain(field.get("label")), plain(field.get("description")))
            for field in described["fields"]
        },
        whole=max(1.0, total / ROWS),
    )
