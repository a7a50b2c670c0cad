"""A version of unusual volume, accepted by someone: named, dated, with a reason, in the journal.

A source that loses most of its rows is refused until a person says that it is right. What is
accepted is one file read with one contract; the next unusual one is refused again.
"""

import getpass

import duckdb

from assets.catalogue import Table
from assets.partitions.parts import refused_partitions
from assets.platform import Platform
from assets.versions import last_decision
from checks.facts import PRECEDENT
from resources.errors import ArdoiseError
from resources.journal import Journal
from resources.sql import literal

EVENT = "acceptation"


def accept(platform: Platform, table: Table, reason: str) -> None:
    """Accept the volume of the version of a table that was refused last.

    Raises:
        ArdoiseError: no version waits for it.
        BusyWarehouse: a run is under way.
    """
    with platform.warehouse.writing() as connection:
        waiting = (
            _refused(connection, table)
            if table.contract.partitions is None
            else _refused_partitions(connection, table)
        )
    if not waiting:
        raise ArdoiseError(
            f"La table « {table.key} » n’a aucune version refusée pour son volume. "
            "Rien n’a changé. « ardoise status » dit où elle en est."
        )
    for fingerprint in waiting:
        platform.journal.write(
            EVENT, table=table.key, fingerprint=fingerprint, reason=reason, by=getpass.getuser()
        )


def accepted(journal: Journal, key: str, fingerprint: str) -> bool:
    """Whether someone accepted the volume of this version."""
    return any(
        line["event"] == EVENT and line["table"] == key and line["fingerprint"] == fingerprint
        for _, line in journal.lines()
    )


def _refused(connection: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """The fingerprint of the last version, when it is refused for its volume."""
    last = last_decision(connection, table.key)
    found = connection.execute(
        f"""
        select count(*)
        from quality.results
        where rule = {literal(PRECEDENT)} and not passed
            and table_name = {literal(table.key)}
            and version = (
                select max(version)
                from quality.versions
                where table_name = {literal(table.key)}
            )
        """
    ).fetchone()
    return [last.fingerprint] if last and last.outcome == "refused" and found != (0,) else []


def _refused_partitions(connection: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """The fingerprints of the partitions that are refused for their volume."""
    unusual = connection.execute(
        "select partition, version from quality.results where not passed "
        f"and rule = {literal(PRECEDENT)} and table_name = {literal(table.key)}"
    ).fetchall()
    return [
        kept.fingerprint
        for name, kept in refused_partitions(connection, table.key).items()
        if (name, kept.version) in unusual
    ]
