"""What a table's page tells of a source received by period: each period, and where it stands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from assets.dashboards.chips import Chip
from checks.partitions import Partitions
from resources import french
from resources.sql import literal

SHOWN = 12


@dataclass(frozen=True)
class PeriodState:
    """The last decision about a period; `stands` when some version of it is published."""

    name: str
    decided_at: dt.datetime
    outcome: str
    rows: int | None
    quarantined: int | None
    reason: str | None
    stands: bool


def period_states(connection: duckdb.DuckDBPyConnection, key: str) -> Sequence[PeriodState]:
    """Every period of a table, the latest first."""
    rows = connection.execute(
        f"""
        select
            partition,
            max(decided_at),
            arg_max(outcome, version),
            arg_max(published_rows, version) filter (outcome <> 'refused'),
            arg_max(quarantined_rows, version),
            arg_max(reason, version),
            coalesce(arg_max(outcome, version) filter (outcome <> 'refused'), '') = 'published'
        from quality.partitions
        where table_name = {literal(key)}
        group by partition
        order by partition desc
        """
    ).fetchall()
    return [PeriodState(*row) for row in rows]


def periods(cut: Partitions | None, states: Sequence[PeriodState]) -> dict[str, Any] | None:
    """The section of the page: a sentence, then the last periods and those that are refused."""
    if cut is None or not states:
        return None
    refused = [one for one in states if one.outcome == "refused"]
    shown = [one for one in states if one in states[:SHOWN] or one in refused][: 2 * SHOWN]
    return {
        "lead": _lead(cut, states, refused),
        "caption": f"Les {len(shown)} dernières" if len(shown) > 1 else "La dernière",
        "rows": [
            {
                "name": one.name,
                "when": french.moment(french.local(one.decided_at)),
                "rows": "–" if one.rows is None else french.number(one.rows),
                "aside": french.number(one.quarantined) if one.quarantined else "–",
                "chip": _chip(one),
                "reason": (one.reason or "") if one.outcome == "refused" else "",
            }
            for one in shown
        ],
    }


def _lead(cut: Partitions, states: Sequence[PeriodState], refused: Sequence[PeriodState]) -> str:
    stands = sorted(one.name for one in states if one.stands)
    if not stands:
        return "Aucune période n’est encore publiée."
    span = f", de {stands[0]} à {stands[-1]}" if len(stands) > 1 else f" : {stands[0]}"
    told = f"Reçue par {cut.words[0]} : {french.plural(len(stands), *cut.words)} en ligne{span}."
    if refused:
        told += (
            f" {french.plural(len(refused), 'version refusée', 'versions refusées')} : "
            "la précédente reste, les autres périodes avancent."
        )
    return told + " Chaque période est jugée seule ; une période corrigée ne remplace qu’elle."


def _chip(one: PeriodState) -> Chip:
    if one.outcome == "purged":
        return Chip("none", "Supprimée, durée dépassée")
    if one.outcome == "published":
        return Chip("good", "Publiée")
    return Chip("over", "Refusée, la précédente reste" if one.stands else "Refusée")
