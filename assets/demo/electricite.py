"""Electricity delivered by commune, sector and year, as a network operator would publish it.

Anchored on populations and dwellings: homes use 2.2 MWh per inhabitant and year, as in the whole
country; the other sectors follow their national weight. Imitates the local consumption files of
Enedis and of the State's regional services, down to the Windows encoding and the sums among rows.
"""

import polars as pl

from assets.demo.chance import Chance
from assets.demo.damage import Damage, Row, replaced
from assets.demo.world import Fate, Generated, Options, World

VERSION = 1
YEARS = 11
HEADER = (
    "Maille",
    "Année",
    "Code INSEE commune",
    "Nom commune",
    "Secteur",
    "Nombre de sites",
    "Consommation (MWh)",
    "Origine",
)
# MWh per inhabitant, and inhabitants per site, where the sector is at home.
SECTORS = {
    "RESIDENTIEL": (2.2, 2.0),
    "TERTIAIRE": (1.9, 14.0),
    "INDUSTRIE": (1.5, 150.0),
    "AGRICULTURE": (0.12, 100.0),
    "INCONNU": (0.03, 300.0),
}
SPELLINGS = {
    "RESIDENTIEL": "Résidentiel",
    "TERTIAIRE": "Tertiaire",
    "INDUSTRIE": "industrie",
    "AGRICULTURE": "Agriculture",
    "INCONNU": "inconnu",
}
# Below this number of sites the figure is a statistical secret (arrêté du 18 juillet 2016).
SECRET_SITES = 10
LARGE_TOWN = 20_000

SPELLING_RATE = 0.03
GROUPED_RATE = 0.04
LOST_ZERO_RATE = 0.005
REPEATED_RATE = 0.005


def generate(world: World, options: Options) -> Generated:
    """One line per commune, sector and year; one total of the whole territory a year among them."""
    chance = Chance(options.seed, "electricite")
    years = range(options.until.year - YEARS, options.until.year)
    weather = {year: chance.around(1 + 0.008 * (years[-1] - year), 0.03) for year in years}
    rows = [
        _row(commune, sector, year, mwh * weather[year], sites)
        for commune in _communes(world)
        for sector, (mwh, sites) in _profiles(commune, chance).items()
        for year in years
    ]
    damage = Damage(rows, chance)
    damage.note("secret statistique (« s »)", lambda row: row["energie"] == "s", Fate.PUBLISHED)
    damage.spoil("orthographes d’un même secteur", SPELLING_RATE, _spelt, Fate.MENDED)
    damage.spoil("espaces de milliers", GROUPED_RATE, _grouped, Fate.MENDED)
    damage.spoil("zéros initiaux perdus", LOST_ZERO_RATE, _without_zero, Fate.QUARANTINED, "FORMAT")
    totals = [_total(rows, world, year) for year in years]
    damage.repeat("lignes répétées", REPEATED_RATE)
    damage.add("totaux parmi les communes", totals, Fate.QUARANTINED, "HORS_LISTE")
    return damage.written(HEADER, encoding="cp1252", delimiter=";", line_end="\r\n")


def _communes(world: World) -> list[dict[str, str | int]]:
    dwellings = world.iris.group_by("code_commune").agg(pl.col("logements").sum())
    return (
        world.communes.join(dwellings, on="code_commune", how="left", maintain_order="left")
        .with_columns(pl.col("logements").fill_null(0))
        .to_dicts()
    )


def _profiles(commune: dict[str, str | int], chance: Chance) -> dict[str, tuple[float, int]]:
    """MWh of a plain year and number of sites, by sector; a sector without a site is absent."""
    population = int(commune["population"])
    large = population > LARGE_TOWN
    weights = {
        "RESIDENTIEL": chance.around(1, 0.12),
        "TERTIAIRE": chance.around(1.2 if large else 0.75, 0.2),
        "INDUSTRIE": chance.pick((0.1, 0.3, 0.6, 1.0, 2.5)),
        "AGRICULTURE": 0.05 if large else chance.around(2.5, 1.0),
        "INCONNU": chance.around(1, 0.5),
    }
    profiles = {}
    for sector, (mwh, persons) in SECTORS.items():
        sites = round(population / persons * min(weights[sector], 1))
        if sector == "RESIDENTIEL":
            sites = int(commune["logements"])
        if sites > 0:
            profiles[sector] = (population * mwh * weights[sector], sites)
    return profiles


def _row(commune: dict[str, str | int], sector: str, year: int, mwh: float, sites: int) -> Row:
    return {
        "maille": "COMMUNE",
        "annee": str(year),
        "code_commune": str(commune["code_commune"]),
        "nom": str(commune["nom"]),
        "secteur": sector,
        "sites": str(sites),
        "energie": "s" if sites < SECRET_SITES else f"{mwh:.3f}".replace(".", ","),
        "origine": "synthetique",
    }


def _total(rows: list[Row], world: World, year: int) -> Row:
    found = [row for row in rows if row["annee"] == str(year)]
    known = (row["energie"].replace("\xa0", "").replace(",", ".") for row in found)
    mwh = sum(float(text) for text in known if text != "s")
    return {
        "maille": "EPCI",
        "annee": str(year),
        "code_commune": world.epci,
        "nom": world.name,
        "secteur": "TOTAL",
        "sites": str(sum(int(row["sites"]) for row in found)),
        "energie": f"{mwh:.3f}".replace(".", ","),
        "origine": "synthetique",
    }


def _spelt(row: Row) -> Row:
    return replaced(row, secteur=SPELLINGS[row["secteur"]])


def _grouped(row: Row) -> Row | None:
    whole, _, decimals = row["energie"].partition(",")
    if len(whole) < 4:
        return None
    return replaced(row, energie=f"{int(whole):,}".replace(",", "\xa0") + "," + decimals)


def _without_zero(row: Row) -> Row | None:
    code = row["code_commune"]
    return replaced(row, code_commune=code[1:]) if code.startswith("0") else None
