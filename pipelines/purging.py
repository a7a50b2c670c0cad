"""`ardoise purge`: what is past its time goes, and what was made of it is made again.

In this order, each step safe to do again: what has a second age is sealed, then the received files
and the tables, what reads them, what is published, the file compacted, the copies, the logs, the
certificate. An interrupted purge is ended by the next one.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from assets.backup import SUFFIX, back_up
from assets.catalogue import Table
from assets.intermediate import ended, past_of, put_away
from assets.platform import Platform
from assets.publication import forget_former
from assets.purge import Past, past_rows, pending, purge
from assets.transfer import transfer, transfer_batch
from assets.withholding import Withheld, draft_elimination, withheld
from pipelines.display import ProgressView, summary
from pipelines.grids import console, grid_of
from pipelines.run import Report, run
from pipelines.session import Watcher, nobody
from pipelines.sweeping import COPIES, Swept, sweep
from resources.french import listing, number, plural, weight


@dataclass(frozen=True)
class Kept:
    """What is past its time and stays: why, and the drafts for the archives to sign."""

    past: Sequence[Past] = ()
    why: Sequence[Withheld] = ()
    drafts: Sequence[Path] = ()


@dataclass(frozen=True)
class Ages:
    """Rows that passed from one age to the next: sealed at the end of the first, or ended."""

    put_away: int = 0
    ended: int = 0


@dataclass(frozen=True)
class Purged:
    """What a purge removed, what it made again, and the bytes of the warehouse around it."""

    past: Sequence[Past]
    report: Report | None
    bytes_before: int
    bytes_after: int
    swept: Swept = field(default_factory=Swept)
    kept: Kept = field(default_factory=Kept)
    ages: Ages = field(default_factory=Ages)

    @property
    def complete(self) -> bool:
        """Whether nothing past its time is left, and all that was made of it is made again."""
        return not self.kept.past and (self.report is None or self.report.complete)


def purge_tables(
    platform: Platform,
    tables: Sequence[Table],
    *,
    watcher: Watcher = nobody,
    archives: Path | None = None,
) -> Purged | None:
    """Remove what is past its time; None where nothing is.

    `archives` is the folder that receives what the register sends to archives.

    Raises:
        BusyWarehouse: another run is under way.
        ArdoiseError: the disk is full or the file damaged. What was removed stays removed, and the
            next purge ends the work.
    """
    file = platform.home.warehouse
    before = file.stat().st_size if file.is_file() else 0
    kept = _kept(platform, tables, archives)
    blocked = set(withheld(platform, tables, handed_over=archives is not None))
    put_away_rows = list[int]()

    def keep_elsewhere(connection: duckdb.DuckDBPyConnection, past: Sequence[Past]) -> None:
        if archives is not None:
            transfer(connection, platform, past, archives)
        put_away_rows.append(put_away(connection, platform, past))

    past = purge(platform, [one for one in tables if one.key not in blocked], before=keep_elsewhere)
    ages = Ages(sum(put_away_rows), _end(platform, tables, archives))
    report = None
    if past:
        reached = platform.catalogue.downstream([each.table for each in past])
        names = [key for key in platform.catalogue.tables if key in reached]
        report = run(platform, names, watcher=watcher, curated_only=True)
        forget_former(platform.home.published)
        platform.warehouse.compact()
        if any(platform.home.backups.glob(f"*{SUFFIX}")):
            back_up(platform, kept=1)  # the former ones hold what went
    swept = sweep(platform, copies=dt.timedelta(days=-1) if past else COPIES)
    after = file.stat().st_size if file.is_file() else 0
    if past or swept.anything or ages.ended:
        platform.journal.write(
            "purge",
            tables=[asdict(each) for each in past],
            withheld=[asdict(one) for one in kept.why],
            swept=asdict(swept),
            ages=asdict(ages),
            complete=report is None or report.complete,
            bytes_before=before,
            bytes_after=after,
        )
    pending(platform).unlink(missing_ok=True)
    if not (past or swept.anything or kept.past or ages.ended):
        return None
    return Purged(past, report, before, after, swept, kept, ages)


def _kept(platform: Platform, tables: Sequence[Table], archives: Path | None) -> Kept:
    """What is past its time and may not go, with the drafts that would let it."""
    held = withheld(platform, tables, handed_over=archives is not None)
    ends = withheld(platform, tables, handed_over=archives is not None, at_the_end=True)
    with platform.warehouse.writing() as connection:
        found = past_rows(connection, platform, [one for one in tables if one.key in held])
    why = [held[one.table] for one in found]
    for table in tables:
        for batch in ended(platform, table) if table.key in ends else ():
            found.append(past_of(table, batch))
            why.append(ends[table.key])
    pairs = list(zip(found, why, strict=True))
    drafts = [
        draft_elimination(
            platform,
            name,
            [past for past, one in pairs if one.register == name],
            platform.home.path / "eliminations",
        )
        for name in dict.fromkeys(one.register for one in why if one.code == "visa")
    ]
    return Kept(found, list(dict.fromkeys(why)), drafts)


def _end(platform: Platform, tables: Sequence[Table], archives: Path | None) -> int:
    """Eliminate what is past its second age, handed over first where it must; how many rows."""
    ends = withheld(platform, tables, handed_over=archives is not None, at_the_end=True)
    count = 0
    for table in tables:
        for batch in ended(platform, table) if table.key not in ends else ():
            if archives is not None:
                transfer_batch(platform, table, batch, archives)
            batch.path.unlink()
            count += batch.rows
    return count


def show_purge(
    platform: Platform, name: str | None, *, dry_run: bool, archives: Path | None = None
) -> bool:
    """Purge, or say what would be; whether nothing past its time is left."""
    output = console()
    tables = platform.catalogue.chosen(name) if name else list(platform.catalogue)
    if dry_run:
        with platform.warehouse.writing() as connection:
            past = past_rows(connection, platform, tables)
        held = withheld(platform, tables, handed_over=archives is not None)
        output.print(_shown(past, held) if past else _nothing(tables))
        for sentence in _told(sweep(platform, dry_run=True)):
            output.print(sentence)
        if past:
            output.print("Rien n’a été supprimé : « ardoise purge » le fera.")
        return True
    with ProgressView() as view:
        done = purge_tables(platform, tables, watcher=view.watch, archives=archives)
    if done is None:
        output.print(_nothing(tables))
        return True
    if done.report is not None:
        summary(platform, done.report)
        output.print(_shown(done.past, {}))
        output.print(
            f"Entrepôt réécrit : {weight(done.bytes_before)} avant, {weight(done.bytes_after)} "
            "après. Certificat au journal."
        )
    for sentence in (*_told_of_ages(done.ages), *_told(done.swept)):
        output.print(sentence)
    for one in done.kept.why:
        output.print(f"{one.table} garde ce qui a dépassé sa durée : {one.why}.")
    for path in done.kept.drafts:
        output.print(f"Projet de bordereau d’élimination : {path}")
    return done.complete


def _shown(past: Sequence[Past], held: Mapping[str, Withheld]) -> object:
    columns = ("Lignes", "Écartées", "Reçues", "Fichiers")
    grid = grid_of("Table", *columns, "Règle", right=set(columns))
    for each in past:
        rule = (
            f"avant le {each.limit}, d’après « {each.since} »"
            if each.since
            else (f"reçu avant le {each.limit}")
        )
        if each.table in held:
            rule = f"retenu : {held[each.table].why}"
        counts = (each.rows, each.aside, each.received, each.files)
        grid.add_row(each.table, *map(number, counts), rule)
    return grid


def _told_of_ages(ages: Ages) -> Sequence[str]:
    """What passed from one age to the next, in sentences."""
    told = []
    if ages.put_away:
        away = plural(ages.put_away, "ligne scellée", "lignes scellées")
        told.append(f"Archivage intermédiaire : {away}, hors des tables et de ce qui est publié.")
    if ages.ended:
        told.append(f"Fin de l’archivage intermédiaire : {plural(ages.ended, 'ligne')} éliminées.")
    return told


def _told(swept: Swept) -> Sequence[str]:
    """What is past its time out of tables, in sentences."""
    counts = {
        plural(swept.log_lines, "ligne de journal technique", "lignes de journaux techniques"): (
            swept.log_lines
        ),
        plural(swept.runs, "exécution de Dagster", "exécutions de Dagster"): swept.runs,
        plural(swept.set_aside, "entrepôt écarté", "entrepôts écartés"): swept.set_aside,
        plural(swept.backups, "sauvegarde"): swept.backups,
    }
    found = [told for told, count in counts.items() if count]
    return [f"Hors des tables, au-delà de leur durée : {listing(found)}."] if found else []


def _nothing(tables: Sequence[Table]) -> str:
    dated = sum(table.contract.retention.since is not None for table in tables)
    return (
        f"Rien n’a dépassé sa durée ({plural(dated, 'table')} sur {len(tables)} "
        "disent depuis quelle date elle court)."
    )
