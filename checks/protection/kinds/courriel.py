"""An e-mail address of a person.

« mairie@… », « contact@… » lead to a desk, not to somebody: the CNIL does not count the shared
address of an organisation as personal data, and neither does the scanner.
"""

from checks.protection.kind import Kind, Mark

# The mailboxes of desks and services: alone, or followed by what they serve.
_DESKS = (
    "accueil|administratif|administration|adm|annuaire|archives|association|asso|billetterie"
    "|bibliotheque|bureau|cabinet|ccas|cdg|centre|clsh|club|college|commercial|communaute|commune"
    "|communication|compta|comptabilite|contacts?|contrat|courrier|creche|demarches|dgs|direction"
    "|directeur|dpd|dpo|dsi|ecole|epicerie|etat-?civil|exploitation|facturation|factures|finances"
    "|formation|gestion|groupe|help|hotline|infos?|information|jeunesse|lycee|mairie|maintenance"
    "|marches|mediatheque|musee|no-?reply|ne-?pas-?repondre|office|olaf|opendata|data|donnees"
    "|ouverture|parking|permanence|piscine|police|postmaster|presidence|president|presse|projet"
    "|rgpd|reception|recrutement|reservation|residence|restaurant|rh|ri|sav|scolaire|secretaire"
    "|secretariat|services?|siege|sport|sports|standard|support|syndicat|technique|tourisme"
    "|transport|urbanisme|vie-?associative|ville|voirie|webmaster"
)
# A school's own address is « ce. » and its number (Éducation nationale).
_SHARED = (
    rf"^(?i:(?:{_DESKS})(?:[._+0-9-][^@]*)?|(?:mairie|commune|ville|ecole|asso)[^@]*"
    r"|ce\.\d{7}[a-z])(?:@|\s?[(\[])"
)

KIND = Kind(
    what="une adresse électronique",
    nature="direct",
    titles=("mail", "email", "courriel", "mel", "e_mail", "adresse_electronique"),
    marks=(
        Mark(
            r"[^\s@,;:<>()\[\]\"|/]{1,64}(?:@|\s?[(\[]\s?(?:at|a|arobase)\s?[)\]]\s?)(?:[0-9A-Za-z-]{1,63}\.){1,6}[A-Za-z]{2,24}",
            unless=_SHARED,
        ),
    ),
    glance=(r"@|arobase|[\[(] ?at? ?[\])]",),
    person=True,
    format="email",
    example="camille.durand@example.org",
    drafts=("camille.durand@example.org",),
    valid=("camille.durand@example.org", "c.durand [at] example.fr", "éloi+ville@mail.example.org"),
    invalid=("camille.durand", "@example.org"),
    nobody=("mairie@example.org", "contact.saint-jean@example.fr", "ce.0490001K@example.fr"),
)
