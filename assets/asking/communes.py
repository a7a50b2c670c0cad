"""The territory as a filter: the codes of its communes, for portals that can select by them."""

import csv

from checks.territory import TerritoryFolder


def communes(territory: TerritoryFolder) -> list[str]:
    """The official codes of the communes, in the order of the territory's extract."""
    with territory.extract("communes").open(encoding="utf-8", newline="") as file:
        return [row["code_commune"] for row in csv.DictReader(file)]
