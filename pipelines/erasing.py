"""`ardoise person erase`: a person leaves every place, and what was made of her is made again.

In this order, each step safe to do again: the list that keeps the door, the files received, the
tables, what reads them, what is published, the warehouse rewritten, Dagster's history, the logs,
the backups, the proof by a search of every file, the certificate. Cut short, the same command ends
it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assets.backup import SUFFIX, back_up
from assets.platform import Platform
from assets.publication import forget_former
from assets.rights.erasure import Erasure, Found, begin, erase_rows, find, pending
from assets.rights.identity import Scope, as_kept
from assets.rights.matching import suppressions_of
from assets.rights.traces import Traces, files_that_tell, traces_of, without_lines
from checks.identity import Description
from pipelines.display import ProgressView, summary
from pipelines.grids import console, grid_of
from pipelines.run import Report, run
from pipelines.session import Watcher, nobody
from resources.errors import ArdoiseError
from resources.files import write_whole
from resources.french import listing, number, plural


@dataclass(frozen=True)
class Elsewhere:
    """Where else she is told of, out of tables: lines of logs, runs of Dagster, backups."""

    log_lines: int
    runs: int
    backups: int


@dataclass(frozen=True)
class Erased:
    """What an erasure did. `remaining` are the files in which a search still finds her."""

    erasure: Erasure
    elsewhere: Elsewhere
    report: Report
    searched: int
    remaining: Sequence[Path]

    @property
    def complete(self) -> bool:
        """Whether she is nowhere any more, and all that was made of her rows is made again."""
        return self.report.complete and not self.remaining


def look_for(
    platform: Platform, scope: Scope, people: Sequence[Description]
) -> tuple[Found, Elsewhere]:
    """Everywhere a person stands; nothing is changed, not even the list.

    Raises:
        BusyWarehouse: another run is under way.
    """
    new = suppressions_of(platform.suppressions, scope.register, as_kept(platform, scope, people))
    with platform.warehouse.writing() as connection, platform.suppressions.only(new):
        traces = traces_of(connection, platform, scope.tables, people)
        return find(connection, platform, scope), _elsewhere(platform, traces)


def erase(
    platform: Platform,
    scope: Scope,
    people: Sequence[Description],
    *,
    verified_by: str,
    watcher: Watcher = nobody,
) -> Erased:
    """Erase a person everywhere, and write the certificate.

    Raises:
        ArdoiseError: a dispute suspends every elimination of the processing.
        BusyWarehouse: another run is under way.
    """
    _refuse_held(platform, scope)
    new = suppressions_of(platform.suppressions, scope.register, as_kept(platform, scope, people))
    before = _size(platform)
    with platform.warehouse.writing() as connection:
        with platform.suppressions.only(new):
            traces = traces_of(connection, platform, scope.tables, people)
        elsewhere = _elsewhere(platform, traces)
        erasure = begin(connection, platform, scope, new)
        erase_rows(connection, platform, scope, erasure.identity)
    keys = [table.key for table in (*scope.tables, *scope.derived)]
    report = run(platform, keys, watcher=watcher, curated_only=True)
    forget_former(platform.home.published)
    platform.warehouse.compact()
    _forget_runs(platform, traces)
    for path in _logs(platform):
        went, text = without_lines(path, traces)
        if went:
            write_whole(path, text.encode("utf-8", "surrogateescape"))
    searched, remaining = files_that_tell(platform, traces)
    platform.journal.write(
        "effacement",
        erasure=erasure.identity,
        register=scope.register,
        verified_by=verified_by,
        found=asdict(erasure.found),
        elsewhere=asdict(elsewhere),
        bytes_before=before,
        bytes_after=_size(platform),
        searched=searched,
        remaining=[str(path.relative_to(platform.home.path)) for path in remaining],
        complete=report.complete and not remaining,
    )
    if elsewhere.backups:
        back_up(platform, kept=1)  # the former ones hold her
    if report.complete and not remaining:
        pending(platform).unlink(missing_ok=True)
    return Erased(erasure, elsewhere, report, searched, remaining)


def show_found(platform: Platform, scope: Scope, people: Sequence[Description]) -> bool:
    """Say everywhere a person stands; whether she stands anywhere."""
    found, elsewhere = look_for(platform, scope, people)
    grid = grid_of("Où", "Quoi", "Combien", "Ce qui sera fait", right={"Combien"})
    for rows in found.tables:
        grid.add_row("Table", rows.table, number(rows.rows), "lignes ôtées")
        if rows.aside or rows.refused:
            told = "quarantaine, version publiée ou refusée"
            grid.add_row("", told, number(rows.aside + rows.refused), "textes vidés")
        if rows.put_away:
            grid.add_row("", "archivage intermédiaire", number(rows.put_away), "lignes ôtées")
    for one in found.derived:
        read = listing([column.partition(".")[2] for column in one.reads]) or "sa clé"
        grid.add_row("Table", f"{one.table}, calculée ; elle lit {read}", "", "refaite")
    for kept in found.landed:
        what = f"{kept.source} : {plural(kept.files, 'fichier reçu', 'fichiers reçus')}"
        grid.add_row("Dépôt", what, number(kept.rows), "lignes ôtées, nouveau sha256")
        if kept.unreadable:
            grid.add_row("", f"{kept.source}, illisibles", number(kept.unreadable), "retirés")
    for place, count, done in (
        ("Entrepôts écartés", found.set_aside, "retirés"),
        ("Lignes des journaux techniques", elsewhere.log_lines, "ôtées"),
        ("Exécutions de Dagster", elsewhere.runs, "oubliées"),
        ("Sauvegardes", elsewhere.backups, "remplacées par une nouvelle"),
    ):
        if count:
            grid.add_row(place, "", number(count), done)
    console().print(grid)
    console().print(_caution(platform, scope))
    if not found.anything:
        console().print("Aucune ligne des tables ni des fichiers reçus n’est la sienne.")
    return found.anything


def show_erasure(
    platform: Platform, scope: Scope, people: Sequence[Description], *, verified_by: str
) -> bool:
    """Erase a person, and say what remains; whether nothing does."""
    with ProgressView() as view:
        done = erase(platform, scope, people, verified_by=verified_by, watcher=view.watch)
    output = console()
    if not done.report.complete:
        summary(platform, done.report)
    output.print(
        f"Effacement {done.erasure.identity} : "
        f"{plural(done.searched, 'fichier relu', 'fichiers relus')} après coup, "
        f"{plural(len(done.remaining), 'la contient encore', 'la contiennent encore')}. "
        "Certificat au journal."
    )
    for path in done.remaining:
        output.print(f"  – {path.relative_to(platform.home.path)}")
    return done.complete


def _caution(platform: Platform, scope: Scope) -> str:
    """What the register says that may stand against an erasure (RGPD, art. 17.3)."""
    entry = platform.register.get(scope.register)
    if entry is None:
        return f"Le registre n’a pas d’entrée « {scope.register} »."
    said = [f"Traitement : {entry.title}. Conservation : {entry.retention.french}."]
    if entry.hold is not None:
        said.append("Un litige gèle ce traitement : l’effacement sera refusé (art. 17.3.e).")
    if entry.basis.article_6 in ("legal_obligation", "public_task"):
        said.append(
            "Sa base (obligation légale ou mission d’intérêt public) peut écarter le droit à "
            "l’effacement (art. 17.3.b) : la décision est celle du DPO."
        )
    if entry.retention.final != "destroy":
        said.append("Son sort final est l’archivage : voyez les archives d’abord (art. 17.3.d).")
    return " ".join(said)


def _refuse_held(platform: Platform, scope: Scope) -> None:
    entry = platform.register.get(scope.register)
    if entry is not None and entry.hold is not None:
        raise ArdoiseError(
            f"Le traitement « {entry.title} » est gelé depuis le {entry.hold.since:%d/%m/%Y} pour "
            "un litige : rien n’en est supprimé (RGPD, art. 17.3.e). Répondez à la personne que "
            "sa demande est suspendue ; retirez « hold » du registre quand le litige est clos."
        )


def _elsewhere(platform: Platform, traces: Traces) -> Elsewhere:
    from pipelines.forgetting import runs_that_tell  # imports Dagster

    lines = sum(without_lines(path, traces)[0] for path in _logs(platform))
    runs = len(runs_that_tell(platform.home, traces.told_in))
    backups = len(list(platform.home.backups.glob(f"*{SUFFIX}")))
    return Elsewhere(lines, runs, backups)


def _logs(platform: Platform) -> list[Path]:
    return sorted(path for path in platform.home.logs.rglob("*") if path.is_file())


def _forget_runs(platform: Platform, traces: Traces) -> None:
    import dagster as dg

    from pipelines.forgetting import forget_runs_that_tell
    from pipelines.instance import prepare

    home = prepare(platform.home)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        forget_runs_that_tell(instance, platform.home, traces.told_in)


def _size(platform: Platform) -> int:
    """Bytes of everything the platform keeps."""
    files = platform.home.path.rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file())
