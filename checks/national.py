"""`schema: scdl/subventions@2.1.1`: a national Table Schema as the columns of a contract.

Found in folders laid out as schema.data.gouv.fr lays them
(`<owner>/<name>/<version or latest>/schema.json`) and never changed: the contract completes it,
column by column, and its own words win. Translating the schema is in `checks.table_schema`.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.custom_checks import CustomCheck, expectations
from checks.declaration import Declaration, Location, closest, shown
from checks.table_schema import Translation, translated

WRITTEN = re.compile(r"([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+)@v?([A-Za-z0-9_.-]+)")
# Names of columns that nearly always hold someone: saying what they hold is the contract's.
PERSONAL = frozenset(
    (
        *("mail", "email", "courriel", "mel", "telephone", "tel", "phone", "portable", "mobile"),
        *("prenom", "naissance", "referent", "contact"),
    )
)


@dataclass(frozen=True)
class SchemaName:
    """`scdl/subventions@2.1.1`: who maintains a schema, its name, its version."""

    owner: str
    name: str
    version: str

    @classmethod
    def read(cls, written: str) -> "SchemaName":
        """The parts of a name.

        Raises:
            ValueError: it is not written `owner/name@version`.
        """
        if (match := WRITTEN.fullmatch(written)) is None or ".." in written:
            raise ValueError(
                f"« {written} » ne nomme pas un schéma : écrivez « propriétaire/nom@version », "
                "comme « scdl/subventions@2.1.1 »"
            )
        return cls(*match.groups())

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}@{self.version}"

    @property
    def folder(self) -> Path:
        """Where the schema lies in a folder of schemas, whatever its version."""
        return Path(self.owner) / self.name


def expanded(declaration: Declaration, folders: Sequence[Path]) -> Declaration:
    """The declaration with the columns and the rules of the schema it names, if it names one.

    Raises:
        DeclarationError: no such schema in the folders, or in another version; a column of the
            contract that is neither in the schema nor complete; an obviously personal column of
            the schema of which the contract says nothing.
    """
    content = declaration.content
    if "schema" in content:
        try:
            name = SchemaName.read(str(content["schema"]))
            translation = translated(schema := _found(name, folders))
        except ValueError as error:
            raise declaration.refusal([(("schema",), str(error))]) from None
        declaration = _completed(declaration, name, schema, translation)
    return _with_expectations(declaration)


def _found(name: SchemaName, folders: Sequence[Path]) -> dict[str, Any]:
    """The schema, in the version that is asked for.

    Raises:
        ValueError: it is in none of the folders, or cannot be read.
    """
    others: set[str] = set()
    right: list[dict[str, Any]] = []
    for folder in folders:
        for version in (name.version, f"v{name.version}", "latest"):
            for path in _files(folder / name.folder / version):
                schema = _read(path)
                if (found := str(schema.get("version", "")).removeprefix("v")) == name.version:
                    right.append(schema)
                else:
                    others.add(found or "sans numéro")
    if right:
        # A data package or a catalogue card may stand beside the schema, with its version.
        return next((schema for schema in right if "fields" in schema), right[0])
    searched = ", ".join(f"« {shown(folder)} »" for folder in folders)
    if others:
        raise ValueError(
            f"le schéma « {name.owner}/{name.name} » est là en version {', '.join(sorted(others))},"
            f" le contrat demande {name.version} ; corrigez la version, ou lancez "
            f"« ardoise schema add {name} »"
        )
    raise ValueError(
        f"le schéma « {name} » n’est dans aucun des dossiers {searched} ; lancez "
        f"« ardoise schema add {name} », ou donnez à ARDOISE_SCHEMAS le dossier qui le contient"
    )


def _files(folder: Path) -> list[Path]:
    """Files that may be the schema, the usual name first."""
    found = [*folder.glob("*.json"), *folder.glob("*.y*ml")]
    return sorted(found, key=lambda path: (path.name != "schema.json", path.name))


def _read(path: Path) -> dict[str, Any]:
    try:
        schema = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        if path.suffix == ".json":
            raise ValueError(f"le schéma « {shown(path)} » n’est pas du JSON lisible") from None
        raise ValueError(
            f"« {shown(path)} » n’est pas un Table Schema : ce schéma-là n’est qu’une description"
        ) from None
    if not isinstance(schema, dict):
        raise ValueError(f"le schéma « {shown(path)} » n’est pas un objet JSON")
    return schema


def _completed(
    declaration: Declaration, name: SchemaName, schema: Mapping[str, Any], found: Translation
) -> Declaration:
    content = dict(declaration.content)
    own, places, faults = _own_columns(declaration, found)
    left_out = _left_out(content.get("except") or [], found, faults)
    columns: list[dict[str, Any]] = []
    lines = {
        place: line
        for place, line in declaration.lines.items()
        if place[0] != "columns" or len(place) == 1
    }
    for column in found.columns:
        if column["name"] in left_out:
            continue
        said = own.pop(column["name"], {})
        _place(lines, declaration, len(columns), places.get(column["name"]))
        columns.append(_merged(column, said))
        if "personal_data" not in said and _personal(column, found):
            faults.append(
                (
                    ("schema",),
                    f"la colonne « {column['name']} » semble personnelle ({column['title']}) : "
                    "dites-le dans le contrat (« personal_data », même « none »), ou laissez-la "
                    "hors de la table par « except »",
                )
            )
    for added, said in own.items():
        _place(lines, declaration, len(columns), places[added])
        columns.append(said)
    if faults:
        raise declaration.refusal(faults)
    kept = {column.get("name") for column in columns}
    content["columns"] = columns
    content.setdefault("missingValues", found.missing_values)
    if found.key and set(found.key) <= kept:
        content.setdefault("key", found.key)
    content["custom_checks"] = [
        *(check for check in found.checks if _columns_of(check) <= kept),
        *(content.get("custom_checks") or []),
    ]
    for word in ("title", "description", "homepage"):
        if schema.get(word):
            content.setdefault(word, re.sub(r"\s+", " ", str(schema[word])).strip())
    content["avertissements"] = [
        *(content.get("avertissements") or []),
        *_caveats(name, found, _own_patterns(declaration), kept),
    ]
    return Declaration(declaration.path, content, lines)


def _own_patterns(declaration: Declaration) -> set[str]:
    """Columns for which the contract writes a pattern of its own."""
    return {
        str(column.get("name"))
        for column in declaration.content.get("columns") or []
        if isinstance(column, Mapping) and "pattern" in (column.get("constraints") or {})
    }


def _own_columns(
    declaration: Declaration, found: Translation
) -> tuple[dict[str, dict[str, Any]], dict[str, int], list[tuple[Location, str]]]:
    """What the contract says of columns, by our name of each; where; and what cannot be."""
    ours = {column["from"]: column["name"] for column in found.columns}
    names = set(ours.values())
    own: dict[str, dict[str, Any]] = {}
    places: dict[str, int] = {}
    faults: list[tuple[Location, str]] = []
    for index, said in enumerate(declaration.content.get("columns") or []):
        if not isinstance(said, Mapping) or not said.get("name"):
            faults.append((("columns", index), "une colonne commence par « name »"))
            continue
        name = ours.get(str(said["name"]), str(said["name"]))
        if name not in names and "description" not in said:
            faults.append(
                (
                    ("columns", index, "name"),
                    f"« {name} » n’est pas une colonne du schéma{closest(name, names)}",
                )
            )
        if name in own:
            faults.append((("columns", index, "name"), f"« {name} » est déclarée deux fois"))
        own[name] = {**said, "name": name}
        places[name] = index
    return own, places, faults


def _left_out(
    names: Sequence[str], found: Translation, faults: list[tuple[Location, str]]
) -> set[str]:
    ours = {column["from"]: column["name"] for column in found.columns}
    known = set(ours.values())
    left = {ours.get(str(name), str(name)) for name in names}
    for name in sorted(left - known):
        faults.append(
            (("except",), f"« {name} » n’est pas une colonne du schéma{closest(name, known)}")
        )
    return left


def _place(
    lines: dict[Location, int], declaration: Declaration, index: int, own: int | None
) -> None:
    """A column of the schema is on the line that names the schema; a completed one on its own."""
    lines["columns", index] = declaration.line(("schema",))
    if own is None:
        return
    for place, line in declaration.lines.items():
        if place[:2] == ("columns", own):
            lines[("columns", index, *place[2:])] = line


def _merged(column: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """The column of the schema, the words of the contract winning one by one."""
    merged = {**column, **said}
    if isinstance(said.get("constraints"), Mapping):
        merged["constraints"] = {**column["constraints"], **said["constraints"]}
    return merged


def _personal(column: Mapping[str, Any], found: Translation) -> bool:
    words = re.split(r"[_\d]+", str(column["name"]))
    phone = any(
        check["name"] == "phone-number-value" and check["params"].get("column") == column["name"]
        for check in found.checks
    )
    told = column.get("format") == "email" or not PERSONAL.isdisjoint(words)
    return phone or (told and column["type"] == "string" and column.get("format") != "uri")


def _columns_of(check: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for word, value in check["params"].items():
        if "column" in word:
            found |= set(value) if isinstance(value, list) else {str(value)}
    return found


def _caveats(
    name: SchemaName, found: Translation, patterned: set[str], kept: set[Any]
) -> Iterator[str]:
    """One sentence for each kind of word of the schema that is not evaluated."""
    ours = {column["from"]: column["name"] for column in found.columns}
    for what, titles in found.told.items():
        columns = [ours.get(title, title) for title in titles if title]
        columns = [column for column in columns if column in kept]
        if "pattern" in what:
            columns = [column for column in columns if column not in patterned]
        if columns or not any(titles):
            told = f" ({', '.join(columns)})" if columns else ""
            yield f"Le schéma {name} n’est pas évalué pour {what}{told}."
    for check in found.checks:
        if missing := _columns_of(check) - kept:
            yield (
                f"Le contrôle « {check['name']} » du schéma {name} n’est pas évalué : "
                f"{', '.join(sorted(missing))} hors de la table."
            )


def _with_expectations(declaration: Declaration) -> Declaration:
    """What the gate judges again of `custom_checks`, beside the contract's own `expectations`."""
    content = declaration.content
    if not isinstance(checks := content.get("custom_checks"), list):
        return declaration
    columns = {
        str(column.get("name")): column
        for column in content.get("columns") or []
        if isinstance(column, Mapping)
    }
    labels = {name: f"« {column.get('title') or name} »" for name, column in columns.items()}
    added: list[dict[str, Any]] = []
    for written in checks:
        try:
            check = CustomCheck.model_validate(written)
        except ValueError:
            return declaration  # the contract itself tells what is wrong
        if check.missing or not {check.column, *check.others} <= set(columns):
            return declaration
        severity = str(columns[check.column].get("severity", "critical"))
        added += expectations(check, severity, labels)
    expected = [*(content.get("expectations") or []), *added]
    return Declaration(declaration.path, {**content, "expectations": expected}, declaration.lines)
