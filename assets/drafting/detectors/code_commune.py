"""The official code of a commune (COG, Insee): five characters, 2A and 2B for Corsica."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un code officiel de commune (Insee)",
    titles=(
        "code_commune",
        "code_insee",
        "insee",
        "code_insee_commune",
        "insee_com",
        "depcom",
        "com",
        "codgeo",
        "commune_insee",
        "code_commune_insee",
        "citycode",
        "codecommune",
    ),
    words={"constraints": {"pattern": r"^([013-9]\d|2[AB1-9])\d{3}$"}},
    valid=("01007", "2A004", "01004", "97101"),
    invalid=("1004", "20004", "010040101", "Nantes"),
)
