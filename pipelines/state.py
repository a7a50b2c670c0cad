"""`ardoise status`, `check`, `verify`: what is published, and whether it still keeps its word."""

from rich.text import Text

from assets.catalogue import Table
from assets.platform import Platform
from assets.publication import rollback_in_force
from assets.reception import outages_of
from assets.table import Builder, Run
from assets.verification import verify
from pipelines.grids import Cell, console, filled, fitting, grid_of
from resources.energy import Meter
from resources.french import day, number, plural, small_energy
from resources.warehouse import reading

# The columns of a terminal of each width.
COLUMNS = (
    (0, ("Table", "Lignes", "État")),
    (76, ("Table", "Lignes", "Données du", "État")),
    (100, ("Table", "Version", "Lignes", "Écartées", "Données du", "Énergie", "État")),
)
LAST_DECISIONS = """
select
    table_name,
    max_by(outcome, version) as last_outcome,
    max_by(reason, version) as last_reason,
    max(version) filter (outcome = 'published') as version,
    max_by(published_rows, version) filter (outcome = 'published') as rows,
    max_by(quarantined_rows, version) filter (outcome = 'published') as quarantined,
    max(decided_at) filter (outcome = 'published') as published_at,
    max_by(data_date, version) filter (outcome = 'published') as data_date,
    max_by(spent.kwh, version) filter (outcome = 'published') as kwh
from quality.versions
left join (
    select
        run_id,
        asset,
        sum(kwh) as kwh
    from sobriety.ledger
    group by all
) as spent on spent.run_id = versions.run_id and spent.asset = versions.table_name
group by table_name
"""


def show_status(platform: Platform) -> tuple[bool, bool]:
    """Every table and its last decision; whether all are published and none refused, whether the
    source of one cannot be reached.

    Reads the published file, so that it never waits for a run under way.
    """
    with reading(platform.analyst_file) as connection:
        rows = connection.execute(LAST_DECISIONS).fetchall()
    known = {row[0]: row[1:] for row in rows}
    lines: list[dict[str, Cell]] = []
    complete, outages = True, outages_of(platform)
    for table in platform.catalogue:
        outcome, reason, version, count, aside, _, date, kwh = known.get(table.key, (None,) * 8)
        state, style = _state(outcome, version)
        complete = complete and outcome == "published"
        checked = platform.landing.checked_at(table.landing) if table.layer == "sources" else None
        if state == "à jour" and checked and date and checked.date() > date.date():
            state += f", vérifiée le {day(checked.date())}"
        if (outage := outages.get(table.key)) and outcome == "published":
            state, style = f"source indisponible depuis le {day(outage.since.date())}", "yellow"
        lines.append(
            {
                "Table": table.key,
                "Version": "–" if version is None else str(version),
                "Lignes": "–" if count is None else number(count),
                "Écartées": number(aside) if aside else "–",
                "Données du": day(date.date()) if date else "–",
                "Énergie": small_energy(kwh),
                "État": Text(state + (f" : {reason}" if outcome == "refused" else ""), style=style),
            }
        )
    out = console()
    out.print(filled(fitting(out.width, COLUMNS), lines))
    if line := rollback_in_force(platform):
        told = f"Retour à la version « {line['version']} » : « {line['former']} » est retirée."
        out.print(Text(f"{told} {line['reason']}".rstrip(), style="yellow"), soft_wrap=True)
    return complete, bool(outages)


def show_check(platform: Platform, name: str) -> bool:
    """Judge the published version of a table again; whether every critical rule holds.

    The name of a feed stands for all its tables.

    Raises:
        DeclarationError: no such table.
        ArdoiseError: it has no published version.
    """
    held = [_shown_check(platform, table) for table in platform.catalogue.chosen(name)]
    return all(held)  # each was shown, whatever became of the others


def _shown_check(platform: Platform, table: Table) -> bool:
    verdicts = Builder(platform, Run("check", Meter())).judge(table)
    grid = grid_of("Verdict", "Dimension", "Règle", "Constaté")
    for verdict in verdicts:
        word, style = (
            ("tenue", "green")
            if verdict.passed
            else ("refus", "bold red")
            if verdict.refuses
            else ("avertissement", "yellow")
        )
        grid.add_row(
            Text(word, style=style),
            verdict.rule.dimension.word,
            verdict.rule.sentence,
            verdict.error or verdict.observed or "",
        )
    output = console()
    output.print(grid)
    kept = sum(verdict.passed for verdict in verdicts)
    output.print(f"{table.contract.title} : {plural(kept, 'règle')} sur {len(verdicts)}.")
    return not any(verdict.refuses for verdict in verdicts)


def show_verification(platform: Platform) -> bool:
    """Read everything again; whether nothing was damaged."""
    found = verify(platform)
    output = console()
    for finding in found.findings:
        output.print(Text(f"Abîmé, {finding.what} : {finding.done}.", style="bold red"))
    state = "le reste est intact. Relancez « ardoise run »" if found.findings else "tout est intact"
    output.print(
        f"Relu : {plural(found.tables, 'table')} et {plural(found.files, 'fichier')} ; {state}."
    )
    return not found.findings


def _state(outcome: str | None, version: int | None) -> tuple[str, str]:
    if outcome is None:
        return "jamais publiée", "yellow"
    if outcome == "published":
        return "à jour", "green"
    if version is None:
        return "refusée", "bold red"
    return "dernière version refusée, la précédente reste publiée", "red"
