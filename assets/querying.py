"""A curated table's new version, staged from its query. Nothing is published here."""

import duckdb

from assets.catalogue import Table
from assets.decoding.stage import Staged
from assets.decoding.values import stored
from checks.declaration import closest
from resources.errors import SourceError
from resources.sql import quoted

# These say what is wrong with the query, never with a value.
ABOUT_THE_QUERY = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


def stage_curated(connection: duckdb.DuckDBPyConnection, table: Table) -> Staged:
    """Run the query into `curated._staging_<name>`, columns and types those of the contract.

    Raises:
        SourceError: `REQUETE` or `REQUETE_SCHEMA`, when the query fails or gives other columns.
    """
    contract = table.contract
    staging = f"curated.{quoted('_staging_' + table.name)}"
    # What the control of disclosure reads without keeping it, and what it makes itself.
    declared = contract.disclosure
    witnesses = declared.witnesses(contract.by_name) if declared else []
    made = declared.markers if declared else []
    asked = [column for column in contract.columns if column.name not in made]
    columns = ", ".join(
        [
            *(
                f"{quoted(column.name)}::{stored(column)} as {quoted(column.name)}"
                for column in asked
            ),
            *(f"{quoted(name)}::double as {quoted(name)}" for name in witnesses),
        ]
    )
    try:
        given = [str(row[0]) for row in connection.execute(f"describe ({table.query})").fetchall()]
        _check_columns(given, [*(column.name for column in asked), *witnesses])
        connection.execute(
            f"create or replace table {staging} as select {columns} from ({table.query})"
        )
    except duckdb.Error as error:
        told = f" ({error})" if isinstance(error, ABOUT_THE_QUERY) else ""
        raise SourceError("REQUETE", f"la requête échoue : {type(error).__name__}{told}") from None
    row = connection.execute(f"select count(*) from {staging}").fetchone()
    rows = int(row[0]) if row else 0
    return Staged(staging, received=rows, rows=rows)


def _check_columns(given: list[str], promised: list[str]) -> None:
    missing = [name for name in promised if name not in given]
    extra = [name for name in given if name not in promised]
    if not missing and not extra:
        return
    told = [f"« {name} » manque{closest(name, extra)}" for name in missing]
    told += [f"« {name} » n’est pas dans le contrat" for name in extra]
    raise SourceError(
        "REQUETE_SCHEMA", "la requête ne rend pas les colonnes du contrat : " + ", ".join(told)
    )
