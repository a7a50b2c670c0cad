"""School canteens: meals planned and served, by site and school day.

Anchored on the young people of each commune (0 to 19 years, census). Imitates the attendance files
a town publishes: 6 % of planned meals not served on average, measures missing in both columns, days
over three times the plan, sites the reference does not know. The school calendar is invented: four
days a week, holidays near the real ones.
"""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from assets.demo.chance import Chance
from assets.demo.damage import Damage, Row, replaced
from assets.demo.names import PLACES
from assets.demo.world import Fate, Generated, Options, World

VERSION = 1
HEADER = ("Site", "Nom du site", "Code commune", "Date", "Prévu", "Réel", "Origine")
YOUNG_PER_SITE = 900
EATERS_PER_YOUNG = 0.25
SERVED_SHARE, SERVED_SPREAD = 0.94, 0.09
SCHOOL_WEEKDAYS = (0, 1, 3, 4)
# First and last day of each holiday, as (month, day).
HOLIDAYS = (
    ((1, 1), (1, 4)),
    ((2, 14), (3, 1)),
    ((4, 11), (4, 26)),
    ((5, 1), (5, 1)),
    ((5, 8), (5, 8)),
    ((7, 4), (8, 31)),
    ((10, 17), (11, 1)),
    ((11, 11), (11, 11)),
    ((12, 19), (12, 31)),
)

# As measured in the 94 633 days a large city published: 4.2 % of each measure missing, 0.4 % at
# zero, 0.07 % over three times the plan.
MISSING_RATE = 0.042
ZERO_RATE = 0.004
EXCESS_RATE = 0.0007
UNKNOWN_COMMUNE_RATE = 0.003
ISO_DATE_RATE = 0.002
REPEATED_RATE = 0.003


def generate(world: World, options: Options) -> Generated:
    """One line per site and school day, from September of last school year."""
    chance = Chance(options.seed, "cantines")
    days = list(school_days(options.until))
    rows = [
        _row(site, day, eaters, chance) for site, eaters in _sites(world, chance) for day in days
    ]
    unknown = _code_of_no_commune(world)
    damage = Damage(rows, chance)
    damage.spoil(
        "repas prévus absents (« NA »)",
        MISSING_RATE,
        lambda r: replaced(r, prevu="NA"),
        Fate.PUBLISHED,
    )
    damage.spoil(
        "repas servis absents (« NA »)",
        MISSING_RATE,
        lambda r: replaced(r, reel="NA"),
        Fate.PUBLISHED,
    )
    damage.spoil("service à zéro", ZERO_RATE, lambda r: replaced(r, reel="0"), Fate.PUBLISHED)
    damage.spoil("servis au-delà de trois fois le prévu", EXCESS_RATE, _excessive, Fate.PUBLISHED)
    damage.spoil(
        "commune absente du référentiel",
        UNKNOWN_COMMUNE_RATE,
        lambda r: replaced(r, commune=unknown),
        Fate.QUARANTINED,
        "REFERENCE",
    )
    damage.spoil("dates d’un autre format", ISO_DATE_RATE, _iso_dated, Fate.QUARANTINED, "DATE")
    damage.repeat("lignes répétées", REPEATED_RATE)
    return damage.written(HEADER)


def school_days(until: dt.date) -> Iterator[dt.date]:
    """The days canteens are open, from September of the school year before the current one."""
    school_year = until.year if until.month >= 9 else until.year - 1
    day = dt.date(school_year - 1, 9, 1)
    while day <= until:
        date = (day.month, day.day)
        closed = any(first <= date <= last for first, last in HOLIDAYS)
        if day.weekday() in SCHOOL_WEEKDAYS and not closed:
            yield day
        day += dt.timedelta(days=1)


def _sites(world: World, chance: Chance) -> Iterator[tuple[Row, int]]:
    """Each site with the usual number of its eaters."""
    young = world.iris.group_by("code_commune").agg(pl.col("jeunes").sum())
    communes = world.communes.join(young, on="code_commune", maintain_order="left")
    for commune in communes.iter_rows(named=True):
        count = max(1, round(commune["jeunes"] / YOUNG_PER_SITE))
        eaters = round(commune["jeunes"] * EATERS_PER_YOUNG / count)
        if eaters < 5:
            continue
        first = chance.between(0, len(PLACES) - 1)
        for number in range(1, count + 1):
            place = PLACES[(first + number) % len(PLACES)]
            site = {
                "site": f"CANT-{commune['code_commune']}-{number:03d}",
                "nom": f"Restaurant scolaire {place}",
                "commune": commune["code_commune"],
            }
            yield site, max(5, round(chance.around(eaters, eaters * 0.4)))


def _row(site: Row, day: dt.date, eaters: int, chance: Chance) -> Row:
    planned = max(1, round(chance.around(eaters, eaters * 0.15)))
    served = max(1, round(planned * chance.around(SERVED_SHARE, SERVED_SPREAD)))
    return {
        **site,
        "jour": f"{day:%d/%m/%Y}",
        "prevu": str(planned),
        "reel": str(served),
        "origine": "synthetique",
    }


def _code_of_no_commune(world: World) -> str:
    """A code of the right form that no commune of the territory bears: a commune since merged."""
    known = set(world.communes["code_commune"])
    stem = f"{world.departement}999"[:2]
    return next(f"{stem}{n:03d}" for n in range(999, 0, -1) if f"{stem}{n:03d}" not in known)


def _excessive(row: Row) -> Row:
    return replaced(row, reel=str(int(row["prevu"]) * 4 + 1))


def _iso_dated(row: Row) -> Row:
    day, month, year = row["jour"].split("/")
    return replaced(row, jour=f"{year}-{month}-{day}")
