"""The day somebody was born: said in words, or announced by a title (dates: `protection.dates`)."""

from checks.protection.kind import NEVER, Kind, Mark

_MONTHS = (
    "janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
)
_DAY = rf"\d{{1,2}}(?:er)? ?[ ./-] ?(?:\d{{1,2}}|(?i:{_MONTHS})) ?[ ./-] ?(?:19|20)?\d\d"
_ANY_DAY = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d-?\d\d-?\d\d)(?:[ T].*)?"
)

KIND = Kind(
    what="une date de naissance",
    nature="indirect",
    titles=(
        "date_naissance",
        "naissance",
        "ne_le",
        "nee_le",
        "ne_e_le",
        "date_de_naissance",
        "ddn",
        "birthdate",
    ),
    things=("commune", "lieu", "pays", "departement", "nombre", "taux", "annee", "code"),
    marks=(
        Mark(rf"(?i:n[ée]e?s?(?:\(e\)|\.e|·e)?\s+le|naissance\s*:?)\s*{_DAY}"),
        Mark(_ANY_DAY, where="whole", share=NEVER, named=0.3),
    ),
    glance=(r"[Nn][EeÉé][^ ]{0,4} +[Ll][Ee] |(?i:aissance)",),
    person=True,
    alone=False,
    example="1985-05-17",
    valid=("née le 17/05/1985", "Né le 3 mars 1962", "date de naissance : 17.05.85"),
    invalid=("17/05/1985", "ouvert le 17/05/1985", "l’année le 12 mars"),
)
