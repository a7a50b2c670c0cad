"""An open file, searched as anybody will read it, before anybody can.

The gate already searched the table; this searches what was written. One file of each table is: the
Parquet one, which costs least to read. The others hold the same columns by the same query. What
personal data looks like, and what a contract answers for, is known by `checks.protection`.
"""

from pathlib import Path

from checks.contract import Contract
from checks.protection import scan
from checks.protection.files import tables_in
from resources.errors import ArdoiseError


def refuse_personal_data(path: Path, contract: Contract) -> None:
    """Search a file that was just written from an open table.

    Raises:
        ArdoiseError: it holds what the contract does not declare, or could not be searched. No
            value is in the message.
    """
    with tables_in(path) as (connection, tables):
        verdicts = [one for _, table in tables for one in scan(connection, table, contract)]
    failed = [one for one in verdicts if not one.passed]
    if failed:
        told = " ; ".join(f"{one.rule.sentence} ({one.error or one.observed})" for one in failed)
        raise ArdoiseError(
            f"Le fichier ouvert « {path.name} » n’est pas publié : {told}. Ce qui était publié le "
            "reste. Corrigez le contrat de la table, puis relancez « ardoise run »."
        )
