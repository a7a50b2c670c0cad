"""The social security number (NIR): thirteen characters, then their key.

Its use is limited by decree (n° 2019-341): finding one is a reason to stop and ask. Written with or
without spaces, Corsica as 2A and 2B; sexes 3, 4, 7 and 8 are temporary numbers; months over 12 are
those of a birth whose month is not known (Insee, RNIPP).
"""

from checks.formats import FORMATS
from checks.protection.kind import NEVER, SPACE, TEN_FIGURES, Kind, Mark, compact

_MONTH = r"(?:0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d)"
_BODY = "S?".join((r"[1-478]", r"\d\d", _MONTH, r"(?:\d\d|2[ABab])", r"\d{3}", r"\d{3}")).replace(
    "S", SPACE
)
_KEYED = rf"{_BODY}(?:{SPACE}| ?/ ?)?\d\d"


def _key(text: str) -> str:
    digits = f"replace({compact(text)}, '/', '')"
    holds = FORMATS["nir"].key
    assert holds is not None
    return f"length({digits}) = 15 and ({holds(digits)})"


KIND = Kind(
    what="un numéro de sécurité sociale (NIR)",
    nature="nir",
    titles=("nir", "securite_sociale", "num_secu", "insee_individu", "nss"),
    # One random number of fifteen digits in six hundred passes: a whole column of them is chance.
    marks=(
        Mark(_KEYED, key=_key, evidence=0.2),
        Mark(_BODY, where="whole", share=NEVER, named=0.3),
    ),
    glance=(TEN_FIGURES,),
    person=True,
    example="1 85 05 78 006 084 91",
    drafts=("185057800608491", "1 85 05 78 006 084 91"),
    valid=(
        "185057800608491",
        "1 85 05 78 006 084 91",
        "1.85.05.78.006.084.91",
        "1 85 05 2A 004 084 95",
        "185052B00408425",
    ),
    invalid=("185057800608492", "55210055400013", "1850578006084"),
)
