"""What the command line shows: the run as it goes, its summary, the state of the tables.

Everything here is for the eyes of an agent, in French. Nothing is computed that is not shown.
"""

from collections import Counter
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table as Grid
from rich.text import Text

from assets.catalogue import Table
from assets.outcome import Outcome, State
from assets.platform import Platform
from assets.reception import label
from pipelines.grids import console, grid_of
from pipelines.run import Report
from resources.french import NOT_MEASURED, day, number, plural, quantity, small_energy, weight

STATES: dict[State, tuple[str, str]] = {
    "published": ("publiée", "green"),
    "unchanged": ("inchangée", "dim"),
    "refused": ("refusée", "bold red"),
}
LINES = {
    "imports": "imports",
    "table": "recevoir et décoder",
    "control": "contrôler",
    "publication": "publier",
    "page": "pages",
    "orchestration": "orchestrer",
    "measurement": "mesurer",
}


class ProgressView:
    """The tables of a run, each line written as soon as its verdict is known."""

    def __init__(self, to: Console | None = None) -> None:
        self.console = to or console()
        self.grid = grid_of("Table", "Lignes", "Écartées", "Verdict", "Énergie")
        self.step = "Lecture des contrats…"
        self.live = Live(get_renderable=self._shown, console=self.console, refresh_per_second=4)

    def __enter__(self) -> "ProgressView":
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.step = ""
        if self.console.is_terminal:
            self.live.stop()

    def watch(self, event: str, table: Table | None, outcome: Outcome | None) -> None:
        """Follow one event of the run."""
        if event == "plan":
            self.step = "Chaque source a-t-elle changé ?"
        elif event == "publish":
            self.step = "Publication du fichier des analystes et de la page des élus…"
        elif table is not None and outcome is None:
            self.step = f"{table.contract.title}…"
        elif outcome is not None:
            row = _row(outcome)
            self.grid.add_row(*row)
            if not self.console.is_terminal:
                self.console.print("  ".join(cell.plain for cell in row))

    def _shown(self) -> Grid:
        shown = Grid.grid()
        if self.grid.row_count:
            shown.add_row(self.grid)
        if self.step:
            shown.add_row(Text(self.step, style="dim"))
        return shown


def summary(platform: Platform, report: Report) -> None:
    """What the run did, what it cost, where to look."""
    output = Console(highlight=False, markup=False, soft_wrap=True)
    outcomes = report.outcomes
    for outcome in outcomes:
        if outcome.state == "refused":
            output.print(Text(outcome.message, style="red"))
        for one in outcome.refused_partitions if outcome.state == "published" else ():
            output.print(Text(one.message, style="red"))
        for verdict in outcome.warnings:
            told = f"{outcome.table.key} : {verdict.rule.sentence} : {verdict.observed or ''}"
            output.print(Text(f"Avertissement, {told}", style="yellow"))
    for key, standing in report.skipped.items():
        stands = (
            f"Sa version du {day(standing.decided_at.date())} reste en place."
            if standing
            else "Elle n’a encore aucune version publiée."
        )
        output.print(
            Text(
                f"{key} n’a pas été refaite : une table qu’elle lit n’a pas pu l’être. {stands}",
                style="yellow",
            )
        )
    for step, error in report.crashes.items():
        output.print(
            Text(
                f"Incident pendant « {step} » : {error.rstrip('.')}. "
                "Ce qui était publié reste en place. "
                "Le détail est dans l’interface de Dagster (make dev), page « Runs ».",
                style="bold red",
            )
        )
    for key, outage in report.outages.items():
        landed = platform.landing.last(platform.catalogue.tables[key].landing)
        output.print(Text(f"{key} : {label(landed, outage)}. {outage.message}.", style="yellow"))
    if report.interrupted:
        output.print(
            Text(
                f"Exécution arrêtée à votre demande : {plural(len(outcomes), 'table faite')} sur "
                f"{len(report.plan.stale)}. Relancez « ardoise run » pour les autres.",
                style="yellow",
            )
        )
    if not report.plan.stale:
        output.print(f"Rien n’a changé : {_current(report)}, aucune n’est réécrite.")
    else:
        counts = Counter(outcome.state for outcome in outcomes)
        told = ", ".join(
            plural(counts[state], f"table {word}", f"tables {word}s")
            for state, (word, _) in STATES.items()
            if counts[state]
        )
        current = len(report.plan.current)
        output.print(
            f"{told or 'Aucune table publiée'}."
            + (f" {plural(current, 'autre')} inchangée{'s' * (current > 1)}." if current else "")
        )
        _quarantine(output, outcomes)
    _cost(output, report)
    _where(output, platform, report)


def _current(report: Report) -> str:
    """« 12 tables à jour », or how many of them are the last known."""
    late = sum(table.key in report.outages for table in report.plan.current)
    told = plural(len(report.plan.current) - late, "table") + " à jour"
    waits = "autre attend sa source" if late == 1 else "autres attendent leur source"
    return told + (f", {number(late)} {waits}" if late else "")


def _row(outcome: Outcome) -> list[Text]:
    word, style = STATES[outcome.state]
    rules = len(outcome.verdicts)
    verdict = Text(word, style=style)
    if outcome.state == "published":
        kept = sum(verdict.passed for verdict in outcome.verdicts)
        verdict.append(f", {kept} règles sur {rules}", style="" if kept == rules else "yellow")
        if cut := outcome.table.contract.partitions:
            made = len(outcome.partitions) - len(outcome.refused_partitions)
            verdict.append(f", {plural(made, *cut.words)} sur {made + outcome.left}")
    spent = [measure.kwh() for measure in outcome.measures]
    known = [kwh for kwh in spent if kwh is not None]
    return [
        Text(outcome.table.key),
        Text(number(outcome.rows) if outcome.rows is not None else "–"),
        Text(number(outcome.quarantined) if outcome.quarantined else "–"),
        verdict,
        Text(small_energy(sum(known)) if known else NOT_MEASURED),
    ]


def _quarantine(output: Console, outcomes: list[Outcome]) -> None:
    aside = [outcome for outcome in outcomes if outcome.quarantined and outcome.received]
    received = sum(outcome.received or 0 for outcome in outcomes if outcome.table.query is None)
    if not aside:
        return
    total = sum(outcome.quarantined for outcome in aside)
    output.print(
        f"{plural(received, 'ligne reçue', 'lignes reçues')} des sources, "
        f"{plural(total, 'mise à l’écart', 'mises à l’écart')} "
        f"({number(100 * total / received, 2)} %) :"
    )
    for outcome in aside:
        reasons = ", ".join(
            f"{number(count)} × {reason}" for reason, count in outcome.reasons.items()
        )
        output.print(f"  {outcome.table.key} : {reasons}", style="dim")
    injected = Counter({name: n for outcome in outcomes for name, n in outcome.facts.items() if n})
    if injected and received:
        share = number(100 * injected.total() / received, 2)
        output.print(
            f"Défauts réels reproduits par le générateur : "
            f"{plural(injected.total(), 'ligne')} ({share} % des lignes reçues).",
            style="dim",
        )


def _cost(output: Console, report: Report) -> None:
    totals = report.totals
    cpu_s = totals.get("cpu_s")
    if cpu_s is None:
        output.print(f"Énergie : {NOT_MEASURED}.")
        return
    output.print(
        f"Énergie des traitements : {small_energy(totals['kwh'])} "
        f"[{small_energy(totals['kwh_low'])} à {small_energy(totals['kwh_high'])}], "
        f"{quantity(cpu_s, 's', 2)} de processeur. "
        f"CodeCarbon : {small_energy(totals['codecarbon_kwh'])}."
    )
    shares = [
        f"{word} {quantity(report.shares[line], 's', 2)}"
        for line, word in LINES.items()
        if report.shares.get(line)
    ]
    output.print(f"  {', '.join(shares)}", style="dim")
    if not report.plan.stale and report.last_full:
        before_s, before_kwh = report.last_full
        output.print(
            f"Dernière exécution qui a refait des tables : {quantity(before_s, 's', 2)} de "
            f"processeur, {small_energy(before_kwh)}. Celle-ci en a demandé "
            f"{number(100 * cpu_s / before_s, 1)} %."
        )


def _where(output: Console, platform: Platform, report: Report) -> None:
    page = platform.home.site / "index.html"
    output.print("Où regarder :")
    if page.is_file():
        output.print(f"  la page des élus        {page}")
    if platform.analyst_file.is_file():
        size = weight(platform.analyst_file.stat().st_size)
        output.print(f"  le fichier des analystes {platform.analyst_file} ({size})")
    curated = next((table for table in platform.catalogue if table.layer == "curated"), None)
    if curated is not None:
        output.print(f'  une table               ardoise query "from {curated.key} limit 5"')
    output.print("  l’interface de Dagster  make dev")
