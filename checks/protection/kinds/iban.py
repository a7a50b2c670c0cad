"""A bank account (IBAN, ISO 13616): French or of another country of the SEPA area."""

from checks.formats import FORMATS
from checks.protection.kind import SPACE, Kind, Mark, compact

_FRENCH = (
    r"(?i:FR|MC)\d\dS?(?:\d{4}S?){2}\d\d[0-9A-Za-z]{2}S?(?:[0-9A-Za-z]{4}S?){2}[0-9A-Za-z]\d\d"
).replace("S", SPACE)
_FOREIGN = (
    r"(?:AD|AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|GB|GR|HR|HU|IE|IS|IT|LI|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE"
    r"|SI|SK|SM)\d\dS?(?:[0-9A-Z]{4}S?){2,7}[0-9A-Z]{0,3}"
).replace("S?", SPACE + "?")


def _key(text: str) -> str:
    shape, holds = FORMATS["iban"].shape, FORMATS["iban"].key
    assert holds is not None
    short = compact(text)
    return f"case when regexp_matches({short}, '{shape}') then {holds(short)} end"


KIND = Kind(
    what="un compte bancaire (IBAN)",
    nature="direct",
    titles=("iban", "rib"),
    marks=(Mark(_FRENCH, key=_key, evidence=0.2), Mark(_FOREIGN, key=_key, evidence=0.2)),
    glance=(
        r"(?i:FR|MC)[0-9]{2}[^0-9A-Za-z]?[0-9]{4}",
        r"[A-Z]{2}[0-9]{2} ?[0-9A-Z]{4} ?[0-9A-Z]{4} ?[0-9]{2}",
    ),
    person=True,
    example="FR76 3000 1007 9412 3456 7890 185",
    drafts=("FR7630001007941234567890185",),
    valid=("FR7630001007941234567890185", "FR76 3000 1007 9412 3456 7890 185"),
    invalid=("FR76300010079412345678", "30001007941234567890185", "FR7730001007941234567890185"),
)
