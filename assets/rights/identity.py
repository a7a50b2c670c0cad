"""Who asks: a processing of the register and the values that recognise one person in its tables.

Values come from a prompt, a file or standard input, never from the arguments of a command, which
the shell and the system keep. They live in memory for the time of the request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import yaml

from assets.catalogue import Table
from assets.platform import Platform
from checks.contract import Column
from checks.declaration import closest
from checks.identity import Description, compared, identifying
from resources.errors import DeclarationError


@dataclass(frozen=True)
class Scope:
    """The tables of a processing, and those made from them.

    `columns` are its identifying columns, `derived` the other tables that read its own, near or
    far: they are made again.
    """

    register: str
    tables: Sequence[Table]
    derived: Sequence[Table]
    columns: Mapping[str, Column]


def scope_of(platform: Platform, register: str) -> Scope:
    """The scope of a processing.

    Raises:
        DeclarationError: no table falls under it, or none says how a person is recognised.
    """
    catalogue = platform.catalogue
    entries = sorted(
        {one for table in catalogue if (one := table.contract.protection.register_entry)}
    )
    tables = [one for one in catalogue if one.contract.protection.register_entry == register]
    if not tables:
        raise DeclarationError(
            f"Aucune table ne relève du traitement « {register} »{closest(register, entries)} "
            f"(traitements : {', '.join(entries) or 'aucun'}). Rien n’a été lu ni supprimé."
        )
    columns: dict[str, Column] = {}
    for table in tables:
        columns |= identifying(table.contract)
    if not columns:
        raise DeclarationError(
            f"Aucune colonne du traitement « {register} » ne dit comment une personne y est "
            "reconnue. Rien n’a été lu ni supprimé. Écrivez « identifies: person » sous ces "
            "colonnes, dans le contrat."
        )
    reached = catalogue.downstream([table.key for table in tables])
    own = {table.key for table in tables}
    derived = [table for table in catalogue if table.key in reached - own]
    return Scope(register, tables, derived, columns)


def descriptions(scope: Scope, text: str) -> list[Description]:
    """What a file of identity says: a value by column, or a list of such descriptions (YAML, JSON).

    Raises:
        DeclarationError: it cannot be read, or names a column that recognises nobody. No value is
            in the message.
    """
    try:
        # Every value stays a text: « 0639981234 » is no number.
        read = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        line = f", ligne {mark.line + 1}" if mark else ""
        raise DeclarationError(
            f"L’identité n’est pas lisible (YAML ou JSON attendu{line}). Rien n’a été lu ni "
            "supprimé."
        ) from None
    said = read if isinstance(read, list) else [read]
    if not said or not all(isinstance(one, dict) and one for one in said):
        raise DeclarationError(
            "L’identité attend une valeur par colonne (« courriel: … »), ou une liste de telles "
            f"descriptions. Colonnes : {_listed(scope)}. Rien n’a été lu ni supprimé."
        )
    return [_described(scope, one) for one in said]


def prompted(scope: Scope, answers: Mapping[str, str]) -> list[Description]:
    """What was answered to a prompt, column by column; an empty answer says nothing.

    Raises:
        DeclarationError: nothing was answered.
    """
    said = {name: value for name, value in answers.items() if value.strip()}
    if not said:
        raise DeclarationError("Rien ne dit de qui il s’agit. Rien n’a été lu ni supprimé.")
    return [_described(scope, said)]


def as_kept(platform: Platform, scope: Scope, people: Sequence[Description]) -> list[Description]:
    """The same persons, also as tables show them: values replaced by pseudonyms, new or former."""
    found = list(people)
    for table in scope.tables:
        domains = {
            name: column.pseudonym
            for name, column in identifying(table.contract).items()
            if column.pseudonym
        }
        for one in people:
            ways = [
                [one.values[name], *platform.pseudonyms.every(one.values[name], domains[name])]
                if name in domains
                else [one.values[name]]
                for name in one.shape
            ]
            found += [
                Description(dict(zip(one.shape, values, strict=True))) for values in product(*ways)
            ]
    return list({tuple(sorted(one.values.items())): one for one in found}.values())


def _described(scope: Scope, said: Mapping[str, object]) -> Description:
    for name, value in said.items():
        if name not in scope.columns:
            raise DeclarationError(
                f"La colonne « {name} » n’identifie personne dans le traitement "
                f"« {scope.register} »{closest(name, scope.columns)} (colonnes : "
                f"{_listed(scope)}). Rien n’a été lu ni supprimé."
            )
        if not isinstance(value, str) or not compared(value):
            raise DeclarationError(
                f"La colonne « {name} » de l’identité n’a pas de valeur. Rien n’a été lu ni "
                "supprimé. Donnez-la, ou retirez cette colonne."
            )
    return Description({name: str(value) for name, value in said.items()})


def _listed(scope: Scope) -> str:
    return ", ".join(scope.columns)
