"""The agreement of `disclosure:` with the rest of its contract: each fault a place and a sentence.

A column nobody speaks of is hidden or refused, never shown by omission.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.declaration import Location, closest
from checks.disclosure.thresholds import thresholds
from checks.disclosure.words import Disclosure

if TYPE_CHECKING:
    from checks.contract import Contract, Layer

PLACE: Location = ("disclosure",)


def disclosure_faults(contract: "Contract", layer: "Layer") -> Iterator[tuple[Location, str]]:
    """What is wrong with the word `disclosure:` of a contract."""
    declared = contract.disclosure
    if declared is None:
        return
    kinds = thresholds().kinds
    if declared.unit not in kinds:
        yield (
            (*PLACE, "unit"),
            f"« {declared.unit} » n’est pas un genre d’unité connu{closest(declared.unit, kinds)} "
            f"(choix : {', '.join(kinds)})",
        )
        return
    if declared.minimum is not None and declared.minimum < kinds[declared.unit].minimum:
        kind = kinds[declared.unit]
        yield (
            (*PLACE, "minimum"),
            f"le seuil des {kind.label} est {kind.minimum} ({kind.source}) : un contrat peut le "
            "relever, jamais l’abaisser",
        )
    yield from _basis_faults(declared, layer)
    yield from _name_faults(contract, declared)
    if declared.cells:
        yield from _cell_faults(contract, declared)


def _basis_faults(declared: Disclosure, layer: "Layer") -> Iterator[tuple[Location, str]]:
    if declared.already_public and (declared.cells or declared.quasi_identifiers):
        yield (
            (*PLACE, "already_public"),
            "des statistiques déjà publiques n’ont rien à masquer : gardez « already_public » ou "
            "« cells » et « quasi_identifiers », pas les deux",
        )
    if not (declared.already_public or declared.cells or declared.quasi_identifiers):
        yield (
            PLACE,
            "dites ce qui protège les unités comptées : « cells » pour un tableau, "
            "« quasi_identifiers » pour des lignes individuelles, ou « already_public »",
        )
    if declared.cells and layer == "sources":
        yield (*PLACE, "cells"), "seule une table « curated » compte des unités par case"


def _name_faults(contract: "Contract", declared: Disclosure) -> Iterator[tuple[Location, str]]:
    """Every name is a column of the contract, but for what only the control reads."""
    named: list[tuple[str, str]] = [
        (word, name)
        for word in ("dimensions", "public", "quasi_identifiers", "sensitive", "totals", "moved")
        for name in getattr(declared, word)
    ]
    named += [("margins", name) for margin in declared.margins for name in margin]
    for cells in declared.cells:
        named += [("cells", name) for name in (*cells.sums, *(cells.hides or []))]
        named += [("cells", cells.marker)] if cells.marker else []
    for word, name in named:
        if name not in contract.by_name:
            yield (
                (*PLACE, word),
                f"« {name} » n’est pas une colonne du contrat{closest(name, contract.by_name)}",
            )
    within = [*declared.totals, *declared.moved]
    within += [name for margin in declared.margins for name in margin]
    for name in dict.fromkeys(within):
        if name in contract.by_name and name not in declared.dimensions:
            yield (
                PLACE,
                f"« {name} » n’est pas une des dimensions{closest(name, declared.dimensions)}",
            )


def _cell_faults(contract: "Contract", declared: Disclosure) -> Iterator[tuple[Location, str]]:
    place: Location = (*PLACE, "cells")
    if set(declared.dimensions) != set(contract.key):
        yield (
            (*PLACE, "dimensions"),
            "les dimensions distinguent les lignes : mettez les mêmes colonnes que « key »",
        )
    for margin in declared.margins:
        if set(margin) >= set(declared.dimensions):
            yield (
                (*PLACE, "margins"),
                "une marge additionne une dimension au moins : elle ne les garde pas toutes",
            )
    everything = [*declared.dimensions, *declared.public, *declared.markers]
    leftover = [index for index, cells in enumerate(declared.cells) if cells.hides is None]
    if len(leftover) > 1:
        yield place, "une seule des « cells » peut se passer de « hides »"
    for index, cells in enumerate(declared.cells):
        if cells.marker and getattr(contract.by_name.get(cells.marker), "type", "") != "boolean":
            yield place, f"« {cells.marker} » marque ce qui est masqué : son type est « boolean »"
        if declared.kind.dominance_pct is not None:
            for column, largest in cells.sums.items():
                if largest is None:
                    yield (
                        place,
                        f"la règle de dominance des {declared.kind.label} demande la plus forte "
                        f"contribution à « {column} » : donnez la colonne de la requête qui la dit",
                    )
        earlier = [each.count for each in declared.cells[:index]]
        if cells.within and cells.within not in earlier:
            yield (
                place,
                f"« {cells.within} » n’est pas un compte des « cells » qui précèdent"
                f"{closest(cells.within, earlier)}",
            )
        everything += declared.hidden_by(index, contract.by_name)
    yield from _hidden_faults(contract, declared)
    for name in contract.by_name:
        if everything.count(name) != 1:
            many = "par plusieurs mots" if name in everything else "par aucun mot"
            yield (
                PLACE,
                f"« {name} » n’est pris en compte {many} : une colonne est une dimension, "
                "« public », le marqueur, ou masquée par une seule des « cells »",
            )


def _hidden_faults(contract: "Contract", declared: Disclosure) -> Iterator[tuple[Location, str]]:
    hidden = {
        name
        for index in range(len(declared.cells))
        for name in declared.hidden_by(index, contract.by_name)
    }
    for index, column in enumerate(contract.columns):
        if column.name in hidden and column.constraints.required:
            yield (
                ("columns", index, "constraints"),
                f"« {column.name} » peut être masquée : elle ne peut pas être « required »",
            )
    for index, item in enumerate(contract.expected):
        column_name = item.parameters.get("column")
        if item.type == "expect_column_sum_to_equal_reference" and column_name in hidden:
            yield (
                ("expectations", index),
                f"« {column_name} » peut être masquée : sa somme ne sera pas celle de la source",
            )
