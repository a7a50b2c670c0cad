"""SIRET: the number of an establishment (Insee), fourteen digits and Luhn’s key."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un numéro SIRET",
    titles=("siret",),
    alone=True,
    looks=r"^[\d\s\x{A0}\x{202F}]{13,24}$",
    words={"format": "siret"},
    valid=("55210055400013", "552 100 554 00013"),
    invalid=("55210055400014", "5521005540001", "nantes"),
)
