"""SIRET: the number of an establishment (Insee), fourteen digits and Luhn’s key."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un numéro SIRET",
    titles=("siret",),
    alone=True,
    looks=r"^[\d\s\x{A0}\x{202F}]{13,24}$",
    words={"format": "siret"},
    valid=("21490007800012", "214 900 078 00012"),
    invalid=("21490007800013", "2149000780001", "angers"),
)
