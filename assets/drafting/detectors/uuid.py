"""A universally unique identifier (RFC 9562)."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un identifiant UUID",
    alone=True,
    words={"constraints": {"pattern": r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"}},
    valid=("350182c9-148a-46e0-8389-76c2ec1374a3",),
    invalid=("350182c9-148a-46e0-8389", "350182c9148a46e0838976c2ec1374a3"),
)
