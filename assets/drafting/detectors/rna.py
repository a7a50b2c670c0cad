"""The number of an association in the national directory (RNA)."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un numéro d’association (RNA)",
    titles=("rna", "waldec"),
    alone=True,
    words={"constraints": {"pattern": r"^W\d{9}$"}},
    valid=("W491000001",),
    invalid=("W49100000", "491000001"),
)
