"""A table received by period, staged again from the landing: each partition from its own file."""

import duckdb

from assets.catalogue import Table
from assets.decoding.stage import Staged
from assets.partitions.parts import standing
from assets.partitions.reception import partitions_of
from assets.partitions.waiting import Waiting
from assets.platform import Platform
from assets.staging import stage_file


def stage_partitions(
    connection: duckdb.DuckDBPyConnection, platform: Platform, table: Table
) -> Staged:
    """Stage the union of the partitions that stand.

    Raises:
        SourceError: one of their files cannot be read any more.
        FileNotFoundError: the landing no longer holds one of them, or nothing stands.
    """
    cut = partitions_of(table.contract)
    waiting = Waiting(connection, table)
    waiting.clear()
    for name, kept in standing(connection, table.key).items():
        if kept.received_sha256 is None:
            raise FileNotFoundError(name)
        # What was past its time when it was decided is not what is past it now.
        invented = platform.day_of(table.contract) if table.contract.synthetic else None
        decided_on = platform.settings.today or invented or kept.decided_at.date()
        staged = stage_file(
            connection, platform, table, kept.received_sha256, decided_on, cut.period(name)
        )
        waiting.add(staged, name, kept=True)
    if not waiting.there(table.layer, waiting.ready):
        raise FileNotFoundError(table.key)
    return waiting.staged()
