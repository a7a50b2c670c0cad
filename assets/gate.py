"""The gate of the builder: all that is judged of a staged version, before it is published."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import duckdb

from assets.decoding.stage import Staged
from assets.outcome import Outcome
from assets.versions import stored_bytes
from checks.contract import Contract
from checks.disclosure.control import control
from checks.drift import drift_rules
from checks.facts import (
    FEW,
    budget_verdicts,
    quarantine_verdict,
    reading_verdicts,
    volume_verdict,
)
from checks.promises import rules_of
from checks.protection import scan
from checks.quality import evaluate
from checks.rules import Dimension, Rule, Severity, Verdict
from resources.answers import UNREACHABLE
from resources.errors import SourceError
from resources.keys import Keys
from resources.sql import literal

# What a failed stage is called, where it is not a received file that is at fault.
SENTENCES = {
    "ABSENT": ("reception", "Un fichier est reçu"),
    "ILLISIBLE": ("reception", "Un fichier est reçu"),
    **dict.fromkeys(UNREACHABLE, ("reception", "Un fichier est reçu")),
    "ADRESSE_INTERDITE": ("reception", "L’adresse est publique et vérifiée"),
    "BOMBE": ("reception", "Le fichier reste dans les limites de réception"),
    "TROP_GROS": ("reception", "Le fichier reste dans les limites de réception"),
    "DEPOT_ALTERE": ("reception", "Le fichier gardé est celui qui a été reçu"),
    "AMONT": ("amont", "Les tables qu’elle lit sont publiées"),
    "REQUETE": ("requete", "La requête s’exécute"),
    "REQUETE_SCHEMA": ("requete", "La requête rend les colonnes du contrat"),
}


def judged(
    connection: duckdb.DuckDBPyConnection,
    outcome: Outcome,
    staged: Staged,
    *,
    keys: Keys,
    today: date,
    accepted: Callable[[], bool],
    against: str | None = None,
) -> Outcome:
    """The outcome with what was staged and every verdict on it.

    `accepted` says whether someone accepted its volume, however unusual. `against` is the table of
    the layer it is compared with, when that is not the published one. What a whole table weighs and
    costs is not judged of one of its partitions.

    A gate that crashes or has no rule has failed: nothing is published without a verdict.
    """
    contract = outcome.table.contract
    # Before anything else reads the version: what it must not tell is not in it any more.
    disclosed = control(
        connection,
        staged.table,
        outcome.table.key,
        contract,
        keys,
        published=outcome.standing is not None,
    )
    stored = None
    if outcome.partition is None:
        connection.execute("checkpoint")
        stored = stored_bytes(connection, staged.table)
    drift = _drift(connection, outcome, staged.table, against or outcome.table.name)
    verdicts = [*disclosed, *verdicts_on(connection, staged.table, contract, today, drift)]
    if staged.quarantine is not None:
        # A row past its time is no fault of the file: it is not judged.
        received, aside = staged.received - staged.overdue, staged.quarantined - staged.overdue
        verdicts.append(quarantine_verdict(contract, received, aside))
        # A generator has the volume it is told to have.
        if outcome.standing is not None and not contract.synthetic:
            volume = volume_verdict(staged.rows, outcome.standing.rows, accepted=False)
            if volume.refuses and accepted():
                volume = volume_verdict(staged.rows, outcome.standing.rows, accepted=True)
            verdicts.append(volume)
        verdicts += reading_verdicts(contract, corrections=staged.corrections, hidden=staged.hidden)
    if outcome.partition is None:
        verdicts += costs(outcome, stored)
    return replace(
        outcome,
        verdicts=verdicts,
        received=staged.received if staged.quarantine is not None else outcome.received,
        rows=staged.rows,
        quarantined=staged.quarantined,
        reasons=staged.reasons,
        extra=staged.extra,
        aliases=staged.aliases,
        absent=staged.absent,
        corrections=staged.corrections,
        bytes_out=stored,
    )


def costs(outcome: Outcome, stored: int | None) -> list[Verdict]:
    """What a version weighs and cost, against the budget of its contract."""
    return budget_verdicts(
        outcome.table.contract,
        downloaded=outcome.bytes_in if outcome.table.layer == "sources" else None,
        stored=stored,
        cpu_s=outcome.making.cpu_s if outcome.making else None,
    )


def verdicts_on(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    contract: Contract,
    today: date,
    others: Sequence[Rule] = (),
) -> list[Verdict]:
    """What the contract's rules, and others, say of a table, staged or published, on a day.

    Rules written in SQL read that day as the variable `today`.
    """
    connection.execute(f"set variable today = date '{today.isoformat()}'")
    found = evaluate(connection, table, [*rules_of(contract), *others])
    found = [_discreet(verdict, contract) for verdict in found]
    return [*found, *scan(connection, table, contract)]


def _drift(
    connection: duckdb.DuckDBPyConnection, outcome: Outcome, staged: str, against: str
) -> list[Rule]:
    """The rules on how far this version stands from the one before; none where there is none.

    A few rows say nothing of a share. A generator draws what it is told to draw, and tells nothing
    of the world's changes.
    """
    table = outcome.table
    if outcome.standing is None or outcome.standing.rows < FEW or table.contract.synthetic:
        return []
    published, new = (
        {
            name
            for (name,) in connection.execute(
                "select column_name from duckdb_columns() where database_name = current_database() "
                f"and schema_name = {literal(table.layer)} and table_name = {literal(name)}"
            ).fetchall()
        }
        for name in (against, staged.rpartition(".")[2].strip('"'))
    )
    return drift_rules(table.contract, f"{table.layer}.{against}", published & new)


def _discreet(verdict: Verdict, contract: Contract) -> Verdict:
    """The verdict without an extreme or a mean that would be somebody's own value."""
    column = contract.by_name.get(str(verdict.rule.parameters.get("column")))
    if column is None or column.personal_data == "none" or verdict.unexpected is not None:
        return verdict
    return replace(verdict, observed=None)


def reception(error: SourceError) -> Verdict:
    """The verdict on a version that could not even be staged."""
    name, sentence = SENTENCES.get(
        error.code, ("reception", "Le fichier reçu se lit comme le contrat le décrit")
    )
    return Verdict(
        Rule(
            name,
            Dimension.VALIDITY,
            Severity.CRITICAL,
            f"{sentence} [{error.code}]",
            "version_can_be_staged",
        ),
        passed=False,
        error=str(error),
    )


def still_refused(reason: str) -> Verdict:
    """The verdict on a version that was refused already: same file, same contract."""
    return Verdict(
        Rule(
            "deja_refusee",
            Dimension.VALIDITY,
            Severity.CRITICAL,
            "Même fichier et même contrat que la version déjà refusée",
            "version_is_new",
        ),
        passed=False,
        error=reason,
    )
