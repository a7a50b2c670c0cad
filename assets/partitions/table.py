"""A table received by period, brought up to date: new partitions made, judged, swapped in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from assets.gate import costs
from assets.outcome import Outcome
from assets.partitions.building import make, total
from assets.partitions.parts import Kept, standing
from assets.partitions.publishing import after, publish_partitions, stored_after, united
from assets.partitions.waiting import Waiting
from assets.register.verdicts import protection_verdicts
from assets.situation import Situation
from assets.sobriety.habits import habit_verdicts
from checks.rules import Dimension, Rule, Severity, Verdict
from checks.sobriety import drift_verdict
from resources.energy import Measure
from resources.french import listing
from resources.sql import quoted

if TYPE_CHECKING:
    from assets.table import Builder


def build_partitions(
    builder: "Builder",
    connection: duckdb.DuckDBPyConnection,
    outcome: Outcome,
    found: Situation,
    asking: Measure | None,
) -> Outcome:
    """Make the partitions that changed, publish those accepted; the outcome of the table."""
    table, meter = outcome.table, builder.run.meter
    waiting = Waiting(connection, table)
    stands = standing(connection, table.key)
    stale = [part for part in found.parts if part.state == "stale"]
    made = make(connection, builder.platform, meter, table, stale, waiting, named=found.named)
    dates = [*(one.data_date for one in made), *(one.data_date for one in stands.values())]
    accepted = {str(one.partition) for one in made if one.state == "published"}
    outcome = replace(
        outcome,
        partitions=made,
        still=[part.period.name for part in found.parts if part.state == "refused"],
        left=len(set(stands) - accepted),
        making=total([asking, *(one.making for one in made)]),
        bytes_in=sum(one.bytes_in or 0 for one in made),
        facts=_counted([one.facts for one in made]),
        reasons=_counted([one.reasons for one in made]),
        extra=sorted({title for one in made for title in one.extra}),
        data_date=max(filter(None, dates), default=None),
        **after(stands, made),
    )
    with meter.stretch(table.key, "control") as judging:
        outcome = replace(outcome, bytes_out=stored_after(connection, waiting, stands, made))
        verdicts = _verdicts(builder, connection, outcome, waiting, stands)
        outcome = replace(outcome, verdicts=verdicts)
    outcome = replace(outcome, judging=total([judging, *(one.judging for one in made)]))
    with meter.stretch(table.key, "publication") as deciding:
        if accepted and not outcome.refusals:
            outcome = replace(outcome, state="published")
        elif not outcome.refusals and outcome.standing is not None:
            outcome = replace(outcome, state="unchanged")
        else:
            # Nothing advances: what was accepted by itself is refused with the rest.
            again = [
                replace(one, state="refused") if one.state == "published" else one for one in made
            ]
            outcome = replace(outcome, partitions=again)
        outcome = publish_partitions(connection, builder.run.identity, outcome, waiting)
    return replace(outcome, deciding=deciding)


def _verdicts(
    builder: "Builder",
    connection: duckdb.DuckDBPyConnection,
    outcome: Outcome,
    waiting: Waiting,
    stands: dict[str, Kept],
) -> list[Verdict]:
    """What is judged of the whole: its weight, its habits, whether every period advanced."""
    table = outcome.table
    found = [_advanced(outcome), united(waiting, stands, outcome.partitions)]
    found += costs(outcome, outcome.bytes_out)
    platform = builder.platform
    found += protection_verdicts(platform, table, outcome.extra, builder.offered)
    if waiting.there(table.layer, waiting.ready):
        found += habit_verdicts(
            connection,
            table,
            f"{table.layer}.{quoted(waiting.ready)}",
            cpu_s=None,
            today=platform.day_of(table.contract),
        )
    spent = [cpu_s for one in outcome.partitions if (cpu_s := cost_of(one)) is not None]
    usual = [one.cpu_s for one in stands.values() if one.cpu_s is not None]
    found.append(drift_verdict(sum(spent) / len(spent) if spent else None, usual))
    return [verdict for verdict in found if verdict is not None]


def cost_of(one: Outcome) -> float | None:
    """CPU-seconds of making and judging a partition."""
    spent = [measure.cpu_s for measure in one.measures if measure.cpu_s is not None]
    return sum(spent) if spent else None


def _advanced(outcome: Outcome) -> Verdict:
    """Whether every period received is published; critical when none is."""
    refused = outcome.refused_partitions
    advanced = any(one.state == "published" for one in outcome.partitions)
    blocked = bool(refused) or (not advanced and outcome.standing is None)
    reasons = [f"{one.partition} ({one.refusals[0].rule.sentence})" for one in refused[:3]]
    reasons += [f"{name} (déjà refusée)" for name in outcome.still[: 3 - len(reasons)]]
    more = len(refused) + len(outcome.still) - len(reasons)
    told = listing(reasons) + (f", et {more} de plus" if more > 0 else "")
    return Verdict(
        Rule(
            "partitions",
            Dimension.VALIDITY,
            Severity.CRITICAL if blocked and not advanced else Severity.WARNING,
            "Chaque période reçue est publiée",
            "every_partition_is_published",
        ),
        passed=not blocked and not outcome.still,
        observed=told or (None if advanced or not blocked else "aucune n’a de ligne"),
        checked=len(outcome.partitions) + len(outcome.still),
        unexpected=len(refused) + len(outcome.still),
    )


def _counted(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    whole: Counter[str] = Counter()
    for one in counts:
        whole.update(one)
    return dict(whole)
