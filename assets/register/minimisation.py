"""Minimisation at the door (RGPD, art. 5.1.c): what a file offers and nobody asked for.

Only the columns of the contract are ever stored; the titles of the others are remembered in the
journal, so that a new one is told once, and the DPO has the list.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.rules import Dimension, Rule, Severity, Verdict
from resources.french import listing, local, plural
from resources.journal import Journal

EVENT = "colonnes_non_gardees"
NAMED = 8


@dataclass(frozen=True)
class Offered:
    """The titles of a source's file that are not kept, and since when they are these."""

    titles: Sequence[str]
    since: dt.date


def offered(journal: Journal) -> dict[str, Offered]:
    """What each table last left out, by key."""
    return {
        str(line["table"]): Offered(
            line["titles"], local(dt.datetime.fromisoformat(line["at"])).date()
        )
        for _, line in journal.lines()
        if line["event"] == EVENT
    }


def minimisation_verdict(titles: Sequence[str], before: Offered | None) -> Verdict:
    """Whether the file offers nothing new that nobody asked for; a first file has nothing new."""
    known = set(titles if before is None else before.titles)
    new = [title for title in titles if title not in known]
    told = f"{plural(len(titles), 'colonne')} du fichier non gardée{'s' * (len(titles) > 1)}"
    if new:
        more = f" et {plural(len(new) - NAMED, 'autre')}" if len(new) > NAMED else ""
        named = listing([f"« {title} »" for title in new[:NAMED]])
        told = f"{named}{more} : ni lue ni gardée ; la demander est une décision du DPO"
    return Verdict(
        Rule(
            "minimisation",
            Dimension.PROTECTION,
            Severity.WARNING,
            "Le fichier n’offre aucune colonne nouvelle que personne n’a demandée",
            "no_new_column_is_offered",
        ),
        passed=not new,
        observed=told,
    )


def remember(
    journal: Journal, key: str, titles: Sequence[str], known: Mapping[str, Offered]
) -> None:
    """Write what a published version left out: the first time, then when it changes."""
    before = known.get(key)
    if before is None or sorted(titles) != sorted(before.titles):
        journal.write(EVENT, table=key, titles=sorted(titles))
