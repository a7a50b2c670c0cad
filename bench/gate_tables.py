"""Three tables to hold to their rules: land sales, sensor readings, a company register.

Each is drawn from `hash`, so that the same number of rows gives the same table, with a few dozen
rows at fault planted at fixed places. Written as one DuckDB file (as the warehouse writes it) and
one Parquet file (as polars would read it).
"""

from pathlib import Path

import duckdb

COMMUNES = 34_955
# What each shape is made to be: the land sales are those of the first prototype of the gate.
SHAPES = {
    "mutations": "21 colonnes, clé triée, 26 règles",
    "releves": "7 colonnes, clés en désordre, 14 règles",
    "entreprises": "60 colonnes de texte, valeurs presque toutes différentes, 30 règles",
}


def draw(seed: int, below: int) -> str:
    """A whole number of the row, from 0 to `below` excluded."""
    return f"(hash(i * 1000003 + {seed}) % {below})::integer"


def pick(seed: int, words: list[str]) -> str:
    """One of the words."""
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    return f"([{listed}])[{draw(seed, len(words))} + 1]"


def sometimes(seed: int, missing_pct: int, value: str) -> str:
    """The value, missing in so many rows of a hundred."""
    return f"case when {draw(seed, 100)} >= {missing_pct} then {value} end"


def at(places: list[int], step: int, wrong: str, column: str) -> str:
    """The column with something wrong planted at these places."""
    rows = ", ".join(str(place * step) for place in places)
    return f"case when i in ({rows}) then {wrong} else {column} end"


# Communes as a reference table has them: 101 départements, Corsica and overseas included.
REFERENCE = f"""
create table communes as
with departements as (
    select unnest(
        [lpad(n::varchar, 2, '0') for n in range(1, 96) if n <> 20]
        || ['2A', '2B', '971', '972', '973', '974', '976']
    ) as departement
)
select
    departement || lpad(n::varchar, (5 - length(departement))::integer, '0') as code_commune,
    departement,
    -4.5 + (hash(departement, n) % 1250) / 100 as longitude,
    42.5 + (hash(n, departement) % 850) / 100 as latitude
from departements, range(1, 361) as numbers(n)
where length(departement) = 2 or n < 100
order by all
limit {COMMUNES}
"""


def mutations(rows: int) -> str:
    """Land sales: 21 columns of every type, in the order of their key."""
    d = max(1, rows // 1000)
    nature = pick(2, ["Vente"] * 16 + ["Adjudication", "Echange", "Vente terrain à bâtir"])
    local = pick(16, ["Maison", "Maison", "Appartement", "Dépendance"])
    street = pick(7, ["RUE ", "AV ", "BD ", "CHE ", "PL ", "IMP "])
    name = pick(9, ["REPUBLIQUE", "MOULIN", "STADE", "VICTOR HUGO", "LILAS", "FONTAINE", "GARE"])
    price = sometimes(3, 1, f"round(exp(10 + {draw(4, 4000)} / 1000), 2)")
    letters = pick(12, list("ABCDE")) + " || " + pick(13, list("ABCDE"))
    parcel = f"code_commune || '000' || {letters} || lpad({draw(14, 10000)}::varchar, 4, '0')"
    postal = f"replace(left(code_commune, 2), '2A', '20') || lpad({draw(11, 900)}::varchar, 3, '0')"
    commune = at([65, 66], d, "'99999'", at([69], d, "null", "code_commune"))
    commune = at([60, 61, 62], d, "'2C001'", at([63, 64], d, "'1234'", commune))
    longitude = sometimes(21, 2, f"round(longitude + {draw(22, 20000)} / 1e6, 6)")
    latitude = sometimes(21, 2, f"round(latitude + {draw(23, 20000)} / 1e6, 6)")
    sold = f"date '2019-01-01' + {draw(1, 2180)}"
    repeated = f"{11 * d // 3 * 3 + 1}, {12 * d // 3 * 3 + 1}"
    columns = {
        "id_ligne": at([2, 4, 6], d, "i - 1", "i"),
        "id_mutation": "(2019 + (i // 3) % 6) || '-' || (i // 3)",
        "numero_ligne": f"(case when i in ({repeated}) then 1 else i % 3 + 1 end)::integer",
        "date_mutation": at([10, 20], d, "date '2031-05-05'", sold),
        "nature_mutation": at([30, 31, 32, 33], d, "'VENTE?'", nature),
        "valeur_fonciere": f"({at([40, 41, 42], d, '-1.0', price)})::double",
        "adresse_numero": sometimes(5, 40, draw(6, 300)),
        "adresse_nom_voie": f"{street} || {name} || ' ' || {draw(10, 400)}",
        "code_postal": at([50, 51], d, "'7500'", postal),
        "code_commune": commune,
        "nom_commune": "'Commune ' || code_commune",
        "code_departement": "departement",
        "id_parcelle": at([70], d, "'XX'", parcel),
        "nombre_lots": draw(15, 5),
        "type_local": at([72], d, "'Chateau'", sometimes(16, 50, local)),
        "surface_reelle_bati": sometimes(16, 50, f"{draw(17, 250)} + 9"),
        "nombre_pieces_principales": sometimes(16, 50, draw(18, 8)),
        "surface_terrain": sometimes(19, 35, draw(20, 5000)),
        "longitude": f"({at([80, 81], d, '1234.5', longitude)})::double",
        "latitude": f"({at([80, 82], d, '6.8e6', latitude)})::double",
        "date_publication": f"{sold} + {draw(24, 90)}",
    }
    return selected(columns)


def releves(rows: int) -> str:
    """Sensor readings as messages arrive: no column is sorted."""
    d = max(1, rows // 1000)
    # An odd multiplier modulo a power of two visits every number once: unique and in disorder.
    size = 1 << (rows - 1).bit_length()
    place = f"((i * 2654435761) % {size})"
    repeated = f"({3 * d + 1} * 2654435761) % {size}"
    measure = sometimes(31, 3, f"round({draw(32, 60000)} / 1000 - 15, 2)")
    measure = at([11, 12, 13], d, "'nan'::double", at([14], d, "412.0", measure))
    columns = {
        "id_message": f"({at([3, 5], d, repeated, place)})::bigint",
        "id_capteur": f"'C' || lpad(({place} % 2000)::varchar, 4, '0')",
        "instant": f"timestamp '2026-01-01' + to_minutes(5 * ({place} // 2000))",
        "temperature_c": f"({measure})::double",
        "humidite_pct": f"({sometimes(33, 5, at([21], d, '101', draw(34, 101)))})::tinyint",
        "etat": at([31, 32], d, "'HS'", pick(35, ["ok"] * 8 + ["faible", "maintenance"])),
        "tension_v": f"({draw(36, 4200)} / 1000)::decimal(5, 3)",
    }
    return selected(columns)


def entreprises(rows: int) -> str:
    """A company register: 60 columns of text, most of them unlike in each row or missing."""
    d = max(1, rows // 1000)
    siren = "lpad(((i * 7919 + 13) % 1000000007)::varchar, 9, '0')"
    siret = f"{siren} || lpad((i % 7)::varchar, 5, '0')"
    kind = f"lpad({draw(43, 99)}::varchar, 2, '0') || '.' || lpad({draw(44, 100)}::varchar, 2, '0')"
    kind += " || " + pick(45, list("ABCDZ"))
    columns = {
        "siren": siren,
        "siret": at([3], d, "'123'", siret),
        "denomination": at([4, 5], d, "null", "'SOCIETE ' || md5(i::varchar)"),
        "enseigne": sometimes(41, 70, "'ENSEIGNE ' || hash(i, 1)"),
        "code_commune": at([7, 8], d, "'99999'", "code_commune"),
        "code_postal": f"left(code_commune, 2) || lpad({draw(42, 900)}::varchar, 3, '0')",
        "activite": at([9], d, "'ZZ'", kind),
        "etat": at([10], d, "'X'", pick(46, ["A", "A", "A", "F"])),
        "courriel": sometimes(47, 60, "'contact' || i || '@exemple.fr'"),
        "telephone": sometimes(48, 50, f"'02' || lpad({draw(49, 100000000)}::varchar, 8, '0')"),
        "date_creation": f"(date '1990-01-01' + {draw(50, 13000)})::varchar",
        "tranche_effectif": sometimes(51, 80, f"lpad({draw(52, 100)}::varchar, 2, '0')"),
    }
    for n in range(len(columns), 60):
        columns[f"champ_{n}"] = sometimes(60 + n, (n * 7) % 96, f"'{n}-' || hash(i, {n})")
    return selected(columns)


def selected(columns: dict[str, str]) -> str:
    """The rows of a table, in the order they were drawn."""
    told = ", ".join(f"{value} as {name}" for name, value in columns.items())
    return f"select * exclude (i) from (select i, {told} from drawn) order by i"


def write(shape: str, rows: int, folder: Path) -> tuple[Path, Path]:
    """The DuckDB file and the Parquet file of a table, written unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    stored, parquet = folder / f"{shape}_{rows}.duckdb", folder / f"{shape}_{rows}.parquet"
    if stored.exists() and parquet.exists():
        return stored, parquet
    stored.unlink(missing_ok=True)
    select = {"mutations": mutations, "releves": releves, "entreprises": entreprises}[shape](rows)
    with duckdb.connect() as connection:
        connection.execute(f"set temp_directory = '{folder}'")
        connection.execute(
            f"attach '{stored}' as bench (storage_version 'latest', block_size 65536)"
        )
        connection.execute("use bench")
        connection.execute("create schema sources")
        connection.execute(REFERENCE.replace("table communes", "table sources.communes"))
        connection.execute(
            f"""
            create temp view drawn as
            with places as (
                select row_number() over () - 1 as place, * from sources.communes
            )
            select numbers.range as i, places.*
            from range({rows}) as numbers join places
            on places.place = hash(numbers.range * 1000003 + 99) % {COMMUNES}
            """
        )
        connection.execute(f"create table sources.{shape} as {select}")
        connection.execute("checkpoint")
        connection.execute(
            f"copy sources.{shape} to '{parquet}' "
            "(format parquet, compression zstd, row_group_size 122880)"
        )
        connection.execute(
            f"copy (select code_commune from sources.communes) to '{folder / 'communes.parquet'}'"
        )
    return stored, parquet
