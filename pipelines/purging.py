"""`ardoise purge`: what is past its time goes, and what was made of it is made again.

In this order, each step safe to do again: the tables, what reads them, what is published, the file
compacted, the certificate. An interrupted purge is ended by the next one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from assets.catalogue import Table
from assets.platform import Platform
from assets.publication import forget_former
from assets.purge import Past, past_rows, pending, purge
from pipelines.display import ProgressView, summary
from pipelines.grids import console, grid_of
from pipelines.run import Report, run
from pipelines.session import Watcher, nobody
from resources.french import number, plural, weight


@dataclass(frozen=True)
class Purged:
    """What a purge removed, what it made again, and the bytes of the warehouse around it."""

    past: Sequence[Past]
    report: Report
    bytes_before: int
    bytes_after: int


def purge_tables(
    platform: Platform, tables: Sequence[Table], *, watcher: Watcher = nobody
) -> Purged | None:
    """Remove what is past its time; None where nothing is.

    Raises:
        BusyWarehouse: another run is under way.
        ArdoiseError: the disk is full or the file damaged. What was removed stays removed, and the
            next purge ends the work.
    """
    file = platform.home.warehouse
    before = file.stat().st_size if file.is_file() else 0
    past = purge(platform, tables)
    if not past:
        return None
    reached = platform.catalogue.downstream([each.table for each in past])
    names = [key for key in platform.catalogue.tables if key in reached]
    report = run(platform, names, watcher=watcher, curated_only=True)
    forget_former(platform.home.published)
    platform.warehouse.compact()
    after = file.stat().st_size
    platform.journal.write(
        "purge",
        tables=[asdict(each) for each in past],
        complete=report.complete,
        bytes_before=before,
        bytes_after=after,
    )
    pending(platform).unlink(missing_ok=True)
    return Purged(past, report, before, after)


def show_purge(platform: Platform, name: str | None, *, dry_run: bool) -> bool:
    """Purge, or say what would be; whether all that was made of it could be made again."""
    output = console()
    tables = platform.catalogue.chosen(name) if name else list(platform.catalogue)
    if dry_run:
        with platform.warehouse.writing() as connection:
            past = past_rows(connection, platform, tables)
        output.print(_shown(past) if past else _nothing(tables))
        if past:
            output.print("Rien n’a été supprimé : « ardoise purge » le fera.")
        return True
    with ProgressView() as view:
        done = purge_tables(platform, tables, watcher=view.watch)
    if done is None:
        output.print(_nothing(tables))
        return True
    summary(platform, done.report)
    output.print(_shown(done.past))
    output.print(
        f"Entrepôt réécrit : {weight(done.bytes_before)} avant, {weight(done.bytes_after)} après. "
        "Certificat au journal. Les fichiers reçus, eux, gardent encore ces lignes."
    )
    return done.report.complete


def _shown(past: Sequence[Past]) -> object:
    grid = grid_of("Table", "Lignes", "Écartées", "Règle", right={"Lignes", "Écartées"})
    for each in past:
        rule = f"avant le {each.limit}, d’après « {each.since} »"
        grid.add_row(each.table, number(each.rows), number(each.aside), rule)
    return grid


def _nothing(tables: Sequence[Table]) -> str:
    dated = sum(table.contract.retention.since is not None for table in tables)
    return (
        f"Rien n’a dépassé sa durée ({plural(dated, 'table')} sur {len(tables)} "
        "disent depuis quelle date elle court)."
    )
