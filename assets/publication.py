"""What analysts read: one DuckDB file and the Parquet files of the open tables.

Written aside under another name, then renamed: a reader holds the old file or the new one, never a
half, and never meets the warehouse. Only curated tables and open sources are in it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.catalogue import Table
from assets.outcome import Published
from assets.platform import Platform
from assets.reception import outages_of
from assets.versions import published_version
from resources.files import clear, settle, sha256_of, write_whole
from resources.outage import Outage
from resources.platform_tables import PUBLISHED_TABLES
from resources.sql import literal, quoted
from resources.warehouse import append, transaction

CATALOGUE_TABLES = """
create table export.catalogue.tables (
    nom varchar, titre varchar, description varchar, theme varchar, grain varchar, lignes bigint,
    version bigint, publiee_le timestamp, donnees_du timestamp, licence varchar,
    producteur varchar, acces varchar, synthetique boolean, conservation varchar,
    source_indisponible_depuis timestamp, source_incident varchar
);
create table export.catalogue.colonnes (
    table_nom varchar, colonne varchar, rang integer, type varchar, unite varchar, titre varchar,
    description varchar, exemple varchar
);
comment on table export.catalogue.tables is 'Les tables de ce fichier';
comment on table export.catalogue.colonnes is 'Le dictionnaire des colonnes de ce fichier';
"""


@dataclass(frozen=True)
class Publication:
    """What was written: files by name with their size in bytes, and their sha256."""

    tables: int
    state: str
    bytes_out: int
    files: Mapping[str, int]
    digests: Mapping[str, str]


def publish_for_analysts(connection: duckdb.DuckDBPyConnection, platform: Platform) -> Publication:
    """Write the analysts' file and the Parquet files from the published tables."""
    folder = platform.home.published
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder, ".*")  # what a killed run, or a full disk, left half written
    tables = list(_readable(connection, platform))
    target = platform.analyst_file
    aside = folder / f".{target.name}"
    try:
        _write(connection, aside, tables, outages_of(platform))
        settle(aside, target)
    finally:
        clear(folder, ".*")
    digests = {target.name: sha256_of(target)}
    digests |= _write_parquet(connection, folder / "parquet", tables)
    files = {name: (folder / name).stat().st_size for name in digests}
    state = readable_state(connection, platform)
    return Publication(len(tables), state, sum(files.values()), files, digests)


def readable_state(connection: duckdb.DuckDBPyConnection, platform: Platform) -> str:
    """What analysts may read now, in one word: changes with a version, a contract, an access."""
    tables = [
        [table.key, table.contract.access, version.fingerprint]
        for table, version in _readable(connection, platform)
    ]
    return hashlib.sha256(json.dumps(tables).encode()).hexdigest()


def _readable(
    connection: duckdb.DuckDBPyConnection, platform: Platform
) -> Iterator[tuple[Table, Published]]:
    for table in platform.catalogue:
        contract = table.contract
        internal = table.layer == "curated" and contract.access == "internal"
        readable = contract.access == "open" or internal
        if readable and contract.protection.personal_data == "none":
            version = published_version(connection, table.key)
            if version is not None:
                yield table, version


def _write(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    tables: list[tuple[Table, Published]],
    outages: Mapping[str, Outage],
) -> None:
    # Old drivers (DBeaver, QGIS, R) must open it: DuckDB 1.0 reads this version.
    connection.execute(f"attach {literal(path)} as export (storage_version 'v1.0.0')")
    try:
        # One transaction: all the tables of one moment, or no file.
        with transaction(connection):
            _fill(connection, tables, outages)
    finally:
        connection.execute("detach export")


def _fill(
    connection: duckdb.DuckDBPyConnection,
    tables: list[tuple[Table, Published]],
    outages: Mapping[str, Outage],
) -> None:
    for schema in ("sources", "curated", "quality", "sobriety", "catalogue"):
        connection.execute(f"create schema export.{schema}")
    for table, _ in tables:
        name = f"{table.layer}.{quoted(table.name)}"
        connection.execute(f"create table export.{name} as from {name}")
        for statement in _comments(table):
            connection.execute(statement)
    for name in PUBLISHED_TABLES:
        connection.execute(f"create table export.{name} as from {name}")
    connection.execute(CATALOGUE_TABLES)
    for table, version in tables:
        _describe(connection, table, version, outages.get(table.key))


def _comments(table: Table) -> Iterator[str]:
    contract = table.contract
    name = f"export.{table.layer}.{quoted(table.name)}"
    told = f"{contract.title}. {contract.description} Grain : {contract.grain}."
    if contract.synthetic:
        told += " Données synthétiques, pour démonstration."
    yield f"comment on table {name} is {literal(told)}"
    for column in contract.columns:
        unit = f" ({column.unit})" if column.unit else ""
        yield (
            f"comment on column {name}.{quoted(column.name)} is "
            f"{literal(column.description + unit)}"
        )


def _describe(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    version: Published,
    outage: Outage | None,
) -> None:
    contract = table.contract
    append(
        connection,
        "export.catalogue.tables",
        [
            {
                "nom": table.key,
                "titre": contract.title,
                "description": contract.description,
                "theme": contract.theme,
                "grain": contract.grain,
                "lignes": version.rows,
                "version": version.version,
                "publiee_le": version.decided_at,
                "donnees_du": version.data_date,
                "licence": contract.license or None,
                "producteur": contract.publisher or None,
                "acces": contract.access,
                "synthetique": contract.synthetic,
                "conservation": contract.retention.french,
                "source_indisponible_depuis": outage.since if outage else None,
                "source_incident": outage.message if outage else None,
            }
        ],
    )
    append(
        connection,
        "export.catalogue.colonnes",
        [
            {
                "table_nom": table.key,
                "colonne": column.name,
                "rang": rank,
                "type": column.type,
                "unite": column.unit,
                "titre": column.title or column.name,
                "description": column.description,
                "exemple": column.example,
            }
            for rank, column in enumerate(contract.columns, 1)
        ],
    )


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, folder: Path, tables: list[tuple[Table, Published]]
) -> dict[str, str]:
    """One file per open table, rewritten only when its version changed; others are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    clear(folder, ".*")
    manifest = folder / "manifest.json"
    known = _manifest(manifest)
    current = {}
    for table, version in tables:
        if table.contract.access != "open":
            continue
        path = folder / f"{table.key}.parquet"
        wanted = {"fingerprint": version.fingerprint, "content": version.content}
        entry = known.get(path.name, {})
        if not path.is_file() or wanted.items() - entry.items():
            aside = folder / f".{path.name}"
            try:
                connection.execute(
                    f"copy {table.layer}.{quoted(table.name)} to {literal(aside)} "
                    "(format parquet, compression zstd)"
                )
                settle(aside, path)
            finally:
                aside.unlink(missing_ok=True)
            entry = {**wanted, "sha256": sha256_of(path)}
        current[path.name] = entry
    for stale in folder.glob("*.parquet"):
        if stale.name not in current:
            stale.unlink()
    write_whole(manifest, json.dumps(current, indent=1).encode())
    return {f"{folder.name}/{name}": str(entry["sha256"]) for name, entry in current.items()}


def _manifest(path: Path) -> dict[str, dict[str, str | None]]:
    """What is known of each Parquet file; nothing when the manifest is damaged, or an old one."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {name: entry for name, entry in known.items() if isinstance(entry, dict)}
