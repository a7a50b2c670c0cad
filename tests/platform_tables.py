"""The platform's own tables in memory, filled with the facts a page test needs.

Only what `quality`, `sobriety` and `curated.indicateurs_territoire` would hold after a run: no
source, no run.
"""

import datetime as dt

import duckdb

from assets.dashboards.elected import elected_words
from assets.dashboards.facts import Budget, TableCard
from assets.dashboards.pages import Page, render
from assets.dashboards.views import first_of_month
from resources.layout import SCHEMAS
from resources.platform_tables import PLATFORM_TABLES

TODAY = dt.date(2026, 11, 23)
BUDGET = Budget(energy_kwh_month=0.5, storage_gb=1)
FIVE = "relation aux habitants"

SCHEMA = "".join(f"create schema {name};" for name in SCHEMAS) + PLATFORM_TABLES

INDICATORS = """
create table curated.indicateurs_territoire (
    code varchar, libelle varchar, theme varchar, valeur double, unite varchar, periode varchar,
    source_table varchar, synthetique bool
);
insert into curated.indicateurs_territoire values
    ('a1', 'Électricité livrée par habitant', 'décarbonation', 4.87, 'MWh par habitant', '2025',
     'x', true),
    ('a2', 'Repas scolaires prévus et non servis', 'décarbonation', 6.4, '%', '11/2025–10/2026',
     'x', true),
    ('b1', 'Logements vacants', 'aménagement', 5.9, '%', 'dernier recensement', 'x', false),
    ('b2', 'Arrêts de transport pour 1 000 habitants', 'aménagement', 4.2,
     'arrêts pour 1 000 habitants', 'dernière version publiée', 'x', true),
    ('b3', 'Temps de débordement des bacs', 'aménagement', 1.3, '%', '01/10/2026–31/10/2026', 'x',
     true),
    ('c1', 'Population municipale', 'attractivité', 305091, 'habitants',
     'dernière population légale', 'x', false),
    ('c2', 'Subventions attribuées par habitant', 'attractivité', 7.9, 'euros par habitant',
     '2023–2025', 'x', true),
    ('d1', 'Délai médian de réponse aux usagers', 'relation aux habitants', 11, 'jours',
     '01/2025–10/2026', 'x', true);
"""

# name, title, theme, synthetic, keep, cadence, rows, bytes, set aside, CPU seconds
SOURCES = [
    ("communes", "Communes", "référentiel", False, "10 years", "annuelle", 29, 12e3, 0, 0.2),
    ("iris", "IRIS", "référentiel", False, "10 years", "annuelle", 120, 28e3, 0, 0.2),
    ("contours", "Contours des communes", "référentiel", False, "10 years", "annuelle", 29, 410e3,
     0, 0.3),
    ("electricite", "Consommation électrique par commune", "décarbonation", True, "10 years",
     "annuelle", 1440, 61e3, 18, 0.5),
    ("cantines", "Repas des cantines scolaires", "décarbonation", True, "5 years", "quotidienne",
     21450, 480e3, 96, 0.8),
    ("capteurs", "Remplissage des bacs et colonnes de déchets", "aménagement", True, "2 years",
     "horaire", 298112, 7.9e6, 1888, 3.9),
    ("demandes", "Demandes des habitants", FIVE, True, "2 years", "quotidienne", 4920, 1.1e6, 61,
     0.7),
    ("arrets", "Arrêts de transport en commun", "aménagement", True, "5 years", "mensuelle", 1310,
     74e3, 4, 0.3),
    ("subventions", "Subventions attribuées", "attractivité", True, "10 years", "annuelle", 386,
     52e3, 27, 0.4),
]  # fmt: skip
CURATED = [
    ("electricite_communes", "Électricité par habitant et par logement", "décarbonation", 145),
    ("repas_non_servis", "Repas prévus mais non servis", "décarbonation", 372),
    ("logement_iris", "Logement et vacance par IRIS", "aménagement", 120),
    ("desserte_communes", "Arrêts par habitant", "aménagement", 29),
    ("attractivite_communes", "Population, logement et subventions", "attractivité", 29),
    ("remplissage_bacs", "Remplissage et débordement des bacs", "aménagement", 4100),
    ("delais_demandes", "Délais de réponse aux usagers", FIVE, 240),
    ("indicateurs_territoire", "Indicateurs du territoire", "référentiel", 8),
]


def cards() -> list[TableCard]:
    sources = [
        TableCard(
            name=f"sources.{name}", title=title, theme=theme, layer="sources",
            access="restricted" if name == "demandes" else "open", synthetic=synthetic, keep=keep,
            cadence=cadence, publisher="Insee" if not synthetic else "Ardoise",
            keep_reason="comparer un mois au même mois de l’année précédente",
            license="etalab-2.0",
        )
        for name, title, theme, synthetic, keep, cadence, *_ in SOURCES
    ]  # fmt: skip
    curated = [
        TableCard(name=f"curated.{name}", title=title, theme=theme, layer="curated", synthetic=True)
        for name, title, theme, _ in CURATED
    ]
    return sources + curated


def platform(
    *, today: dt.date = TODAY, refused: str | None = None, indicators: bool = True
) -> duckdb.DuckDBPyConnection:
    """One run of the demonstration: everything is published, but `refused` (a source)."""
    connection = never_ran()
    if indicators:
        connection.execute(INDICATORS)
    for name, *_, rows, octets, aside, cpu in SOURCES:
        add_version(connection, f"sources.{name}", today, rows, octets, aside)
        add_rules(connection, f"sources.{name}", today, passed=18, failed=int(aside > 90))
        add_energy(connection, f"sources.{name}", "table", today, cpu, rows=rows)
        add_energy(connection, f"sources.{name}", "control", today, cpu / 2)
    for name, _, _, rows in CURATED:
        add_version(connection, f"curated.{name}", today, rows, rows * 60, 0)
        add_rules(connection, f"curated.{name}", today, passed=9)
        add_energy(connection, f"curated.{name}", "table", today, 0.2, rows=rows)
        add_energy(connection, f"curated.{name}", "control", today, 0.1)
    for activity, cpu in (("orchestration", 4.6), ("publication", 0.9), ("measurement", 2.1)):
        add_energy(connection, activity, activity, today, cpu)
    if refused:
        later = today + dt.timedelta(hours=1)
        add_version(connection, refused, later, 0, 0, 0, outcome="refused", version=2)
        add_rules(connection, refused, later, passed=17, failed=2, run="second")
    return connection


def add_version(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    day: dt.date,
    rows: int,
    octets: float,
    aside: int,
    outcome: str = "published",
    version: int = 1,
) -> None:
    connection.execute(
        "insert into quality.versions values ('first', ?::timestamp + to_hours(?), ?, ?, ?, 'f',"
        " ?, ?, ?, ?, null, null, null, null)",
        [day, version, table, version, outcome, rows + aside, rows, aside, int(octets)],
    )


def add_rules(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    day: dt.date,
    *,
    passed: int,
    failed: int = 0,
    run: str = "first",
) -> None:
    connection.execute(
        "insert into quality.results select ?, ?::timestamp + to_hours(?), ?, 1, 'rule' || number,"
        " 'validite', 'warning', '', '', number >= ?, null, null, null, null, null"
        " from range(?) numbers(number)",
        [run, day, int(run == "second") + 1, table, failed, passed + failed],
    )


def add_energy(
    connection: duckdb.DuckDBPyConnection,
    asset: str,
    activity: str,
    day: dt.date,
    cpu_s: float | None,
    *,
    rows: int | None = None,
    run: str = "first",
) -> None:
    kwh = None if cpu_s is None else cpu_s * 2.76 / 3.6e6
    low, high, gco2e = (None,) * 3 if kwh is None else (kwh / 2, kwh * 2, kwh * 46.1)
    connection.execute(
        "insert into sobriety.ledger values (?, ?, ?, ?, 'published', ?, ?, null, null, ?, ?, ?, ?,"
        " ?, null, ?, null, ?, 'cpu_time_model', 'ccf-2024', 'ademe-2025-mix-moyen')",
        [run, asset, activity, day, rows, rows, cpu_s, cpu_s, low, kwh, high, gco2e, kwh],
    )


def page(
    connection: duckdb.DuckDBPyConnection,
    budget: Budget = BUDGET,
    tables: list[TableCard] | None = None,
) -> Page:
    cards_ = cards() if tables is None else tables
    words = elected_words(connection, tables=cards_, budget=budget, today=TODAY)
    frame = {"territory": "Pays des Trois Rivières", "root": "", "path": "index.html"}
    navigation = [("Sobriété", "index.html"), ("Catalogue", "catalogue/index.html")]
    return render(
        "index.html",
        "elus.html.j2",
        {**frame, "navigation": navigation, "reen": True, **words},
    )


def with_a_year(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Twelve months before this one, one of them never measured, five of them over budget."""
    for age, cpu_s in enumerate((510, 560, 590, 680, 740, 830, 740, None, 700, 660, 640, 610), 1):
        month = first_of_month(TODAY, age)
        add_energy(
            connection, "sources.capteurs", "table", month, cpu_s and cpu_s * 1e3, run=str(age)
        )
    return connection


def crowded(more: int = 40) -> tuple[duckdb.DuckDBPyConnection, list[TableCard]]:
    """A bigger platform, by so many tables, than the page can list one by one."""
    connection, tables = with_a_year(platform(refused="sources.capteurs")), cards()
    for number in range(more):
        layer = "sources" if number % 2 else "curated"
        name = f"{layer}.table_{number}"
        tables.append(TableCard(name, f"Une table de plus, numéro {number}", FIVE, layer))
        add_version(connection, name, TODAY, 1000 + number, 1e5, 3)
        add_rules(connection, name, TODAY, passed=9)
        add_energy(connection, name, "table", TODAY, 30.0, rows=1)
    connection.execute(
        "insert into curated.indicateurs_territoire"
        " select code || 'z', libelle, theme, valeur, unite, periode, source_table, synthetique"
        " from curated.indicateurs_territoire"
    )
    return connection, tables


def never_ran() -> duckdb.DuckDBPyConnection:
    """A platform on its first morning: its tables exist, and hold nothing."""
    connection = duckdb.connect()
    connection.execute(SCHEMA)
    return connection
