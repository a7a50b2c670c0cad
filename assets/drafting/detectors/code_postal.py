"""A French postcode: five digits, as much else is; only its title tells it."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un code postal",
    titles=("code_postal", "cp", "codepostal", "postcode", "postal_code"),
    words={"format": "code_postal"},
    valid=("49000", "01500"),
    invalid=("1500", "4900A"),
)
