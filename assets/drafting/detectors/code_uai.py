"""The number of a school (UAI, national education): seven digits and a letter."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un numéro d’établissement scolaire (UAI)",
    titles=("uai", "rne", "numero_uai", "code_uai"),
    alone=True,
    words={"constraints": {"pattern": r"^\d{7}[A-Z]$"}},
    valid=("0490001K",),
    invalid=("490001K", "04900010"),
)
