"""Two territories to try the demo on: the one that is shipped, and one of three communes.

The second is written by hand, elsewhere in the country, where codes begin with 0.
"""

import atexit
import json
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import duckdb

import assets
from assets.catalogue import Catalogue
from assets.decoding.stage import Staged, stage_source
from assets.demo import generator
from assets.demo.world import Generated, Options, World
from assets.querying import stage_curated
from checks.disclosure.control import control
from checks.territory import TerritoryFolder
from resources.keys import Keys
from resources.platform_tables import PLATFORM_TABLES

SENSOR_ROWS = 9_000
SMALL = """\
name: Val de Test
short_name: VdT
legal_form: CC
epci: "200000008"
departement: "01"
region: "84"
seat: "01901"
population_year: 2021
extracts: {communes: communes.csv, iris: iris.csv, outlines: outlines.geojson}
contact: donnees@example.org
dpo: dpo@example.org
"""
# The last town hall lost the sign of its longitude, as one did in a real extract.
COMMUNES = """\
code_commune,nom,siren,codes_postaux,population_municipale_epci_json,lon_mairie,lat_mairie
01901,Bourg-Test,210100012,01000|01001,41000,5.22,46.2
01902,Saint-Essai,210100020,01002,3100,5.26,46.24
01903,Épreuve,210100038,01003,420,-5.24,46.22
"""
IRIS = """\
iris,com,pop,pop_0_19,logements,res_principales,res_secondaires,logements_vacants,maisons,appartements
019010101,01901,21000,5200,11000,10000,200,800,3000,7900
019010102,01901,20000,5100,10500,9600,150,750,4000,6400
019020000,01902,3050,800,1500,1400,40,60,1300,200
019030000,01903,415,100,210,180,20,10,205,5
"""


def shipped() -> TerritoryFolder:
    """The territory that comes with the platform."""
    (file,) = (Path(assets.__path__[0]) / "territories").glob("*/territory.yaml")
    return TerritoryFolder(file)


def small() -> TerritoryFolder:
    """Three communes."""
    folder = Path(mkdtemp(prefix="ardoise-small-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    codes = [line.split(",")[0] for line in COMMUNES.splitlines()[1:]]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "nom": f"Commune {code}"},
            "geometry": {"type": "Point", "coordinates": [5.2, 46.2]},
        }
        for code in codes
    ]
    outlines = json.dumps({"type": "FeatureCollection", "features": features})
    for name, text in (
        ("territory.yaml", SMALL),
        ("communes.csv", COMMUNES),
        ("iris.csv", IRIS),
        ("outlines.geojson", outlines),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return TerritoryFolder(folder)


TERRITORIES = {"shipped": lru_cache(shipped), "small": lru_cache(small)}


@lru_cache
def world(territory: str) -> World:
    """What generators are given."""
    folder = TERRITORIES[territory]()
    identity = folder.territory
    return World.of(
        folder.extract("communes"),
        folder.extract("iris"),
        name=identity.name,
        epci=identity.epci,
        departement=identity.departement,
        seat=identity.seat,
    )


@lru_cache
def generated(territory: str, name: str) -> Generated:
    """A file of the demo, its big table kept small."""
    return generator(name).generate(world(territory), Options(sensor_rows=SENSOR_ROWS))


@lru_cache
def staged(territory: str) -> tuple[duckdb.DuckDBPyConnection, dict[str, Staged]]:
    """Every table of the catalogue made from these files by the platform's own decoding."""
    connection = duckdb.connect()
    for schema in ("sources", "curated", "quarantine", "quality", "sobriety"):
        connection.execute(f"create schema {schema}")
    connection.execute(PLATFORM_TABLES)
    with TemporaryDirectory(prefix="ardoise-demo-") as work:
        return connection, dict(_tables(connection, territory, Path(work)))


def _tables(
    connection: duckdb.DuckDBPyConnection, territory: str, work: Path
) -> Iterator[tuple[str, Staged]]:
    folder = TERRITORIES[territory]()
    for table in Catalogue(folder):
        if table.layer == "curated":
            found = stage_curated(connection, table)
        else:
            scheme, _, name = table.contract.url.partition(":")
            file = work / f"{table.name}.received"
            if scheme == "demo":
                file.write_bytes(generated(territory, name).content)
            else:
                file.write_bytes(folder.extract(name).read_bytes())
            found = stage_source(connection, table.name, table.contract, file, work)
        control(connection, found.table, table.key, table.contract, Keys(work / "keys"))
        connection.execute(f"create table {table.key} as from {found.table}")
        yield table.key, found
