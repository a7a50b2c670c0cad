"""Invented words: persons, streets, schools, associations, and numbers that ring nowhere.

Every first name and surname is among the most common of the country, paired by chance. Telephone
numbers are in the ranges Arcep keeps for fiction (decision 2018-0881: 02 61 91 and 06 39 98),
e-mail addresses in domains that RFC 2606 reserves or in the `.fr` one kept for examples. No list
here is taken from a file about real persons.
"""

from assets.demo.chance import Chance

FIRST_NAMES = (
    "Camille", "Léa", "Manon", "Chloé", "Inès", "Jeanne", "Zoé", "Louise", "Aïcha", "Fatima",
    "Hugo", "Louis", "Jules", "Noé", "Éloi", "Maël", "Yanis", "Karim", "Thomas", "François",
)  # fmt: skip
SURNAMES = (
    "Martin", "Bernard", "Petit", "Durand", "Leroy", "Moreau", "Simon", "Laurent", "Lefèvre",
    "Roux", "Fournier", "Girard", "Bonnet", "Dupont", "Lambert", "Rousseau", "Blanc", "Guérin",
    "Benali", "Diallo", "Nguyen", "Garcia", "Da Silva", "Le Goff",
)  # fmt: skip
STREETS = (
    "rue des Tilleuls", "rue du Moulin", "allée des Acacias", "place du Marché", "rue de l’Église",
    "chemin des Vignes", "avenue de la Gare", "impasse des Lilas", "rue du Lavoir",
    "boulevard de la Liberté", "rue des Écoles", "square des Érables",
)  # fmt: skip
PLACES = (
    "Les Tilleuls", "Le Petit-Bois", "La Fontaine", "Les Coquelicots", "Le Grand-Pré",
    "Les Hirondelles", "La Marelle", "Les Alizés", "Le Verger", "Les Peupliers", "La Source",
    "Les Genêts", "Le Clos-Fleuri", "La Prairie", "Les Bleuets",
)  # fmt: skip
STOPS = (
    "Mairie", "Église", "Gare", "Marché", "Stade", "Médiathèque", "Collège", "Lycée", "Cimetière",
    "Zone artisanale", "Piscine", "Pont", "Moulin", "Centre commercial", "Résidence", "Parc",
)  # fmt: skip
CLUBS = (
    "Association sportive", "Club de lecture", "Compagnie de théâtre", "École de musique",
    "Atelier vélo", "Jardin partagé", "Épicerie solidaire", "Ciné-club", "Comité des fêtes",
    "Chorale", "Ressourcerie", "Amicale laïque",
)  # fmt: skip
PHONE_RANGES = ("026191", "063998")
MAIL_DOMAINS = ("example.org", "example.fr", "example.com")
# Real numbers that begin with 0 are old and few: the chance to meet one is small, and this zero is
# the one that spreadsheets lose.
SIREN_RANGE = "0999"
ACCENTS = str.maketrans("ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜàâäçéèêëîïôöùûü", "AAACEEEEIIOOUUUaaaceeeeiioouuu")


def phone(chance: Chance) -> str:
    """Ten digits that no one will ever answer."""
    return f"{chance.pick(PHONE_RANGES)}{chance.between(0, 9999):04d}"


def mail(first_name: str, surname: str, chance: Chance) -> str:
    """An address in a reserved domain."""
    person = f"{first_name}.{surname}".translate(ACCENTS).lower().replace(" ", "-")
    return f"{person}{chance.between(1, 99)}@{chance.pick(MAIL_DOMAINS)}"


def keyed(digits: str) -> str:
    """The digits and the one more that makes their Luhn sum a multiple of ten."""
    total = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    total += sum(int(digit) for digit in digits[-2::-2])
    return digits + str(-total % 10)


def siret(siren: str, establishment: int = 1) -> str:
    """The number of an establishment: fourteen digits with a valid key."""
    return keyed(f"{siren}{establishment:04d}")


def invented_siren(chance: Chance) -> str:
    """Nine digits with a valid key, in a range where real numbers are few."""
    return keyed(f"{SIREN_RANGE}{chance.between(0, 9999):04d}")
