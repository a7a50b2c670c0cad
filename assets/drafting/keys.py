"""Which columns, alone or together, name a row: only where no two rows have the same.

Measures are never part of a key, however different they are: twenty-nine populations are not
twenty-nine names.
"""

from collections.abc import Sequence
from itertools import combinations

import duckdb

from assets.drafting.constraints import Measured
from assets.drafting.proposal import Proposal
from checks.protection.kind import says
from resources.french import plural
from resources.sql import quoted

_IDENTIFIERS = (
    "id ids identifiant code numero num no reference ref cle siret siren insee iris rna uai "
    "matricule com"
)
IDENTIFIERS = tuple(_IDENTIFIERS.split())
SIZES = (2, 3)
TRIED = 8  # columns crossed; beyond, every pair of a wide table would be counted


def key_of(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: int,
    proposals: Sequence[Proposal],
    figures: Sequence[Measured],
) -> tuple[list[str], list[str]]:
    """The key, empty when there is none, and what is doubtful about it."""
    if rows < 2:
        return [], ["Trop peu de lignes pour proposer une clé."]
    whole = [
        (_rank(one), of.distinct, one)
        for one, of in zip(proposals, figures, strict=True)
        if not of.missing and _may_name(one)
    ]
    alone = sorted(
        (rank, index) for index, (rank, distinct, _) in enumerate(whole) if distinct == rows
    )
    if alone:
        rank, index = alone[0]
        name = whole[index][2].name
        return [name], [] if rank < 3 else [
            f"« {name} » est unique ici : par nature, ou par hasard ?"
        ]
    tried = sorted(whole, key=lambda item: (item[0], -item[1]))[:TRIED]
    for size in SIZES:
        for chosen in combinations(tried, size):
            if _product([distinct for _, distinct, _ in chosen]) < rows:
                continue
            names = [one.name for _, _, one in chosen]
            if _distinct(connection, table, names) == rows:
                return names, ["La clé n’est prouvée que par ce fichier."]
    return [], _without_key(connection, table, rows, whole)


def _may_name(one: Proposal) -> bool:
    measure = one.type == "number" or (one.type == "integer" and not says(one.name, IDENTIFIERS))
    return not measure and one.type not in ("geojson", "boolean")


def _rank(one: Proposal) -> int:
    if says(one.name, ("siren",)):
        return 1  # of a company, which several rows may tell of: its siret comes first
    if says(one.name, IDENTIFIERS):
        return 0
    if one.words.get("format") or "pattern" in one.words.get("constraints", {}):
        return 1
    return 2 if one.type in ("date", "datetime", "year") else 3


def _product(numbers: Sequence[int]) -> int:
    product = 1
    for one in numbers:
        product *= one
    return product


def _distinct(connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> int:
    columns = ", ".join(quoted(name) for name in names)
    row = connection.execute(
        f"select count(*) from (select distinct {columns} from {table})"
    ).fetchone()
    return int(row[0]) if row else 0


def _without_key(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: int,
    whole: Sequence[tuple[int, int, Proposal]],
) -> list[str]:
    """Why there is no key: repeated lines, or a column that is nearly one."""
    told = ["Aucune clé trouvée : aucune colonne, ni deux ou trois ensemble, ne nomme une ligne."]
    row = connection.execute(f"select count(*) from (select distinct * from {table})").fetchone()
    same = rows - int(row[0]) if row else 0
    if same:
        told.append(f"{plural(same, 'ligne répète', 'lignes répètent')} exactement une autre.")
    near = [
        one.name
        for rank, distinct, one in whole
        if rank == 0 and distinct < rows and distinct >= 0.9 * rows
    ]
    if near:
        told.append(f"« {near[0]} » serait la clé sans ses valeurs répétées.")
    return told
