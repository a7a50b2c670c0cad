"""How far a version may stand from the last good one, beside its volume (`checks.facts`).

A source can be well formed and wrong: a column half emptied does not show in a version alone. What
was published is the reference; where nothing is, nothing is judged. A difference warns, since what
changed may be the world.
"""

from collections.abc import Collection

from checks.contract import Contract
from checks.rules import Dimension, Rule, Severity

MISSING = "expect_column_missing_share_to_be_close_to_reference"


def drift_rules(contract: Contract, published: str, columns: Collection[str]) -> list[Rule]:
    """The rules a new version is held to against a published table, and the columns it has."""
    return [
        Rule(
            f"{column.name}.derive",
            Dimension.COMPLETENESS,
            Severity.WARNING,
            f"{column.label} : pas plus souvent vide que dans la version publiée, à 10 points près",
            MISSING,
            {"column": column.name, "reference": f"{published}.{column.name}"},
        )
        for column in contract.columns
        if column.name in columns and not column.constraints.required
    ]
