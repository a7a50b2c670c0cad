"""`ardoise replay`: a corrected contract applied to the file already received.

The last file of the source is read again, whatever became of its version; the source is asked
nothing. Older files of the landing are not replayed: a table is one version of one file.
"""

from assets.outcome import Outcome
from assets.platform import Platform
from assets.quarantine import confirm_source, lines_aside
from pipelines.display import ProgressView, summary
from pipelines.run import Report, run
from resources.errors import ArdoiseError
from resources.french import day, plural


def show_replay(platform: Platform, name: str) -> Report:
    """Make the table again, with whatever reads it, and say which rows left the quarantine.

    Raises:
        DeclarationError: no such source.
        ArdoiseError: nothing was ever received.
        BusyWarehouse: a run is under way.
    """
    table = platform.catalogue.named(name)
    confirm_source(table)
    landed = platform.landing.last(table.landing)
    if landed is None:
        raise ArdoiseError(
            f"Aucun fichier de « {table.key} » n’est au dépôt : il n’y a rien à rejouer. Lancez "
            f"« ardoise run {table.key} »."
        )
    # The same lock from the count before to the count after.
    with platform.warehouse.writing() as connection:
        before = lines_aside(connection, table)
        with ProgressView() as view:
            report = run(platform, [name], watcher=view.watch, ask="none")
        after = lines_aside(connection, table)
    summary(platform, report)
    built = next((one for one in report.outcomes if one.table.key == table.key), None)
    received = f"Fichier reçu le {day(landed.received_at.date())}, relu sans redemander la source"
    for sentence in _told(built, before, after):
        view.console.print(f"{received} : {sentence}")
    return report


def _told(built: Outcome | None, before: set[int], after: set[int]) -> list[str]:
    if built is None or built.state == "unchanged" or built.version is None:
        return [
            "ni lui ni le contrat n’ont changé, la même version serait refaite. Corrigez le "
            "contrat d’abord (« corrections », « aliases », une règle)."
        ]
    left, entered = len(before - after), len(after - before)
    told = (
        f"{plural(left, 'ligne a quitté', 'lignes ont quitté')} la quarantaine, "
        f"{plural(len(after), 'y est', 'y sont')} encore"
    )
    if entered:
        told += f", dont {plural(entered, 'nouvelle')}"
    return [told + "."]
