"""The code of an IRIS (Insee): that of its commune, then four digits."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un code IRIS (Insee)",
    titles=("iris", "code_iris", "dcomiris", "depcomiris"),
    words={"constraints": {"pattern": r"^([013-9]\d|2[AB1-9])\d{7}$"}},
    valid=("010040101", "2A0040101"),
    invalid=("01004", "01004010", "0101"),
)
