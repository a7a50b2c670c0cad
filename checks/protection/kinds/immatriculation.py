"""The plate of a French vehicle: it leads to a person.

SIV since 2009 (« AA-229-AA », without I, O, U nor SS), FNI before (« 123 ABC 49 »).
"""

from checks.protection.kind import Kind, Mark

_PAIR = "(?:[A-HJ-NP-RTV-Z][A-HJ-NP-TV-Z]|S[A-HJ-NP-RTV-Z])"
_DEPARTEMENT = "(?:0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])"
_ANY = r"[A-Z]{2}-\d{3}-[A-Z]{2}"

KIND = Kind(
    what="une plaque d’immatriculation",
    nature="indirect",
    titles=("immatriculation", "plaque", "plaque_immatriculation", "num_immat", "immat"),
    things=("parcelle", "section", "cadastre", "rcs", "tva"),
    marks=(
        # Six pairs of random letters in ten could be a plate’s: nine in ten must be.
        Mark(rf"{_PAIR}-\d{{3}}-{_PAIR}", alike=_ANY, evidence=0.9, cells=2),
        Mark(
            rf"{_PAIR} ?\d{{3}} ?{_PAIR}",
            where="whole",
            alike=r"[A-Z]{2} ?\d{3} ?[A-Z]{2}",
            evidence=0.9,
            share=0.3,
            named=0.1,
        ),
        Mark(
            rf"[1-9]\d{{1,3}}[ -]?[A-HJ-NP-TV-Z]{{2,3}}[ -]?{_DEPARTEMENT}",
            where="whole",
            alike=r"\d{1,4}[ -]?[A-Z]{1,3}[ -]?\d{2,3}",
            evidence=0.95,
            share=0.3,
            named=0.1,
        ),
    ),
    glance=(r"[A-Z][A-Z]-[0-9][0-9][0-9]-[A-Z]",),
    example="AA-229-AA",
    drafts=("AA-229-AA", "BC123DE"),
    valid=("AA-229-AA", "BC123DE", "BC 123 DE", "1234 AB 49", "123 ABC 2A"),
    invalid=("AA-22-AA", "123 ABC 99", "SO-123-II", "SS-123-AA"),
)
