"""SIREN: the number of a company or an authority (Insee), nine digits and Luhn’s key."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un numéro SIREN",
    titles=("siren", "code_epci", "epci"),
    alone=True,
    looks=r"^[\d\s\x{A0}\x{202F}]{9,18}$",
    words={"format": "siren"},
    valid=("552100554", "200 000 172"),
    invalid=("214900079", "21490007", "nantes"),
)
