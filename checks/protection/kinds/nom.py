"""Somebody’s name: a civility before a capital, a first name beside another word, or a title.

No lexicon holds the surnames of a country: alone, a surname is known by its title.
"""

from checks.protection.given_names import is_given_name
from checks.protection.kind import NEVER, Kind, Mark
from checks.protection.things import THINGS

_WORD = r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]+"
_FULL = rf"(?i:(?:M|Mr|Mme|Mlle)\.? )?{_WORD},?(?: {_WORD}){{1,3}}"
_CIVILITY = r"(?:M\.|Mr\.?|MM\.|Mmes?|MME|Mlle|MLLE|Monsieur|MONSIEUR|Madame|MADAME|Mademoiselle)"
_STREET = (
    "(?i:rue|avenue|place|all[ée]e|impasse|square|[ée]cole|coll[èe]ge|lyc[ée]e|boulevard|cours|quai"
    "|r[ée]sidence|salle|stade)"
)
_CAPITAL = r"[A-ZÀ-Þ][A-Za-zÀ-ɏ'’-]+"
_CALLED = rf"(?:{_STREET}[^,;.\d]{{0,20}}[^A-Za-zÀ-ɏ])?{_CIVILITY} {_CAPITAL}(?: {_CAPITAL})?"
# « rue Madame de Sévigné » is a street; « Madame La Préfète », an office.
_NOBODY = (
    rf"^{_STREET}|(?: (?:Le|La|Les)| (?:(?:Le|La|Les) )?(?:Maire|Pr[ée]|Direct|Minist|S[ée]nat|"
    r"D[ée]put|Conseil|Adjoint|Rapporteu|Commissaire|Juge)[A-Za-zÀ-ɏ]*)$"
)


def _first_or_last(text: str) -> str:
    bare = rf"regexp_replace({text}, '^(?i:(?:M|Mr|Mme|Mlle)\.? )', '')"
    first = is_given_name(rf"regexp_extract({bare}, '^[A-Za-zÀ-ɏ]+')")
    last = is_given_name(rf"regexp_extract({bare}, '([A-Za-zÀ-ɏ]+)(?:-[A-Za-zÀ-ɏ]+)?$', 1)")
    return f"({first} or {last})"


KIND = Kind(
    what="le nom d’une personne",
    nature="direct",
    titles=(
        "nom_usage",
        "nom_naissance",
        "nom_famille",
        "nom_de_famille",
        "nom_patronymique",
        "nom_usager",
        "nom_agent",
        "nom_contact",
        "nom_demandeur",
        "nom_proprietaire",
        "nom_responsable",
        "nom_elu",
        "nom_complet",
        "nom_prenom",
        "patronyme",
        "lastname",
        "pseudonyme",
        "nom_unite_legale",
        "nom_usage_unite_legale",
    ),
    company=("nom", "noms", "nom_de_jeune_fille"),
    things=THINGS,
    marks=(
        Mark(_FULL, key=_first_or_last, where="whole", share=0.4, named=0.1),
        Mark(_CALLED, unless=_NOBODY),
        Mark(rf"{_WORD}(?:[ -]{_WORD}){{0,3}}", where="whole", share=NEVER, named=0.5),
    ),
    glance=(r"M(?:\.|r|M|me|lle|onsieur|adame|ademoiselle|LLE|ONS|ADA|ADE)",),
    person=True,
    alone=False,
    example="Durand",
    valid=("Camille DURAND", "DURAND Camille", "Demande de Mme Durand"),
    invalid=("Nantes Métropole", "Madame la Préfète", "M. le Maire", "Durand"),
)
