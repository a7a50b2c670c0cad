"""The plate of a French vehicle (SIV, since 2009): it leads to a person."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="une plaque d’immatriculation",
    titles=("immatriculation", "plaque"),
    alone=True,
    holds=r"regexp_matches(TEXT, '^[A-HJ-NP-TV-Z]{2}[- ]?\d{3}[- ]?[A-HJ-NP-TV-Z]{2}$')",
    personal="indirect",
    example="AA-229-AA",
    valid=("AA-229-AA", "BC123DE"),
    invalid=("AA-22-AA", "123 ABC 49", "SO-123-II"),
)
