"""An activity in the French nomenclature (NAF rév. 2, Insee): « 84.11Z », « 8411Z »."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un code d’activité (NAF)",
    titles=("naf", "ape", "activite_principale"),
    alone=True,
    words={"constraints": {"pattern": r"^\d{2}\.?\d{2}[A-Z]$"}},
    valid=("84.11Z", "8411Z"),
    invalid=("84.11", "84.1Z", "Z8411"),
)
