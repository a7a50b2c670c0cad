"""A source that makes several tables at once: a feed, such as GTFS.

Its contract says what is true of all of them (publisher, address, cadence, access…). What each
table holds is written once for all feeds of a format, in a folder of contract fragments: a table
per file. Each becomes an ordinary contract; nothing after the load knows that they came together.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from checks.agreement import faults
from checks.contract import NAME, Contract
from checks.declaration import Declaration, closest, read_declaration, text_of

FORMAT = re.compile(r"^format:\s*([a-z_]+)", re.M)
# Words of a feed that would say the same of every table: they belong to the fragments.
PER_TABLE = ("columns", "key", "grain", "member", "expectations", "corrections")


def is_feed(path: Path, fragments: Path) -> bool:
    """Whether a source's format has a folder of fragments."""
    found = FORMAT.search(text_of(path))
    return found is not None and (fragments / found.group(1)).is_dir()


def read_feed(
    path: Path, fragments: Path, variables: Mapping[str, str]
) -> Iterator[tuple[str, Contract]]:
    """Each table of a feed, as `irigo_stops` and its contract.

    `tables:` names those to take besides the usual ones.

    Raises:
        DeclarationError: every fault of the feed's file, then of each table.
    """
    declaration = read_declaration(path, variables=variables)
    found = list(_own_faults(declaration, fragments / declaration.content["format"]))
    if re.match(NAME, path.stem) is None:
        found.append(((), "le nom du fichier doit être en minuscules sans accent"))
    if found:
        raise declaration.refusal(found)
    more = declaration.content.pop("tables", [])
    for file in sorted((fragments / declaration.content["format"]).glob("*.yaml")):
        fragment = read_declaration(file, variables={**variables, "feed": path.stem}).content
        if fragment.pop("on_demand", False) and file.stem not in more:
            continue
        whole = Declaration(path, _together(declaration.content, fragment), declaration.lines)
        contract = whole.held_to(Contract)
        if wrong := list(faults(contract, "sources")):
            raise Declaration(file, {}, {}).refusal(wrong)
        yield f"{path.stem}_{file.stem}", contract


def _own_faults(declaration: Declaration, folder: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    for word in PER_TABLE:
        if word in declaration.content:
            yield (word,), f"« {word} » ne se dit pas d’un flux entier : il est dans {folder.name}/"
    known = {file.stem for file in folder.glob("*.yaml")}
    given = declaration.content.get("tables", [])
    for name in given if isinstance(given, list) else [given]:
        if name not in known:
            yield ("tables",), f"« {name} » n’est pas une table de ce format{closest(name, known)}"


def _together(feed: Mapping[str, Any], fragment: Mapping[str, Any]) -> dict[str, Any]:
    both = {**feed, **fragment}
    both["title"] = f"{feed.get('title', '')} : {fragment['title']}"
    both["avertissements"] = [
        *fragment.get("avertissements", []),
        *feed.get("avertissements", []),
    ]
    return both
