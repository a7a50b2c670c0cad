"""A French telephone number of a person (ARCEP’s numbering plan): 01 to 07 and 09.

Numbers in 08 are those of services. Ten bare figures are believed in words, or where half of the
bare numbers of ten figures of the column are such: one in twelve is, by chance.
"""

from checks.protection.kind import NEVER, TEN_FIGURES, Kind, Mark

_SIGN = r"[ ./\x{A0}\x{202F}\x{2009}-]"
_ABROAD = (
    r"(?:\+|\b00S?)(?:33|262|508|590|594|596|687|689)S{0,2}(?:\(0\)S{0,2})?[1-79](?:S?\d\d){4}"
).replace("S", _SIGN)
_SPACED = (
    rf"0[1-79](?:(?:{_SIGN}\d\d){{4}}|\d\d(?:{_SIGN}\d\d){{3}}"
    rf"|(?:{_SIGN}\d{{3}}){{2}}{_SIGN}\d\d|\d\d(?:{_SIGN}\d{{3}}){{2}})"
    rf"|0{_SIGN}[1-79]\d\d(?:{_SIGN}\d{{3}}){{2}}"
)
_BARE = r"0[1-79]\d{8}"
_CUE = (
    r"(?i:t[ée]l|t[ée]l[ée]phone|portable|mobile|joindre|joignable|joignables|appeler|rappeler|num[ée]ro)"
    r"[^\d+]{0,20}"
)

KIND = Kind(
    what="un numéro de téléphone",
    nature="direct",
    titles=("telephone", "tel", "portable", "fax", "mobile", "numero_de_telephone", "gsm"),
    things=("code", "id", "siren", "siret", "dossier", "compteur", "facture", "reference", "ref"),
    marks=(
        Mark(_ABROAD),
        # Five pairs may be a version or a list: half of those of the column must be numbers.
        Mark(_SPACED, alike=rf"{_SPACED}|\d\d(?:{_SIGN}\d\d){{4}}", evidence=0.5),
        Mark(_BARE, where="in words", alike=r"\d{10}", evidence=0.5),
        Mark(_BARE, where="whole", alike=r"\d{10}", evidence=0.5, share=0.3, named=0.05),
        # A spreadsheet lost the zero: only the title tells it from a SIREN.
        Mark(r"[1-79]\d{8}", where="whole", share=NEVER, named=0.5),
    ),
    glance=(TEN_FIGURES, r"\+[0-9]"),
    format="telephone",
    # A number kept for fiction by ARCEP (decision 2018-0881).
    example="06 39 98 12 34",
    drafts=("0639981234", "06 39 98 12 34", "+33639981234", "02.41.05.40.00"),
    valid=(
        "0639981234",
        "06 39 98 12 34",
        "+33639981234",
        "+33 (0)6 39 98 12 34",
        "0033 6 39 98 12 34",
        "02.41.05.40.00",
        "02-41-05-40-00",
        "0241 05 40 00",
    ),
    invalid=("063998123", "1639981234", "mairie", "06399812345"),
    nobody=("0800 123 456", "08 92 12 34 56"),
)
