"""The `catalogue` schema of a published file: what stands beside the data, to read it by.

Tables, columns and their units, freshness, licence, the rules each version passed, the energy it
took. Only of the tables that are in the same file: a restricted table is not even named elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from assets.freshness import expected_before
from assets.platform import Platform
from assets.publication.audiences import Readable
from assets.reception import outages_of
from resources.sql import literal, quoted
from resources.warehouse import append

Rows = Mapping[str, Sequence[dict[str, Any]]]

# Name of each table, what it is; name of each column, its type, what it is.
TABLES: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "tables": (
        "Les tables de ce fichier",
        {
            "nom": ("varchar", "Schéma et nom de la table."),
            "titre": ("varchar", "Titre de la table."),
            "description": ("varchar", "Ce que dit la table."),
            "theme": ("varchar", "Politique publique dont elle relève."),
            "grain": ("varchar", "Ce qu’est une ligne."),
            "lignes": ("bigint", "Nombre de lignes publiées."),
            "version": ("bigint", "Numéro de la version publiée."),
            "publiee_le": ("timestamp", "Moment de la publication (UTC)."),
            "donnees_du": ("timestamp", "Moment où le fichier de la source a été reçu (UTC)."),
            "cadence": ("varchar", "Fréquence promise par le producteur."),
            "attendues_avant": (
                "timestamp",
                "Au-delà de ce moment (UTC), la source est en retard.",
            ),
            "licence": ("varchar", "Licence de réutilisation."),
            "producteur": ("varchar", "Qui produit la donnée."),
            "acces": ("varchar", "Public : open, internal ou restricted."),
            "synthetique": ("boolean", "Vrai pour des données inventées, de démonstration."),
            "conservation": ("varchar", "Durée de conservation des lignes."),
            "source_indisponible_depuis": ("timestamp", "Depuis quand la source ne répond plus."),
            "source_incident": ("varchar", "Ce qui empêche de la joindre."),
            "avertissements": ("varchar", "Ce qu’il faut savoir avant de s’en servir."),
        },
    ),
    "colonnes": (
        "Le dictionnaire des colonnes de ce fichier",
        {
            "table_nom": ("varchar", "Schéma et nom de la table."),
            "colonne": ("varchar", "Nom de la colonne."),
            "rang": ("integer", "Rang de la colonne dans le contrat."),
            "type": ("varchar", "Type, dans les mots de Table Schema."),
            "unite": ("varchar", "Unité de mesure."),
            "titre": ("varchar", "Titre de la colonne."),
            "description": ("varchar", "Ce que dit la colonne."),
            "exemple": ("varchar", "Une valeur possible."),
        },
    ),
    "controles": (
        "Les règles tenues par la version publiée de chaque table",
        {
            "table_nom": ("varchar", "Schéma et nom de la table."),
            "regle": ("varchar", "La règle, en une phrase."),
            "dimension": ("varchar", "Dimension de qualité."),
            "gravite": ("varchar", "critical refuse la version, warning la signale."),
            "tenue": ("boolean", "Vrai si la règle est tenue."),
            "lignes_controlees": ("bigint", "Lignes contrôlées."),
            "lignes_fautives": ("bigint", "Lignes qui ne la tiennent pas."),
            "controlee_le": ("timestamp", "Moment du contrôle (UTC)."),
        },
    ),
    "energie": (
        "Ce qu’a demandé la version publiée de chaque table",
        {
            "table_nom": ("varchar", "Schéma et nom de la table."),
            "cpu_s": ("double", "Temps de processeur, mesuré (secondes)."),
            "kwh": ("double", "Électricité, estimée (kWh)."),
            "kwh_bas": ("double", "Estimation basse (kWh)."),
            "kwh_haut": ("double", "Estimation haute (kWh)."),
            "gco2e": ("double", "Émissions, estimées (grammes équivalent CO2)."),
            "methode": ("varchar", "Comment l’énergie est mesurée ou estimée."),
        },
    ),
}
CHECKS = """
select
    table_name as table_nom,
    sentence as regle,
    dimension,
    severity as gravite,
    passed as tenue,
    checked_rows as lignes_controlees,
    unexpected_rows as lignes_fautives,
    checked_at as controlee_le
from quality.results
semi join (
    select
        table_name,
        version
    from quality.versions
    where outcome = 'published'
) as published using (table_name, version)
where table_name in ({keys})
qualify version = max(version) over (partition by table_name)
order by all
"""
ENERGY = """
select
    table_name as table_nom,
    sum(cpu_s) as cpu_s,
    sum(kwh) as kwh,
    sum(kwh_low) as kwh_bas,
    sum(kwh_high) as kwh_haut,
    sum(gco2e) as gco2e,
    max(method) as methode
from quality.versions
join sobriety.ledger
    on ledger.run_id = versions.run_id
    and ledger.asset = versions.table_name
where versions.outcome = 'published' and table_name in ({keys})
group by table_name, version
qualify version = max(version) over (partition by table_name)
order by table_name
"""


def dictionary(
    connection: duckdb.DuckDBPyConnection, platform: Platform, readable: Sequence[Readable]
) -> Rows:
    """The rows of each table of the catalogue, for the tables of one file."""
    keys = ", ".join(literal(key) for key in ("", *(one.table.key for one in readable)))
    return {
        "tables": _tables(platform, readable),
        "colonnes": [row for one in readable for row in _columns(one)],
        "controles": _asked(connection, CHECKS.format(keys=keys)),
        "energie": _asked(connection, ENERGY.format(keys=keys)),
    }


def write_dictionary(connection: duckdb.DuckDBPyConnection, database: str, rows: Rows) -> None:
    """Make the catalogue in an attached file, with its own comments."""
    for name, (told, columns) in TABLES.items():
        table = f"{database}.catalogue.{name}"
        listed = ", ".join(f"{quoted(column)} {kind}" for column, (kind, _) in columns.items())
        connection.execute(f"create table {table} ({listed})")
        connection.execute(f"comment on table {table} is {literal(told)}")
        for column, (_, meaning) in columns.items():
            connection.execute(f"comment on column {table}.{column} is {literal(meaning)}")
        append(connection, table, rows[name])


def _tables(platform: Platform, readable: Sequence[Readable]) -> list[dict[str, Any]]:
    outages = outages_of(platform)
    rows = []
    for one in readable:
        table, version, contract = one.table, one.version, one.table.contract
        outage = outages.get(table.key)
        landed = platform.landing.last(table.landing) if table.layer == "sources" else None
        rows.append(
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
                "cadence": contract.cadence,
                "attendues_avant": expected_before(contract.cadence, landed),
                "licence": contract.license or None,
                "producteur": contract.publisher or None,
                "acces": contract.access,
                "synthetique": contract.synthetic,
                "conservation": contract.retention.french,
                "source_indisponible_depuis": outage.since if outage else None,
                "source_incident": outage.message if outage else None,
                "avertissements": " ".join(contract.caveats) or None,
            }
        )
    return rows


def _columns(one: Readable) -> list[dict[str, Any]]:
    return [
        {
            "table_nom": one.table.key,
            "colonne": column.name,
            "rang": rank,
            "type": column.type,
            "unite": column.unit,
            "titre": column.title or column.name,
            "description": column.description,
            "exemple": column.example,
        }
        for rank, column in enumerate(one.table.contract.columns, 1)
        if column.name in one.columns
    ]


def _asked(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
