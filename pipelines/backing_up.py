"""`ardoise backup` and `ardoise restore`: what is kept apart, and what comes back of it.

A restore is no way back for an erased person: whoever is in the list leaves what came back before
anybody reads it.
"""

from pathlib import Path

from assets.backup import Held, back_up, read_backup, restore, would_hold
from assets.platform import Platform
from assets.rights.erasure import erase_rows
from assets.rights.identity import scope_of
from assets.versions import published_version
from pipelines.display import ProgressView, summary
from pipelines.grids import console, grid_of
from pipelines.run import run
from resources.errors import DeclarationError
from resources.french import number, weight

FRENCH = {
    "landing": "fichiers reçus",
    "warehouse": "entrepôt",
    "journal": "journal",
    "suppressions": "liste des personnes effacées",
    "schemas": "schémas nationaux",
    "intermediate": "archivage intermédiaire",
}


def show_backup(platform: Platform, *, dry_run: bool) -> None:
    """Make a backup, or say what it would hold.

    Raises:
        BusyWarehouse: another run is under way.
    """
    if dry_run:
        console().print(_shown(would_hold(platform)))
        console().print("Rien n’a été écrit : « ardoise backup » le fera.")
        return
    made = back_up(platform)
    console().print(_shown(made.held))
    console().print(
        f"Sauvegarde chiffrée : {made.path} ({weight(made.size)}). Copiez-la sur un autre support, "
        "et une copie ailleurs ; la clé n’y est pas, sauvegardez-la à part "
        f"({platform.home.keys})."
    )


def show_restore(platform: Platform, file: Path, *, replace: bool, dry_run: bool) -> bool:
    """Restore a backup, take erased persons out of it, make again what is published.

    Raises:
        ArdoiseError: the backup cannot be read, or the folder holds data already.
        BusyWarehouse: another run is under way.
    """
    if dry_run:
        console().print(_shown(read_backup(platform, file)))
        console().print("Sauvegarde lue en entier, sans faute. Rien n’a été repris.")
        return True
    console().print(_shown(restore_from(platform, file, replace=replace)))
    with platform.warehouse.writing() as connection:
        keys = [one.key for one in platform.catalogue if published_version(connection, one.key)]
    if not keys:
        return True  # nothing was ever published: the next run is a first one
    with ProgressView() as view:
        # Sources stand as they came back; what was never received is for the next run.
        report = run(platform, keys, watcher=view.watch, ask="none", curated_only=True)
    summary(platform, report)
    refused = [one for one in report.outcomes if one.state == "refused" and one.table.key in keys]
    return not (refused or report.crashes or report.interrupted)


def restore_from(platform: Platform, file: Path, *, replace: bool = False) -> Held:
    """Restore a backup without whoever was erased since it was made.

    Raises:
        ArdoiseError: the backup cannot be read, or the folder holds data already.
        BusyWarehouse: another run is under way.
    """
    held = restore(platform, file, replace=replace)
    registers = sorted({one.register for one in platform.suppressions.all()})
    for register in registers:
        try:
            scope = scope_of(platform, register)
        except DeclarationError:
            continue  # no table of this territory falls under it any more
        with platform.warehouse.writing() as connection:
            erase_rows(connection, platform, scope, f"restauration {file.name}")
    if registers:
        platform.warehouse.compact()
    return held


def _shown(held: Held) -> object:
    grid = grid_of("Quoi", "Fichiers", "Taille", right={"Fichiers", "Taille"})
    for part, count in held.files.items():
        grid.add_row(FRENCH[part], number(count), weight(held.bytes[part]))
    grid.add_row("En tout", number(sum(held.files.values())), weight(sum(held.bytes.values())))
    return grid
