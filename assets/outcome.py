"""What became of a table in a run: published, unchanged or refused, with everything to tell it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assets.catalogue import Table
from checks.facts import PRECEDENT
from checks.rules import Verdict
from resources.energy import Measure
from resources.french import day, plural
from resources.outage import Outage

State = Literal["published", "unchanged", "refused"]


@dataclass(frozen=True)
class Published:
    """The version of a table that readers see, and what it was made from. Times are UTC."""

    version: int
    fingerprint: str
    rows: int
    decided_at: dt.datetime
    data_date: dt.datetime | None
    content: str | None = None
    received_sha256: str | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided of a version: its outcome, what it came from, why it was refused."""

    outcome: str
    fingerprint: str
    reason: str | None


@dataclass(frozen=True)
class Outcome:
    """The story of one table in one run.

    `received`, `rows` and `quarantined` are row counts; `bytes_in` what was received or read,
    `bytes_out` what the table occupies. `content` is what the table holds in one word,
    `received_sha256` the name in the landing of the file it was made from. `standing` is the
    version still published when this one is not. `outage` says that its source gave nothing, and
    that its last file stands.

    Of a source received by period, `partitions` are the stories of the periods that changed, each
    with its own `partition`; counts are those of the whole table. `still` are the periods that
    would be refused again, `left` counts those that stand and were left alone.
    """

    table: Table
    state: State
    version: int | None = None
    fingerprint: str = ""
    verdicts: Sequence[Verdict] = ()
    received: int | None = None
    rows: int | None = None
    quarantined: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    extra: Sequence[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    absent: Sequence[str] = ()
    corrections: Sequence[int] = ()
    facts: Mapping[str, int] = field(default_factory=dict)
    bytes_in: int | None = None
    bytes_out: int | None = None
    data_date: dt.datetime | None = None
    content: str | None = None
    received_sha256: str | None = None
    making: Measure | None = None
    judging: Measure | None = None
    deciding: Measure | None = None
    standing: Published | None = None
    outage: Outage | None = None
    partition: str | None = None
    partitions: Sequence["Outcome"] = ()
    still: Sequence[str] = ()
    left: int = 0

    @property
    def refused_partitions(self) -> list["Outcome"]:
        """The periods whose new version is refused; their previous one, if any, stands."""
        return [one for one in self.partitions if one.state == "refused"]

    @property
    def complete(self) -> bool:
        """Whether nothing of it is refused."""
        return self.state != "refused" and not self.refused_partitions and not self.still

    @property
    def refusals(self) -> list[Verdict]:
        """The verdicts that refuse this version."""
        return [verdict for verdict in self.verdicts if verdict.refuses]

    @property
    def warnings(self) -> list[Verdict]:
        """The verdicts that failed without refusing."""
        return [verdict for verdict in self.verdicts if not verdict.passed and not verdict.refuses]

    @property
    def measures(self) -> list[Measure]:
        """What it cost to make, to judge and to publish."""
        return [m for m in (self.making, self.judging, self.deciding) if m is not None]

    @property
    def message(self) -> str:
        """What happened, what still stands, what to do."""
        title = self.table.contract.title
        if self.state != "refused":
            return f"{title} : {'version publiée' if self.state == 'published' else 'inchangée'}."
        first = "\n".join(f"  – {_told(verdict)}" for verdict in self.refusals[:3])
        more = len(self.refusals) - 3
        rest = f"\n  – et {plural(more, 'autre règle', 'autres règles')}" if more > 0 else ""
        stands = (
            f"La version du {day(self.standing.decided_at.date())} reste publiée."
            if self.standing
            else "Aucune version n’a encore été publiée ; les tables qui la lisent attendent."
        )
        todo = f"relancer « ardoise run {self.table.key} »."
        if [verdict.rule.name for verdict in self.refusals] != ["amont"]:
            todo = f"corriger la source ou le contrat ({self.table.path.name}), puis {todo}"
        if [verdict.rule.name for verdict in self.refusals] == [PRECEDENT]:
            todo = (
                "vérifier auprès du producteur ; si ce volume est le bon, « ardoise accept "
                f'{self.table.key} --reason "…" », puis « ardoise run {self.table.key} ».'
            )
        key, what = self.table.key, "nouvelle version refusée"
        if self.partition is not None:
            key, what = f"{key}, {self.partition}", "période refusée"
            stands = "Sa version précédente, s’il y en a une, reste publiée ; les autres avancent."
        return f"{title} ({key}) : {what}.\n{first}{rest}\n{stands}\nQue faire : {todo}"


def _told(verdict: Verdict) -> str:
    found = verdict.error or verdict.observed
    return f"{verdict.rule.sentence}" + (f" : {found}" if found else "")
