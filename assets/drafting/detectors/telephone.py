"""A French telephone number, national or international (ARCEP’s numbering plan)."""

from assets.drafting.detector import Detector

DETECTOR = Detector(
    what="un numéro de téléphone",
    titles=("telephone", "tel", "portable", "fax", "mobile", "numero_de_telephone"),
    alone=True,
    words={"format": "telephone"},
    personal="direct",
    # A number kept for fiction by ARCEP (decision 2018-0881).
    example="06 39 98 12 34",
    valid=("0639981234", "06 39 98 12 34", "+33639981234", "02.41.05.40.00"),
    invalid=("063998123", "1639981234", "mairie"),
)
