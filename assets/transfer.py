"""Rows handed over to the archives before they are eliminated: the data, and what they mean.

A folder outside of the data, for the archives' own tool (SEDA) to take in: CSV in UTF-8 and a
manifest with the sha256 of each file, the columns, the register's facts and the visa.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from assets.platform import Platform
from assets.purge import Past
from checks.retention import overdue
from resources.errors import DeclarationError
from resources.files import sha256_of, write_whole
from resources.sql import literal, quoted


def transfer(
    connection: duckdb.DuckDBPyConnection,
    platform: Platform,
    past: Iterable[Past],
    folder: Path,
) -> None:
    """Write what is past its time and goes to archives, before anything of it is removed.

    Raises:
        DeclarationError: the folder is among the data: nothing would have left.
    """
    if folder.resolve().is_relative_to(platform.home.path):
        raise DeclarationError(
            "Le dossier du versement est parmi les données : rien n’en partirait. Rien n’a été "
            "supprimé. Nommez un dossier ailleurs."
        )
    told: list[dict[str, Any]] = []
    for one in past:
        table = platform.catalogue.tables[one.table]
        name = table.contract.protection.register_entry
        entry = platform.register.get(name) if name else None
        if entry is None or entry.retention.final == "destroy" or not one.rows:
            continue
        aside = platform.home.work / f"{table.key}.versement.csv"
        going = overdue(table.contract, platform.day_of(table.contract))
        connection.execute(
            f"copy (from {table.layer}.{quoted(table.name)} where {going}) "
            f"to {literal(aside)} (format csv, header)"
        )
        path = folder / f"{table.key}.csv"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(aside, path)
        told.append(
            {
                "fichier": path.name,
                "sha256": sha256_of(path),
                "lignes": one.rows,
                "titre": table.contract.title,
                "description": table.contract.description,
                "colonnes": {column.name: column.description for column in table.contract.columns},
                "avant_le": one.limit,
                "traitement": f"{entry.number} {entry.title}",
                "service": entry.service,
                "sort_final": entry.retention.final,
                "reference": entry.retention.reference,
                "visa": entry.elimination_visa,
            }
        )
    if told:
        said = json.dumps(told, ensure_ascii=False, indent=1).encode()
        write_whole(folder / "versement.json", said)
