"""A French bank account (IBAN, ISO 13616)."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un compte bancaire (IBAN)",
    titles=("iban", "rib"),
    alone=True,
    holds=r"regexp_matches(TEXT, '^FR\d{2}[ ]?(\d{4}[ ]?){2}\d{2}[0-9A-Z ]{10,14}\d{2}$')",
    personal="direct",
    example="FR76 3000 1007 9412 3456 7890 185",
    valid=("FR7630001007941234567890185", "FR76 3000 1007 9412 3456 7890 185"),
    invalid=("FR76300010079412345678", "30001007941234567890185"),
)
