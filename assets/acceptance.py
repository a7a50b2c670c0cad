"""A version of unusual volume, accepted by someone: named, dated, with a reason, in the journal.

A source that loses most of its rows is refused until a person says that it is right. What is
accepted is one file read with one contract; the next unusual one is refused again.
"""

import getpass

from assets.catalogue import Table
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
    if last is None or last.outcome != "refused" or found == (0,):
        raise ArdoiseError(
            f"La table « {table.key} » n’a aucune version refusée pour son volume. "
            "Rien n’a changé. « ardoise status » dit où elle en est."
        )
    platform.journal.write(
        EVENT, table=table.key, fingerprint=last.fingerprint, reason=reason, by=getpass.getuser()
    )


def accepted(journal: Journal, key: str, fingerprint: str) -> bool:
    """Whether someone accepted the volume of this version."""
    return any(
        line["event"] == EVENT and line["table"] == key and line["fingerprint"] == fingerprint
        for _, line in journal.lines()
    )
