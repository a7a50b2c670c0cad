"""What tables say of each other: that all they name is there, and in which order they are made.

How a declaration is read is in `assets.catalogue`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.declaration import closest, shown
from resources.errors import DeclarationError

if TYPE_CHECKING:
    from assets.catalogue import Table


def check_references(tables: Mapping[str, "Table"], known: set[str]) -> None:
    """Whether each table and column that another names is there; `known` are those of any profile.

    Raises:
        DeclarationError: the first that is not, with its file and the closest name.
    """
    for table in tables.values():
        for name in sorted(table.upstream - set(tables)):
            why = (
                "n’est pas dans ce profil"
                if name in known
                else f"n’existe pas{closest(name, tables)}"
            )
            raise DeclarationError(
                f"{shown(table.path)} : la table « {name} » {why}. "
                "Rien n’a été exécuté. Corrigez la référence ou déclarez la table."
            )
        for reference in sorted(table.contract.references):
            name, _, column = reference.rpartition(".")
            columns = tables[name].contract.by_name
            if column not in columns:
                raise DeclarationError(
                    f"{shown(table.path)} : « {name} » n’a pas de colonne « {column} »"
                    f"{closest(column, columns)}. Rien n’a été exécuté. Corrigez la référence."
                )


def upstream_first(tables: Mapping[str, "Table"]) -> list[str]:
    """Keys in topological order, alphabetical among equals.

    Raises:
        DeclarationError: a cycle, told in full.
    """
    order: list[str] = []
    path: list[str] = []

    def visit(key: str) -> None:
        if key in order:
            return
        if key in path:
            circle = " → ".join([*path[path.index(key) :], key])
            files = ", ".join(sorted({shown(tables[name].path) for name in path}))
            raise DeclarationError(
                f"Des tables se lisent en rond : {circle} (fichiers : {files}). "
                "Rien n’a été exécuté. Retirez l’une de ces lectures."
            )
        path.append(key)
        for upstream in sorted(tables[key].upstream):
            visit(upstream)
        path.pop()
        order.append(key)

    for key in sorted(tables, key=lambda key: (not key.startswith("sources."), key)):
        visit(key)
    return order
