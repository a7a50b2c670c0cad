"""`ardoise schema add`: bring a national schema from schema.data.gouv.fr into the territory.

The only moment a schema is asked of the network: a contract reads the file that was brought, and a
new version is a decision of the agent, never of a run.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets.platform import Platform
from checks.national import SchemaName
from checks.table_schema import translated
from resources.errors import DeclarationError, SourceError
from resources.receiving import Limits

INDEX = "https://schema.data.gouv.fr/schemas.json"
LIMITS = Limits(deadline_s=60, max_bytes=20_000_000, max_ratio=200, plain_http=False)


def add_schema(platform: Platform, written: str) -> Path:
    """Fetch a schema by its name and version, with its licence; the file that was written.

    Raises:
        DeclarationError: not a name, a schema or a version nobody publishes, or no Table Schema.
        SourceError: the server cannot be reached, or answers with something else.
    """
    try:
        name = SchemaName.read(written)
    except ValueError as error:
        raise DeclarationError(f"{error}. Rien n’a été écrit.") from None
    address = _address(name, _document(platform, INDEX))
    schema = _document(platform, address)
    try:
        translated(schema)
    except ValueError as error:
        raise DeclarationError(f"« {name} » : {error}. Rien n’a été écrit.") from None
    if (found := str(schema.get("version", "")).removeprefix("v")) != name.version:
        raise DeclarationError(
            f"« {address} » porte la version « {found} » et non {name.version}. Rien n’a été écrit."
        )
    folder = platform.territory.folder / "schemas" / name.folder / name.version
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "LICENCE.txt").write_text(_licence(name, address, schema), encoding="utf-8")
    file = folder / "schema.json"
    file.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return file


def _document(platform: Platform, address: str) -> dict[str, Any]:
    content, _ = platform.web.read(address, LIMITS)
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SourceError(
            "NON_JSON",
            f"« {address} » ne répond pas par un document JSON. Rien n’a été écrit ; les contrats "
            "qui ont déjà leur schéma marchent comme avant. Réessayez plus tard.",
        )
    return found


def _address(name: SchemaName, index: Mapping[str, Any]) -> str:
    """Where the national catalogue says this version is."""
    wanted = f"{name.owner}/{name.name}"
    for schema in index.get("schemas", []):
        if schema.get("name") != wanted:
            continue
        versions = {
            str(version["version_name"]).removeprefix("v"): str(version["schema_url"])
            for version in schema.get("versions", [])
        }
        if name.version in versions:
            return versions[name.version]
        raise DeclarationError(
            f"« {wanted} » n’a pas de version {name.version} (publiées : "
            f"{', '.join(sorted(versions))}). Rien n’a été écrit."
        )
    raise DeclarationError(
        f"« {wanted} » n’est pas au catalogue de schema.data.gouv.fr. Rien n’a été écrit ; "
        "vérifiez le nom sur schema.data.gouv.fr."
    )


def _licence(name: SchemaName, address: str, schema: Mapping[str, Any]) -> str:
    told = [
        " ".join(str(licence[word]) for word in ("title", "name", "path") if licence.get(word))
        for licence in schema.get("licenses") or []
    ]
    licence = " ; ".join(told) or "non dite par le schéma : à lire sur sa page"
    return (
        f"Schéma {name}, tel que publié à {address}\n"
        f"Licence : {licence}\n"
        f"Page : {schema.get('homepage', '')}\n"
    )
