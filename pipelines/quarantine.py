"""`ardoise quarantine`: what was set aside, why, on which line."""

import csv
import json
import sys
from collections.abc import Sequence

from assets.decoding.reasons import REASONS
from assets.platform import Platform
from assets.quarantine import Aside, Reason, confirm_source, reasons_of, rows_of
from checks.contract import Contract
from checks.declaration import closest
from pipelines.grids import console, grid_of
from resources.errors import ArdoiseError, DeclarationError
from resources.french import number, plural

HIDDEN = "(donnée personnelle, non montrée)"
COLUMNS = ("version", "ligne", "colonne", "motif", "valeur")


def show_quarantine(
    platform: Platform,
    name: str,
    *,
    output: str,
    reason: str | None,
    limit: int,
    values: bool,
    confirmed: bool,
) -> None:
    """Print the counts and the rows, or the rows alone as csv or json.

    Raises:
        DeclarationError: no such source, no such reason.
        ArdoiseError: values about persons were asked for, and nobody said that they may be shown.
    """
    table = platform.catalogue.named(name)
    confirm_source(table)
    if reason is not None and reason not in REASONS:
        raise DeclarationError(
            f"Le motif « {reason} » n’existe pas{closest(reason, REASONS)} "
            f"(motifs : {', '.join(REASONS)})."
        )
    if values:
        _allow(table.contract, confirmed=confirmed)
    with platform.warehouse.writing() as connection:
        reasons = reasons_of(connection, table)
        rows = rows_of(connection, table, reason=reason, limit=limit or None, values=values)
    if values and table.contract.protection.personal_data != "none":
        # Who looked at what is a fact a DPO may ask for; what was seen is not written.
        platform.journal.write("consultation", table=table.key, what="quarantine")
    if output == "table":
        _as_grids(table.contract, reasons, rows, limit)
    elif output == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row) for row in rows)
    else:
        for row in rows:
            said = dict(zip(COLUMNS, _cells(row), strict=True))
            sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")


def _allow(contract: Contract, *, confirmed: bool) -> None:
    if contract.access == "restricted" and not confirmed:
        raise ArdoiseError(
            f"« {contract.title} » est d’accès restreint : montrer ses valeurs montre des données "
            "de personnes. Rien n’a été montré. Si votre mission le permet, redemandez avec "
            "« --confirm » ; la consultation sera écrite au journal."
        )


def _cells(row: Aside) -> list[str | int | None]:
    return [row.version, row.line, row.column, row.code, HIDDEN if row.hidden else row.value]


def _as_grids(
    contract: Contract, reasons: Sequence[Reason], rows: Sequence[Aside], limit: int
) -> None:
    out = console()
    if not reasons:
        out.print(f"{contract.title} : aucune ligne n’est à l’écart.")
        return
    for version in dict.fromkeys(one.version for one in reasons):
        of = [one for one in reasons if one.version == version]
        total = sum(one.rows for one in of)
        out.print(
            f"{contract.title}, version {version} : "
            f"{plural(total, 'ligne mise à l’écart', 'lignes mises à l’écart')}."
        )
        grid = grid_of("Lignes", "Colonne", "Motif", "Ce que cela veut dire")
        for one in of:
            meaning = REASONS.get(one.code, "motif d’une version antérieure")
            grid.add_row(number(one.rows), one.column or "", one.code, meaning)
        out.print(grid)
        shown = [row for row in rows if row.version == version]
        if shown:
            out.print()
            lines = grid_of("Ligne", "Colonne", "Motif", "Valeur", right={"Ligne"})
            for row in shown:
                value = HIDDEN if row.hidden else row.value or ""
                lines.add_row(str(row.line), row.column or "", row.code, value)
            out.print(lines)
        if limit and len(shown) == limit < total:
            out.print(f"Les {number(limit)} premières lignes ; « --limit 0 » les montre toutes.")
        out.print()
