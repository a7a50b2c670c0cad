"""`ardoise person access`: what is kept of a person, gathered and handed over."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from assets.platform import Platform
from assets.rights.access import Handed, gather, hand_over
from assets.rights.identity import Scope, as_kept
from assets.rights.matching import looked_for
from checks.identity import Description
from pipelines.grids import console, grid_of
from resources.french import day, number


def show_access(
    platform: Platform,
    scope: Scope,
    people: Sequence[Description],
    folder: Path,
    received: dt.date,
) -> None:
    """Write the folder, and say what is in it and until when to answer.

    Raises:
        DeclarationError: the folder is among the data, or holds something already.
        BusyWarehouse: another run is under way.
    """
    handed = give_access(platform, scope, people, folder, received)
    grid = grid_of("Où", "Lignes")
    for place, rows in handed.rows.items():
        grid.add_row(place, number(rows))
    console().print(grid if handed.rows else "Aucune ligne ne la concerne.")
    console().print(
        f"Dossier à remettre : {handed.folder}. Réponse due le {day(handed.until)} au plus tard. "
        "Relisez les textes libres avant de le remettre : ils peuvent nommer quelqu’un d’autre. "
        "Puis supprimez-le."
    )


def give_access(
    platform: Platform,
    scope: Scope,
    people: Sequence[Description],
    folder: Path,
    received: dt.date,
) -> Handed:
    """The same, and nothing said; the journal knows that it was done, not for whom."""
    with (
        platform.warehouse.writing() as connection,
        looked_for(platform.suppressions, scope.register, as_kept(platform, scope, people)),
    ):
        parts = gather(connection, platform, scope)
    handed = hand_over(platform, scope, parts, folder, received)
    platform.journal.write(
        "acces",
        register=scope.register,
        rows=dict(handed.rows),
        received=received.isoformat(),
        until=handed.until.isoformat(),
    )
    return handed
