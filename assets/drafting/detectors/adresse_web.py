"""The address of a web page."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="une adresse web",
    titles=("url", "site_web", "site_internet", "lien"),
    alone=True,
    words={"constraints": {"pattern": r"^https?://\S+$"}},
    valid=("https://example.org/page", "http://example.org"),
    invalid=("example.org", "https://exemple org"),
)
