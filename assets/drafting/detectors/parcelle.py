"""The number of a land parcel (cadastre): fourteen characters."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un numéro de parcelle cadastrale",
    titles=("parcelle", "parcelles", "id_parcelle", "ancien_id_parcelle", "cad_parcelle"),
    words={"constraints": {"pattern": r"^([013-9]\d|2[AB1-9])\d{3}\d{3}[0-9A-Z]{2}\d{4}$"}},
    valid=("01004000AB0123", "33063000KW0045"),
    invalid=("AB0123", "01004000AB012"),
)
