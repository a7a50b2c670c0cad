"""The register of processings (RGPD, art. 30) as code: the words of one processing.

The fields are those of article 30 and of the CNIL's simplified model; each word says which. What a
contract needs of the register is held in `checks.coupling`; where its files lie is in
`assets.register`. Durations, bases and grounds are the DPO's and the archivist's to write: nothing
here is a default.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from checks.durations import Duration, days_in, french
from checks.strict import Strict

Text = Annotated[str, Field(min_length=3)]
# RGPD, art. 6.1, a to f.
Basis6 = Literal[
    "consent",
    "contract",
    "legal_obligation",
    "vital_interests",
    "public_task",
    "legitimate_interests",
]
# RGPD, art. 9.2, a to j.
Condition9 = Literal[
    "explicit_consent",
    "employment_and_social_protection",
    "vital_interests",
    "association",
    "made_public",
    "legal_claims",
    "substantial_public_interest",
    "health_care",
    "public_health",
    "archives_research_statistics",
]
# Article 2 of decree 2019-341, A to H; and article 30 of the law of 6 January 1978, which exempts.
NirField = Literal[
    "social_protection",
    "health",
    "employment",
    "finance_and_tax",
    "justice",
    "statistics",
    "education",
    "housing",
    "law_article_30",
]
SensitiveKind = Literal[
    "racial_origin",
    "political_opinions",
    "beliefs",
    "trade_union",
    "genetic",
    "biometric",
    "health",
    "sexual_life",
    "offences",
]
# The categories of the CNIL's model, in its order.
DataKind = Literal[
    "identity",
    "personal_life",
    "professional_life",
    "economic",
    "connection",
    "location",
    "nir",
    SensitiveKind,
]
# The nine criteria of the guidelines WP 248 rev. 01, endorsed by the EDPB.
Criterion = Literal[
    "evaluation",
    "automated_decision",
    "systematic_monitoring",
    "sensitive_data",
    "large_scale",
    "matching",
    "vulnerable_persons",
    "innovative_use",
    "blocks_a_right",
]


class Purposes(Strict):
    """Why (art. 30.1.b): the main purpose, and those within it."""

    main: Text
    others: list[Text] = Field(default=[])


class Basis(Strict):
    """What makes it lawful: article 6, and article 9 or decree 2019-341 where they apply."""

    article_6: Basis6
    justification: Text


class SpecialCategories(Strict):
    """What lets sensitive data be processed (art. 9.2), and the text that says so."""

    condition: Condition9
    justification: Text


class Nir(Strict):
    """What lets the social security number be processed: the field of decree 2019-341, and where
    exactly (« art. 2, A, 9° »).
    """

    field: NirField
    reference: Text


class Recipients(Strict):
    """Who the data are disclosed to (art. 30.1.d)."""

    internal: list[Text] = Field(default=[])
    external: list[Text] = Field(default=[])
    processors: list[Text] = Field(default=[])

    @model_validator(mode="before")
    @classmethod
    def _someone(cls, said: Any) -> Any:
        if isinstance(said, Mapping) and not any(said.values()):
            raise ValueError(
                "aucun destinataire : nommez au moins le service qui s’en sert (« internal »)"
            )
        return said

    @property
    def all(self) -> list[str]:
        """Every recipient, those of the authority first."""
        return [*self.internal, *self.external, *self.processors]


class Transfer(Strict):
    """A transfer out of the European Union (art. 30.1.e), with what makes it lawful (ch. V)."""

    recipient: Text
    country: Text
    guarantee: Text
    documentation: str = ""


class Ages(Strict):
    """The three ages of the data (art. 30.1.f; code du patrimoine, art. L212-2 and L212-3).

    `active` is how long they serve, `intermediate` how long they are then kept with few readers;
    `final` what becomes of them: destroyed, kept for ever as archives, or sorted. `starts` says
    from when, `reference` by which text, `validated_by` who decided.
    """

    active: Duration
    intermediate: Duration | None = None
    final: Literal["destroy", "archive", "sort"]
    starts: Text
    reference: Text
    validated_by: Text

    @property
    def days(self) -> float:
        """The whole time, both ages added."""
        return days_in(self.active) + (days_in(self.intermediate) if self.intermediate else 0)

    @property
    def french(self) -> str:
        """« 2 ans, puis 1 an en archivage intermédiaire »."""
        told = french(self.active)
        if self.intermediate:
            told += f", puis {french(self.intermediate)} en archivage intermédiaire"
        return told


class Hold(Strict):
    """A dispute that suspends every elimination: nothing is purged until it is removed."""

    since: date
    reason: Text
    author: Text


class Security(Strict):
    """A general description of the measures (art. 30.1.g; art. 32)."""

    technical: list[Text] = Field(min_length=1)
    organisational: list[Text] = Field(min_length=1)


class NotNeeded(Strict):
    """Why no impact assessment is made though criteria are met: someone's dated decision."""

    reason: Text
    author: Text
    date: date


class Assessment(Strict):
    """Whether an impact assessment (AIPD, art. 35) is needed, and where it stands.

    `criteria` are those met among the nine; `cnil_list` the line of the CNIL's list of required
    assessments (délibération 2018-327) this processing falls under. Two criteria or more, or the
    list, call for an assessment: its `reference`, or `not_needed`.
    """

    criteria: list[Criterion]
    cnil_list: str | None = None
    reference: str | None = Field(default=None, min_length=3)
    not_needed: NotNeeded | None = None

    @property
    def needed(self) -> bool:
        """Whether the criteria or the CNIL's list call for one."""
        return len(set(self.criteria)) >= 2 or bool(self.cnil_list)

    @property
    def missing(self) -> bool:
        """Whether one is called for, and neither made nor set aside by a decision."""
        return self.needed and self.reference is None and self.not_needed is None


class Entry(Strict):
    """One processing. Its file's name is what contracts call it (`protection: {register: …}`)."""

    title: Text
    number: Text
    created: date
    updated: date
    service: Text
    controller: Text
    joint_controllers: list[Text] = Field(default=[])
    representative: str = ""
    dpo: Text
    software: list[Text] = Field(default=[])
    purposes: Purposes
    basis: Basis
    special_categories: SpecialCategories | None = None
    nir: Nir | None = None
    persons: list[Text] = Field(min_length=1)
    number_of_persons: int | None = Field(default=None, ge=0)
    data: dict[DataKind, Text] = Field(min_length=1)
    origin: Text
    recipients: Recipients
    transfers: list[Transfer] = Field(default=[])
    retention: Ages
    hold: Hold | None = None
    elimination_visa: str | None = Field(default=None, min_length=3)
    security: Security
    rights: Text
    assessment: Assessment
