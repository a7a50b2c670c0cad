"""A national Table Schema in the words of a contract: columns, key, missing values, rules.

Pure: from one document to another. What a contract of ours would be refused for (a misspelt word,
a pattern nobody can compute) is left aside here and told, because the schema is not ours to mend.
Where the schema is found and how a contract completes it is in `checks.national`.

Table Schema: https://specs.frictionlessdata.io/table-schema/.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from checks.contract import ColumnType, TextFormat
from checks.custom_checks import SAME, TEXT_FORMATS, CheckName
from resources.syntax import readable_layout, readable_pattern


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SCHEMA_WORDS = _words(
    "$schema name title description countryCode countrycode homepage path resources sources created"
    " lastModified updated version contributors author contact licenses keywords image uri example"
    " fields missingValues primaryKey custom_checks"
)
FIELD_WORDS = _words(
    "name title description example examples type format constraints trueValues falseValues"
    " decimalChar groupChar bareNumber arrayItem rdfType"
)
CONSTRAINT_WORDS = _words("required unique pattern enum minimum maximum minLength maxLength")
KEPT = ("decimalChar", "groupChar", "bareNumber", "trueValues", "falseValues")
ORDERED = frozenset({"integer", "number", "date", "datetime", "time", "year", "yearmonth"})
# JSON and JavaScript write « \u00C0 », some escape « \’ »; RE2 knows neither.
UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})")
NEEDLESS_ESCAPE = re.compile(r"\\([^\x00-\x7f])")


@dataclass
class Translation:
    """What a schema gives a contract. `told` are its words that are not evaluated, and why."""

    columns: list[dict[str, Any]] = field(default_factory=list)
    key: list[str] = field(default_factory=list)
    missing_values: list[str] = field(default_factory=lambda: [""])
    checks: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)

    def tell(self, what: str, column: str) -> None:
        """Something that is not evaluated, about a column."""
        self.told.setdefault(what, []).append(column)


def column_name(title: str) -> str:
    """`COLL_NOM`, `idRAE`, « Code commune » as SQL names: `coll_nom`, `id_rae`, `code_commune`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", plain)
    parted = re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", parted) if parted != plain else parted
    name = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_") or "colonne"
    return (name if name[0].isalpha() else f"c_{name}")[:63].rstrip("_")


def translated(schema: Mapping[str, Any]) -> Translation:
    """A Table Schema in our words.

    Raises:
        ValueError: it is no Table Schema: no list of named fields.
    """
    fields = schema.get("fields")
    if not isinstance(fields, list) or not all(
        isinstance(each, Mapping) and each.get("name") for each in fields
    ):
        raise ValueError("ce n’est pas un Table Schema : il n’a pas de liste « fields »")
    found = Translation()
    names: dict[str, str] = {}
    for each in fields:
        title = str(each["name"])
        name = _free(column_name(title), set(names.values()))
        names[title] = name
        found.columns.append(_column(each, name, found))
    for word in sorted(set(schema) - SCHEMA_WORDS):
        found.tell(f"le mot « {word} »", "")
    missing = schema.get("missingValues", [""])
    found.missing_values = [str(value) for value in missing] if isinstance(missing, list) else [""]
    key = schema.get("primaryKey", [])
    found.key = [names[title] for title in ([key] if isinstance(key, str) else key)]
    for check in schema.get("custom_checks") or []:
        _add_check(check, names, found)
    return found


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name[:59]}_{number}", number + 1
    return free


def _column(each: Mapping[str, Any], name: str, found: Translation) -> dict[str, Any]:
    title = str(each["name"])
    for word in sorted(set(each) - FIELD_WORDS):
        found.tell(f"le mot « {word} », inconnu de Table Schema", title)
    kind = each.get("type", "string")
    if kind not in get_args(ColumnType):
        found.tell(f"le type « {kind} », lu comme un texte", title)
        kind = "string"
    constraints = dict(_constraints(each.get("constraints") or {}, kind, title, found))
    column: dict[str, Any] = {
        "name": name,
        "from": title,
        "optional": not constraints.get("required", False),
        "title": _line(each.get("title")) or title,
        "type": kind,
        "description": _line(each.get("description")) or _line(each.get("title")) or title,
        "constraints": constraints,
    }
    column |= {word: each[word] for word in KEPT if word in each}
    for word in ("trueValues", "falseValues"):
        if word in column:
            column[word] = [str(value) for value in column[word]]
    if (layout := _format(each.get("format"), kind, title, found)) is not None:
        column["format"] = layout
    if kind == "array":
        if item := each.get("arrayItem"):
            column["arrayItem"] = _array_item(item, title, found)
    elif "arrayItem" in each:
        found.tell("« arrayItem », pour une colonne qui n’est pas « array »", title)
    column["example"] = _example(each, column)
    return column


def _line(value: Any) -> str:
    return re.sub(r"\s+", " ", str(value)).strip() if value else ""


def _example(each: Mapping[str, Any], column: Mapping[str, Any]) -> str:
    """What the schema gives as an example, as a file would hold it; a word of the list if none."""
    given = each.get("example", each.get("examples"))
    if isinstance(given, list) and column["type"] not in ("array", "geopoint") and given:
        given = given[0]
    if given is None:
        return str((column["constraints"].get("enum") or [""])[0])
    if isinstance(given, bool):
        words = column.get("trueValues" if given else "falseValues") or [str(given).lower()]
        return str(words[0])
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _format(layout: Any, kind: str, title: str, found: Translation) -> str | None:
    if layout in (None, "default"):
        return None
    known = {
        "string": layout in get_args(TextFormat),
        "date": layout == "any" or (readable_layout(str(layout)) and "%" in str(layout)),
        "datetime": readable_layout(str(layout)) and "%" in str(layout),
        "time": "%" in str(layout) or layout == "any",
        "geopoint": layout in ("array", "object"),
        "geojson": layout == "topojson",
    }.get(kind, False)
    if known:
        return str(layout)
    found.tell(f"le format « {layout} »", title)
    return None


def _constraints(
    words: Mapping[str, Any], kind: str, title: str, found: Translation
) -> Iterator[tuple[str, Any]]:
    for word, value in words.items():
        if word not in CONSTRAINT_WORDS:
            found.tell(f"la contrainte « {word} », inconnue de Table Schema", title)
        elif word in ("required", "unique"):
            yield word, str(value).lower() == "true"
        elif word == "enum":
            if value:
                yield word, [_written(each) for each in value]
        elif word == "pattern":
            if (pattern := _pattern(str(value))) is None:
                found.tell(
                    "le « pattern », que DuckDB ne sait pas évaluer (référence arrière ou "
                    "assertion) ; une forme équivalente peut être écrite dans le contrat",
                    title,
                )
            else:
                yield word, pattern
        elif word in ("minimum", "maximum"):
            if kind not in ORDERED:
                found.tell(f"« {word} », sans objet pour une colonne « {kind} »", title)
            elif kind in ("integer", "number", "year"):
                yield word, float(value) if isinstance(value, str) else value
            else:
                yield word, str(value)
        else:
            yield word, int(value)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pattern(pattern: str) -> str | None:
    """The same pattern in the words of RE2; None where it has none."""
    plain = UNICODE.sub(lambda match: chr(int(match.group(1), 16)), pattern)
    plain = NEEDLESS_ESCAPE.sub(r"\1", plain)
    try:
        re.compile(plain)
    except re.error:
        return None
    return plain if readable_pattern(plain) else None


def _array_item(item: Mapping[str, Any], title: str, found: Translation) -> dict[str, Any]:
    for word in sorted(set(item) - FIELD_WORDS):
        found.tell(f"le mot « {word} » dans « arrayItem »", title)
    kind = item.get("type", "string")
    return {
        "type": kind,
        "constraints": dict(_constraints(item.get("constraints") or {}, kind, title, found)),
    }


def _add_check(check: Mapping[str, Any], names: Mapping[str, str], found: Translation) -> None:
    """A rule with our names; a SIREN or SIRET is a format of its column."""
    name = str(check.get("name", "")).replace("_", "-")
    name = SAME.get(name, name)
    params = {
        word: _renamed(value, names) if "column" in word else value
        for word, value in (check.get("params") or {}).items()
    }
    if name not in get_args(CheckName):
        found.tell(f"le contrôle « {name} », inconnu ici", str(params.get("column", "")))
        return
    if name in TEXT_FORMATS:
        for column in found.columns:
            if column["name"] == params.get("column") and column["type"] == "string":
                column["format"] = TEXT_FORMATS[name]
                return
    if name == "one-of-required" and "column1" in params:
        params["column"] = params.pop("column1")
    found.checks.append({"name": name, "params": params})


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [names.get(str(each), str(each)) for each in value]
    return names.get(str(value), str(value))
