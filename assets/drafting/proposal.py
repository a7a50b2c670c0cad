"""What is proposed for one column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from checks.contract import PersonalData


@dataclass(frozen=True)
class Proposal:
    """The words of the contract for a column, and each doubt as a sentence.

    `example` is an invented value, where those of the file are somebody's.
    """

    title: str
    name: str
    words: Mapping[str, Any] = field(default_factory=dict)
    doubts: Sequence[str] = ()
    personal: PersonalData = "none"
    example: str | None = None

    @property
    def type(self) -> str:
        """The type of the column."""
        return str(self.words.get("type", "string"))

    @property
    def constraints(self) -> Mapping[str, Any]:
        """What its values must satisfy."""
        found: Mapping[str, Any] = self.words.get("constraints", {})
        return found

    def doubting(self, *doubts: str) -> "Proposal":
        """The same, with more doubts."""
        return replace(self, doubts=[*self.doubts, *doubts])

    def as_text(self, doubt: str) -> "Proposal":
        """The same column left as text, and why."""
        return replace(self, words={}, doubts=[*self.doubts, doubt])

    def of(self, personal: PersonalData, example: str | None) -> "Proposal":
        """The same column, about persons."""
        return replace(self, personal=personal, example=example)
