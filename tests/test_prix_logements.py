"""Prices of dwellings by commune: which sales have a price of their own, and what is not told."""

from pathlib import Path

import duckdb
import pytest

from assets.catalogue import HERE, Catalogue
from assets.querying import stage_curated
from checks.disclosure.control import control
from checks.territory import TerritoryFolder
from resources.keys import Keys
from resources.platform_tables import PLATFORM_TABLES

# It solves linear programs.
pytestmark = pytest.mark.slow

COLUMNS = (
    "id_mutation varchar, numero_disposition varchar, date_vente date, nature_vente varchar, "
    "prix_eur double, code_commune varchar, id_parcelle varchar, lot1_numero varchar, "
    "code_type_local varchar, surface_bati_m2 double"
)


def sold(name: str, commune: str, kind: str | None, **changes) -> tuple:
    """One line of the source: one dwelling of one sale."""
    row = {
        "disposition": "1", "day": "2025-03-01", "nature": "Vente", "price": 200_000.0,
        "parcel": name, "lot": None, "surface": 100.0,
    } | changes  # fmt: skip
    return (
        name, row["disposition"], row["day"], row["nature"], row["price"], commune, row["parcel"],
        row["lot"], kind, row["surface"],
    )  # fmt: skip


def sales(place: str, kind: str, many: int) -> list[tuple]:
    return [
        sold(f"{place}-{kind}-{n}", place, kind, price=100_000.0 + 1_000 * n) for n in range(many)
    ]


def published(folder: Path, rows: list[tuple]) -> dict[tuple[str, str], tuple]:
    """Sales, median price, by commune and kind, as anyone reads them."""
    (file,) = HERE.glob("territories/*/territory.yaml")
    table = Catalogue(TerritoryFolder(file.parent), "angers").named("curated.prix_logements")
    with duckdb.connect() as connection:
        for schema in ("sources", "curated", "quality", "sobriety"):
            connection.execute(f"create schema {schema}")
        connection.execute(PLATFORM_TABLES)
        connection.execute(f"create table sources.ventes_immobilieres ({COLUMNS})")
        marks = ", ".join("?" * 10)
        connection.executemany(
            f"insert into sources.ventes_immobilieres values ({marks})", [list(row) for row in rows]
        )
        connection.execute(
            "create table sources.communes as select distinct code_commune, 'Nom' as nom "
            "from sources.ventes_immobilieres"
        )
        staged = stage_curated(connection, table)
        verdicts = control(connection, staged.table, table.key, table.contract, Keys(folder))
        assert not [verdict for verdict in verdicts if verdict.refuses]
        found = connection.execute(
            f"select code_commune, type_logement, ventes, prix_median_eur from {staged.table}"
        ).fetchall()
        return {(place, kind): told for place, kind, *told in found}


def test_fewer_than_eleven_sales_are_hidden_and_no_total_gives_them_back(tmp_path):
    rows = [
        row
        for place, houses, flats in (("A", 3, 40), ("B", 30, 41), ("C", 31, 42))
        for row in (*sales(place, "1", houses), *sales(place, "2", flats))
    ]
    shown = published(tmp_path, rows)
    hidden = {cell for cell, told in shown.items() if told == [None, None]}
    assert ("A", "Maison") in hidden
    assert ("A", "Appartement") in hidden  # the commune's total would give it back
    assert len(hidden) == 4  # and so would each kind's
    assert shown["C", "Maison"] == [31, 115_000] or shown["B", "Maison"] == [30, 114_500]


def test_only_the_sale_of_one_dwelling_has_a_price_of_its_own(tmp_path):
    alone = sales("A", "1", 12)
    others = [
        sold("A-1-0", "A", "3"),  # its garage
        sold("A-1-1", "A", None),  # its garden
        *(sold("two", "A", kind, parcel=kind) for kind in "12"),
        *(sold("shop", "A", kind) for kind in "14"),
        sold("gift", "A", "1", price=1.0),
        sold("plan", "A", "1", nature="Vente en l'état futur d'achèvement"),
    ]
    assert published(tmp_path, [*alone, *others]) == {("A", "Maison"): [12, 105_500]}
