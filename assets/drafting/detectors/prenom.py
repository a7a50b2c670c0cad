"""A first name, among those given most in France since 1946 (Insee, fichier des prénoms)."""

from assets.drafting.detector import Detector

_FIRST_NAMES = (
    "marie jean pierre michel andre philippe nathalie isabelle sylvie catherine martine "
    "christine francoise valerie sandrine nicolas christophe patrick daniel laurent frederic "
    "alain thomas julien sebastien stephane david alexandre pascal eric olivier bernard "
    "christian thierry guillaume vincent jacques camille emma lea manon chloe sarah lucas hugo "
    "louis gabriel raphael arthur jules adam leo nathan paul antoine maxime julie aurelie "
    "celine emilie laura pauline marine anais lucie mathilde clara ines louise jade alice lina "
    "rose anna mila sophie anne caroline monique jacqueline jeanne nicole simone denise "
    "suzanne madeleine yvette helene brigitte dominique annie veronique corinne karine "
    "stephanie virginie delphine elodie melanie amandine jessica audrey marion claire charlotte "
    "gerard robert claude rene marcel roger georges henri maurice raymond fabrice bruno franck "
    "jerome cedric fabien damien benjamin romain florian kevin anthony jeremy quentin clement "
    "mathieu adrien simon theo baptiste mohamed yanis rayan karim fatima nadia samira amina"
)
FIRST_NAMES = _FIRST_NAMES.split()

DETECTOR = Detector(
    what="un prénom",
    titles=("prenom", "prenoms", "prenom_usuel", "firstname", "first_name"),
    alone=True,
    looks=r"^[\pL .'’-]{2,30}$",
    holds="(regexp_extract(lower(strip_accents(TEXT)), '^[a-z]+') in ("
    + ", ".join(f"'{name}'" for name in FIRST_NAMES)
    + "))",
    # Half of the people have one of these names; half of anything else does not.
    share=0.5,
    personal="direct",
    example="Camille",
    valid=("Marie", "JEAN-PIERRE", "Éric"),
    invalid=("Nantes", "rue Marie Curie"),
)
