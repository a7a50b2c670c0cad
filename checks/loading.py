"""From a file to a contract: YAML for a source, SQL with the contract as front matter for a curated
table.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from checks.agreement import faults
from checks.contract import NAME, Contract, Layer
from checks.declaration import Declaration, read_declaration, text_of
from checks.national import expanded

FRONT_MATTER = re.compile(r"\A\s*/\*\s*---[ \t]*\n(.*?)^\s*---[ \t]*\*/[ \t]*\n?", re.S | re.M)


def read_contract(
    path: Path, layer: Layer, variables: Mapping[str, str], schemas: Sequence[Path] = ()
) -> tuple[Contract, str | None]:
    """The contract of a file and, for a curated table, its query.

    A national schema is looked for beside the folder of the file, then in the `schemas` folders.

    Raises:
        DeclarationError: every fault of the file, each with its line and the closest right word.
    """
    declaration, query = declared(path, layer, variables)
    if re.match(NAME, path.stem) is None:
        raise declaration.refusal(
            [((), "le nom du fichier doit être en minuscules sans accent, chiffres et « _ »")]
        )
    declaration = expanded(declaration, [path.parent.parent / "schemas", *schemas])
    contract = declaration.held_to(Contract)
    if found := list(faults(contract, layer)):
        raise declaration.refusal(found)
    return contract, query


def declared(
    path: Path, layer: Layer, variables: Mapping[str, str]
) -> tuple[Declaration, str | None]:
    """What a file says, line by line, before it is held to anything.

    Raises:
        DeclarationError: it cannot be read.
    """
    if layer == "curated":
        return _front_matter(path, variables)
    return read_declaration(path, variables=variables), None


def _front_matter(path: Path, variables: Mapping[str, str]) -> tuple[Declaration, str]:
    outer = text_of(path)
    if (match := FRONT_MATTER.match(outer)) is None:
        raise Declaration(path, {}, {}).refusal(
            [((), "une table « curated » commence par son contrat, entre « /* --- » et « --- */ »")]
        )
    first_line = outer.count("\n", 0, match.start(1)) + 1
    declaration = read_declaration(path, match.group(1), first_line=first_line, variables=variables)
    return declaration, outer[match.end() :].strip().rstrip(";")
