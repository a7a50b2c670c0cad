"""The books of a run: everything `sobriety` holds besides the ledger's own lines, written at once.

Called before what is published is written, so that analysts and pages read this run too.
"""

import datetime as dt
from dataclasses import asdict

import duckdb

from assets.platform import Platform
from assets.sobriety.control import is_due, run_control
from assets.sobriety.habits import overdue_tables
from assets.sobriety.hosting import machine_of, write_hosting
from assets.sobriety.identity import ledger_verdicts
from assets.sobriety.months import gather_old_months
from assets.sobriety.volumes import write_volumes
from checks.rules import Dimension, Rule, Severity, Verdict
from resources.energy import factors
from resources.french import plural
from resources.warehouse import append, transaction


def keep_books(
    connection: duckdb.DuckDBPyConnection, platform: Platform, run_id: str, now: dt.datetime
) -> list[Verdict]:
    """Write factors, volumes and hosting, gather old months; the ledger's verdicts on itself."""
    gather_old_months(connection, now.date())
    write_factors(connection)
    write_volumes(connection, platform, run_id, now)
    machine = machine_of(connection, platform.territory.territory.hosting, platform.home.path, now)
    write_hosting(connection, machine, now.date().replace(day=1))
    return [*ledger_verdicts(connection, run_id), kept_too_long(connection)]


def kept_too_long(connection: duckdb.DuckDBPyConnection) -> Verdict:
    """Whether some published table holds rows past their time: time passes without any build."""
    late = list(overdue_tables(connection))
    told = ", ".join(f"{name} ({plural(rows, 'ligne')})" for name, rows in late)
    return Verdict(
        Rule(
            "registre.hors_delai",
            Dimension.SOBRIETY,
            Severity.CRITICAL,
            "Aucune table publiée ne garde de ligne au-delà de sa durée",
            "no_row_past_its_time",
        ),
        passed=not late,
        observed=f"« ardoise purge » : {told}" if late else "aucune ligne hors délai",
        unexpected=sum(rows for _, rows in late),
    )


def weigh_the_machine(connection: duckdb.DuckDBPyConnection, run_id: str, now: dt.datetime) -> bool:
    """Do the control workload when it is due; whether it was."""
    due = is_due(connection, now)
    if due:
        run_control(connection, run_id, now)
    return due


def write_factors(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep `sobriety.factors` equal to the file under version control."""
    rows = [asdict(factor) for factor in factors()]
    known = connection.execute(
        "select kind, identity, in_use from sobriety.factors order by all"
    ).fetchall()
    if known == sorted((row["kind"], row["identity"], row["in_use"]) for row in rows):
        return
    with transaction(connection):
        connection.execute("delete from sobriety.factors")
        append(connection, "sobriety.factors", rows)
