"""data.gouv.fr: the dataset and its files, then the one file that is meant."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assets.drafting.known import About
from assets.drafting.portal import Way, cadence_of, license_of, plain
from resources.errors import SourceError

API = "https://www.data.gouv.fr/api"
IDENTIFIER = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DATASET = re.compile(r"^/(?:[a-z]{2}/|api/[12]/)?datasets/(?!r/)([\w-]+)")
RESOURCE = re.compile(rf"(?:/r/|resources?/)({IDENTIFIER})")
TABULAR = ("csv", "tsv", "txt", "json", "geojson", "jsonl", "parquet", "xlsx", "ods", "zip", "gz")


def location(address: str) -> str | None:
    """A dataset, a file of it after a `/`, or a file alone before one."""
    if address.startswith("datagouv:"):
        return f"/{address.partition(':')[2]}"
    parts = urlsplit(address)
    if (parts.hostname or "").removeprefix("www.") != "data.gouv.fr":
        return None
    dataset, resource = DATASET.match(parts.path), RESOURCE.search(address)
    if dataset is None and resource is None:
        return None
    return f"{dataset[1] if dataset else ''}/{resource[1] if resource else ''}"


def ask(way: Way, location: str, folder: Path) -> tuple[Path, About]:
    """The file, whole: data.gouv.fr has no part of one to give.

    Raises:
        SourceError: `CHOIX`, the dataset has several tables and the address names none.
    """
    dataset, _, wanted = location.partition("/")
    if not dataset:
        dataset = way.document(f"{API}/2/datasets/resources/{wanted}/")["dataset_id"]
    described = way.document(f"{API}/1/datasets/{dataset}/")
    resource = _chosen(described["resources"], wanted)
    identifier = str(resource["id"])
    form = re.sub(r"\W", "", str(resource.get("format") or "csv")).lower()
    file = folder / f"{dataset}.{form}"
    way.file(f"{API}/1/datasets/r/{identifier}", file)
    organization = described.get("organization") or {}
    return file, About(
        url=f"datagouv:{identifier}",
        title=plain(described.get("title")),
        description=plain(described.get("description")),
        publisher=plain(organization.get("name")),
        license=license_of(described.get("license")),
        homepage=str(described.get("page") or ""),
        cadence=cadence_of(described.get("frequency")),
        doubts=_schema(resource),
    )


def _chosen(resources: Sequence[Mapping[str, Any]], wanted: str) -> Mapping[str, Any]:
    """The file that is named, or the only table among the main files."""
    tables = [
        one
        for one in resources
        if (one["id"] == wanted)
        or (
            not wanted
            and one.get("type", "main") == "main"
            and str(one.get("format")).lower() in TABULAR
        )
    ]
    if len(tables) == 1:
        return tables[0]
    told = " ; ".join(f"« {plain(one.get('title'))} », datagouv:{one['id']}" for one in tables[:8])
    raise SourceError(
        "CHOIX",
        f"ce jeu de données a plusieurs fichiers, dites lequel par son adresse : {told}"
        if told
        else "ce jeu de données n’a aucun tableau parmi ses fichiers principaux",
    )


def _schema(resource: Mapping[str, Any]) -> list[str]:
    schema = resource.get("schema") or {}
    if not schema.get("name"):
        return []
    version = f"@{schema['version']}" if schema.get("version") else ""
    return [
        f"Le producteur déclare le schéma national « {schema['name']}{version} » : « schema » "
        "peut tenir lieu de ces colonnes."
    ]
