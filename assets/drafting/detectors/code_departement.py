"""The code of a département (COG, Insee), two or three characters."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un code de département",
    titles=("code_departement", "departement", "dep", "code_dep", "dept", "code_dept"),
    words={"constraints": {"pattern": r"^(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[4-9])$"}},
    valid=("49", "01", "2A", "974"),
    invalid=("1", "96", "490", "Maine-et-Loire"),
)
