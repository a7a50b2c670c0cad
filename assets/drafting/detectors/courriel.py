"""An e-mail address: of a person, or of a service, which only a person can tell."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="une adresse électronique",
    titles=("mail", "email", "courriel", "mel", "e_mail"),
    alone=True,
    words={"format": "email"},
    personal="direct",
    example="camille.durand@example.org",
    valid=("camille.durand@example.org",),
    invalid=("camille.durand", "@example.org", "camille durand@example.org"),
)
