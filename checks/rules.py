"""A promise about a table, and what was found when it was held to it.

Pure words: nothing here evaluates anything. Rules come from contracts (`checks.promises`), verdicts
from Great Expectations (`checks.quality`), and both travel to Dagster, to `quality.results` and to
the pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Dimension(StrEnum):
    """The dimension of quality a rule speaks about: one Dagster asset check for each."""

    COMPLETENESS = "completude"
    UNIQUENESS = "unicite"
    VALIDITY = "validite"
    CONSISTENCY = "coherence"
    FRESHNESS = "fraicheur"
    VOLUME = "volume"
    SOBRIETY = "sobriete"
    PROTECTION = "protection"

    @property
    def word(self) -> str:
        """Its French name; the value is that of a Dagster check, which takes no accent."""
        return {
            Dimension.COMPLETENESS: "complétude",
            Dimension.UNIQUENESS: "unicité",
            Dimension.VALIDITY: "validité",
            Dimension.CONSISTENCY: "cohérence",
            Dimension.FRESHNESS: "fraîcheur",
            Dimension.SOBRIETY: "sobriété",
        }.get(self, self.value)


class Severity(StrEnum):
    """What a failure does: `critical` refuses the version, `warning` publishes and shows."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One expectation of Great Expectations, with the French sentence an agent reads.

    `name` is unique in its table and stable from run to run (`code_commune.pattern`): the history
    of a check hangs on it. `parameters` are Great Expectations' own (`column`, `min_value`, …).
    """

    name: str
    dimension: Dimension
    severity: Severity
    sentence: str
    expectation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What one rule found. Holds counts and aggregates, never a value of the table.

    `checked` and `unexpected` are row counts, None where the rule is not about rows. `error` is
    set when the rule could not be evaluated, which counts as a failure.
    """

    rule: Rule
    passed: bool
    observed: str | None = None
    checked: int | None = None
    unexpected: int | None = None
    error: str | None = None

    @property
    def refuses(self) -> bool:
        """Whether this verdict alone is enough to refuse the version."""
        return not self.passed and self.rule.severity is Severity.CRITICAL
