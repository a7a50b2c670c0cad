"""What is written once a version is decided: its cost in the ledger, the decision in the journal.

How it was decided is in `assets.table`; nothing is published or refused here.
"""

from collections.abc import Mapping, Sequence

import duckdb

from assets.outcome import Outcome
from assets.partitions.publishing import told
from assets.register.minimisation import Offered, remember
from assets.sobriety.ledger import ledger_row
from assets.warning import warning_to_the_dpo
from resources.energy import Measure, Meter
from resources.journal import FOUND, Journal
from resources.warehouse import append


def account(
    connection: duckdb.DuckDBPyConnection, run: str, meter: Meter, outcome: Outcome
) -> None:
    """Write what making, judging and deciding a version cost, each on its line of the ledger."""
    facts = {
        "rows_in": outcome.received,
        "rows_out": outcome.rows,
        "bytes_in": outcome.bytes_in,
        "bytes_out": outcome.bytes_out,
    }
    lines: Sequence[tuple[Measure | None, Mapping[str, int | None]]] = (
        (outcome.making, facts),
        (outcome.judging, {"rows_in": outcome.rows}),
        (outcome.deciding, {}),
    )
    append(
        connection,
        "sobriety.ledger",
        [
            ledger_row(run, measure, outcome.state, **said)
            for measure, said in lines
            if measure is not None
        ],
    )
    meter.claim(*outcome.measures)


def record(journal: Journal, run: str, outcome: Outcome, offered: dict[str, Offered]) -> None:
    """Write a decision in the journal, and what people are to be told of it.

    `offered` is what each source was last known to offer that is not kept; brought up to date.
    """
    published = outcome.state == "published"
    journal.write(
        "publication" if published else "refus",
        run=run,
        table=outcome.table.key,
        version=outcome.version,
        fingerprint=outcome.fingerprint,
        received=outcome.received,
        rows=outcome.rows,
        quarantined=outcome.quarantined,
        content=outcome.content,
        sha256=outcome.received_sha256,
        data_date=outcome.data_date.isoformat() if outcome.data_date else None,
        **({"partitions": told(outcome)} if outcome.partitions else {}),
        **({} if published else {"message": outcome.message}),
    )
    if published and outcome.table.layer == "sources":
        remember(journal, outcome.table.key, outcome.extra, offered)
    for one in outcome.refused_partitions if published else ():
        journal.write(
            "refus_partition",
            run=run,
            table=outcome.table.key,
            partition=one.partition,
            message=one.message,
        )
    for judged in (outcome, *outcome.refused_partitions):
        if warning := warning_to_the_dpo(judged):
            journal.write(FOUND, run=run, **warning)
