"""Public-transport stops, in the columns of a GTFS `stops.txt`, with the IRIS each one stands in.

Stops follow the inhabitants of each IRIS and stand around the town hall of its commune: near
enough for counts by IRIS, not for a map. Stations, which only group stops, are among them as in
real feeds.
"""

from assets.demo.chance import Chance
from assets.demo.damage import Damage, Row, replaced
from assets.demo.names import STOPS
from assets.demo.world import Fate, Generated, Options, World

VERSION = 1
HEADER = (
    "stop_id",
    "stop_name",
    "stop_lat",
    "stop_lon",
    "location_type",
    "wheelchair_boarding",
    "code_iris",
    "origine",
)
INHABITANTS_PER_STOP = 250
# 0: no information, 1: accessible, 2: not accessible.
ACCESSIBILITY = (("1", 45.0), ("2", 30.0), ("0", 15.0), ("", 10.0))

STATION_RATE = 0.02
SWAPPED_RATE = 0.004
COMMA_RATE = 0.004
NAMELESS_RATE = 0.003
REPEATED_RATE = 0.006


def generate(world: World, options: Options) -> Generated:
    """One line per stop or station."""
    chance = Chance(options.seed, "arrets_transport")
    rows = _stops(world, chance)
    damage = Damage(rows, chance)
    damage.note(
        "accessibilité inconnue (0 ou vide)",
        lambda row: row["acces"] in ("0", ""),
        Fate.PUBLISHED,
    )
    damage.spoil(
        "stations parmi les arrêts", STATION_RATE, lambda row: replaced(row, type="1"), Fate.MENDED
    )
    damage.spoil(
        "latitude et longitude échangées", SWAPPED_RATE, _swapped, Fate.QUARANTINED, "HORS_BORNES"
    )
    damage.spoil("virgule décimale", COMMA_RATE, _with_comma, Fate.QUARANTINED, "TYPE")
    damage.spoil(
        "arrêt sans nom",
        NAMELESS_RATE,
        lambda row: replaced(row, nom=""),
        Fate.QUARANTINED,
        "MANQUANT",
    )
    damage.repeat("arrêt répété", REPEATED_RATE)
    return damage.written(HEADER)


def _stops(world: World, chance: Chance) -> list[Row]:
    town_halls = {row["code_commune"]: row for row in world.communes.iter_rows(named=True)}
    rows: list[Row] = []
    for iris in world.iris.iter_rows(named=True):
        commune = town_halls[iris["code_commune"]]
        # Hundredths of a degree: a village within one kilometre, a large city within four.
        reach = min(0.01 + commune["population"] / 4_000_000, 0.04)
        lat, lon = chance.around(commune["lat"], reach), chance.around(commune["lon"], reach)
        for _ in range(max(1, round(iris["population"] / INHABITANTS_PER_STOP))):
            rows.append(
                {
                    "id": f"A{len(rows) + 1:05d}",
                    "nom": f"{commune['nom']} – {chance.pick(STOPS)}",
                    "lat": f"{chance.around(lat, 0.004):.6f}",
                    "lon": f"{chance.around(lon, 0.006):.6f}",
                    "type": "0",
                    "acces": chance.weighted(ACCESSIBILITY),
                    "iris": iris["code_iris"],
                    "origine": "synthetique",
                }
            )
    return rows


def _swapped(row: Row) -> Row:
    return replaced(row, lat=row["lon"], lon=row["lat"])


def _with_comma(row: Row) -> Row:
    return replaced(row, lat=row["lat"].replace(".", ","), lon=row["lon"].replace(".", ","))
