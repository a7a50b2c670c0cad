"""Rows handed over to the archives before they are eliminated: the data, and what they mean.

A folder outside of the data, for the archives' own tool (SEDA) to take in: CSV in UTF-8, and a
manifest with the sha256 of each file, the columns, the register's facts and the visa.
"""

import csv
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from assets.catalogue import Table
from assets.intermediate import Batch, rows_of, second_age
from assets.platform import Platform
from assets.purge import Past
from checks.register import Entry
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
    for one in past:
        table = platform.catalogue.tables[one.table]
        entry = _archived(platform, table)
        if entry is None or not one.rows or second_age(platform, table) is not None:
            continue
        aside = platform.home.work / f"{table.key}.versement.csv"
        going = overdue(table.contract, platform.day_of(table.contract))
        connection.execute(
            f"copy (from {table.layer}.{quoted(table.name)} where {going}) "
            f"to {literal(aside)} (format csv, header)"
        )

        def move(path: Path, aside: Path = aside) -> None:
            shutil.move(aside, path)

        _hand_over(platform, entry, table, one.limit, one.rows, move, folder)


def transfer_batch(platform: Platform, table: Table, batch: Batch, folder: Path) -> None:
    """Write what ends its second age and goes to archives.

    Raises:
        DeclarationError: the folder is among the data: nothing would have left.
    """
    entry = _archived(platform, table)
    if entry is None:
        return

    def write(path: Path) -> None:
        names = [column.name for column in table.contract.columns]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows_of(platform, batch))

    _hand_over(platform, entry, table, batch.before.isoformat(), batch.rows, write, folder)


def _archived(platform: Platform, table: Table) -> Entry | None:
    name = table.contract.protection.register_entry
    entry = platform.register.get(name) if name else None
    return entry if entry and entry.retention.final != "destroy" else None


def _hand_over(
    platform: Platform,
    entry: Entry,
    table: Table,
    limit: str,
    rows: int,
    write: Callable[[Path], None],
    folder: Path,
) -> None:
    if folder.resolve().is_relative_to(platform.home.path):
        raise DeclarationError(
            "Le dossier du versement est parmi les données : rien n’en partirait. Rien n’a été "
            "supprimé. Nommez un dossier ailleurs."
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{table.key}-avant-{limit}.csv"
    write(path)
    manifest = folder / "versement.json"
    known: Sequence[dict[str, Any]] = (
        json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else []
    )
    told = {
        "fichier": path.name,
        "sha256": sha256_of(path),
        "lignes": rows,
        "titre": table.contract.title,
        "description": table.contract.description,
        "colonnes": {column.name: column.description for column in table.contract.columns},
        "avant_le": limit,
        "traitement": f"{entry.number} {entry.title}",
        "service": entry.service,
        "sort_final": entry.retention.final,
        "reference": entry.retention.reference,
        "visa": entry.elimination_visa,
    }
    said = [*(one for one in known if one["fichier"] != path.name), told]
    write_whole(manifest, json.dumps(said, ensure_ascii=False, indent=1).encode())
