"""SQL written by hand for each table, with every trick we know (statistics, zone maps, histograms).

Written knowing these tables and these rules: nothing is looked up, nothing is decided.
"""

from collections.abc import Callable
from pathlib import Path

import duckdb
from gate_sql_naive import literal
from gate_suites import DEPARTMENTS, HOUSES, NATURES, Counts


def listed(words: list[str]) -> str:
    return "[" + ", ".join(map(literal, words)) + "]"


def of_values(table: str, column: str, *conditions: str) -> str:
    told = ", ".join(f"coalesce(sum(n) filter (where {each}), 0)" for each in conditions)
    return f"select {told} from (select {column}, count(*) as n from {table} group by {column})"


def sorted_key(table: str, column: str) -> str:
    return (
        "select count(*) filter (where v = before or v = after) from (select v, lag(v) over () as "
        f"before, lead(v) over () as after from (select {column} as v from {table}))"
    )


def hashed_key(table: str, *columns: str) -> str:
    key = f"hash({', '.join(columns)})"
    return (
        f"with suspects as materialized (select h from (select {key} as h from {table}) group by h "
        "having count(*) > 1) select coalesce(sum(n), 0) from (select count(*) as n from "
        f"{table} where (select count(*) from suspects) > 0 and {key} in (from suspects) "
        f"group by {', '.join(columns)} having count(*) > 1)"
    )


def bits(table: str, group: str, place: str, last: int | str, columns: str) -> str:
    """A bit for each key of a group; only groups whose bits do not account for them are counted."""
    return (
        f"with suspects as materialized (select {group} as g from {table} group by all having "
        f"coalesce(bit_count(bitstring_agg({place} & {last}, 0, {last})), 0) < count(*)) "
        f"select coalesce(sum(n), 0) from (select count(*) as n from {table} "
        f"semi join suspects on ({group} = suspects.g) group by {columns} having count(*) > 1)"
    )


def shaped(column: str, *shapes: str) -> str:
    """Whether a text has none of the shapes of GLOB, in which `d` stands for a digit."""
    told = [f"{column} glob '{shape.replace('d', '[0-9]')}'" for shape in shapes]
    return f"not ({' or '.join(told)})"


PARCEL = "dddddd[0-9A-Z][0-9A-Z]dddd"
FOREIGN = "code_commune not in (select code_commune from sources.communes)"

# For each shape, queries and the places of their figures among the rules (None: not a count).
QUERIES: dict[str, list[tuple[str, list[int | None]]]] = {
    "mutations": [
        ("select count(*), min(date_mutation), max(date_mutation) from {t}", [None] * 3),
        (sorted_key("{t}", "id_ligne"), [3]),
        (hashed_key("{t}", "id_mutation", "numero_ligne"), [5]),
        (
            "select count(*) from {t} where date_mutation < '2014-01-01' "
            "or date_mutation > '2026-12-31'",
            [7],
        ),
        (of_values("{t}", "nature_mutation", f"nature_mutation not in {tuple(NATURES)}"), [9]),
        (
            of_values(
                "{t}",
                "code_commune",
                "code_commune is null",
                shaped("code_commune", "ddddd", "2[AB]ddd"),
                FOREIGN,
            ),
            [10, 11, 12],
        ),
        (
            of_values(
                "{t}",
                "code_departement",
                f"not list_contains({listed(DEPARTMENTS)}, code_departement)",
            ),
            [14],
        ),
        ("select count(*) from {t} where valeur_fonciere < 0 or valeur_fonciere > 1e9", [17]),
        ("select count(*) from {t} where longitude < -63.5 or longitude > 56", [20]),
        ("select count(*) from {t} where latitude < -21.5 or latitude > 51.5", [21]),
        (of_values("{t}", "type_local", f"type_local not in {tuple(HOUSES)}"), [22]),
        (
            f"select count(*) filter (where {shaped('code_postal', 'ddddd')}), "
            f"count(*) filter (where {shaped('id_parcelle', f'dd{PARCEL}', f'2[AB]{PARCEL}')}), "
            "count(*) filter (where length(id_parcelle) <> 14), avg(valeur_fonciere), "
            "count(*) - count(valeur_fonciere), "
            "count(*) filter (where date_publication < date_mutation) from {t}",
            [13, 15, 16, None, 19, 24],
        ),
    ],
    "releves": [
        ("select count(*), min(instant), max(instant), min(tension_v) from {t}", [None] * 4),
        (bits("{t}", "id_message >> 14", "id_message", 16383, "id_message"), [2]),
        (of_values("{t}", "id_capteur", shaped("id_capteur", "Cdddd")), [4]),
        (
            bits(
                "{t}",
                "id_capteur",
                "(epoch_us(instant) >> 28)",
                "{last}",
                "id_capteur, instant",
            ),
            [6],
        ),
        (of_values("{t}", "etat", "etat not in ('ok', 'faible', 'maintenance')"), [12]),
        ("select count(*) from {t} where humidite_pct < 0 or humidite_pct > 100", [10]),
        (
            "select count(*) filter (where temperature_c < -50 or temperature_c > 60 "
            "and not isnan(temperature_c)), avg(nullif(temperature_c, 'nan'::double)), "
            "count(*) - count(humidite_pct) from {t}",
            [8, None, 11],
        ),
    ],
    "entreprises": [
        (hashed_key("{t}", "siret"), [4]),
        (
            of_values("{t}", "code_commune", shaped("code_commune", "ddddd", "2[AB]ddd"), FOREIGN),
            [9, 10],
        ),
        (of_values("{t}", "etat", "etat not in ('A', 'F')"), [13]),
        (of_values("{t}", "date_creation", shaped("date_creation", "dddd-dd-dd")), [16]),
        (of_values("{t}", "tranche_effectif", shaped("tranche_effectif", "dd")), [17]),
        (
            f"select count(*) filter (where {shaped('siren', 'd' * 9)}), "
            f"count(*) filter (where {shaped('siret', 'd' * 14)}), "
            "count(*) - count(denomination), "
            f"count(*) filter (where {shaped('code_postal', '[0-9AB]' * 5)}), "
            f"count(*) filter (where {shaped('activite', 'dd.dd[A-Z]')}), "
            r"count(*) filter (where not regexp_matches(courriel, '^[^@\s]+@[^@\s]+\.[^@\s]+$')), "
            f"count(*) filter (where {shaped('telephone', '0[1-9]' + 'd' * 8)}), "
            + ", ".join(f"count(*) - count(champ_{n})" for n in range(12, 20))
            + " from {t}",
            [2, 5, 6, 11, 12, 14, 15, *range(18, 26)],
        ),
    ],
}


def prepare(shape: str, stored: Path, parquet: Path) -> Callable[[], Counts]:
    connection = duckdb.connect(str(stored), read_only=True)
    connection.execute("set threads = 2")
    # Bits for each of 2 000 sensors, one for every five minutes or so (2^28 microseconds), over at
    # most twice the time that so many readings take: messages come in disorder.
    rows = connection.execute(f"select count(*) from sources.{shape}").fetchone() or (0,)
    last = (2 << (rows[0] // 2000 * 300_000_000 >> 28).bit_length()) - 1
    queries = [
        (
            query.replace("{last}", str(last))
            .replace("{t}", f"sources.{shape}")
            .replace("{{", "{")
            .replace("}}", "}"),
            places,
        )
        for query, places in QUERIES[shape]
    ]

    def judge() -> Counts:
        counts: Counts = {}
        for query, places in queries:
            row = connection.execute(query).fetchone() or ()
            counts |= {
                place: int(found)
                for place, found in zip(places, row, strict=True)
                if place is not None
            }
        return counts

    return judge
