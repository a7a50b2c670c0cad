"""The social security number (NIR): its thirteen characters, alone or with their key.

Its use is limited by decree (n° 2019-341): finding one is a reason to stop and ask.
"""

from assets.drafting.detector import Detector

BODY = "replace(replace(substr(SAID, 1, 13), '2A', '19'), '2B', '18')"
SHAPE = r"^[12]\d{2}(0[1-9]|1[0-2]|[2-9]\d)(\d{2}|2[AB])\d{6}\d{2}$"
SAID = r"regexp_replace(TEXT, '[\s\x{A0}.]', '', 'g')"

DETECTOR = Detector(
    what="un numéro de sécurité sociale (NIR)",
    titles=("nir", "numero_securite_sociale", "num_secu", "insee_individu"),
    alone=True,
    words={"personal_data": "nir"},
    holds=(
        f"(regexp_matches({SAID}, '{SHAPE}') and 97 - try_cast({BODY} as bigint) % 97 = "
        "try_cast(substr(SAID, 14, 2) as bigint))"
    ).replace("SAID", SAID),
    personal="nir",
    example="1 85 05 78 006 084 91",
    valid=("185057800608491", "1 85 05 78 006 084 91"),
    invalid=("185057800608492", "55210055400013", "1850578006084"),
)
