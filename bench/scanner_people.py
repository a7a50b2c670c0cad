"""Invented values: persons as files write them, and what only looks like somebody.

Nothing here is taken from the detectors: names, spellings and keys are written anew, and a third of
the first names are in no list of the most given. Telephone numbers are in the ranges ARCEP keeps
for fiction, addresses in domains RFC 2606 reserves, keys are computed.
"""

import random

_GIVEN = """
Marie Jean Pierre Jeanne Michel Françoise André Louis Monique Catherine Nathalie Isabelle Stéphane
Christophe Sandrine Céline Julien Élodie Kévin Jordan Léa Théo Manon Enzo Inès Mohamed Fatima Aïcha
Youssef Mamadou Ngoc Xin Priya Zbigniew Oleksandr Svetlana Dragan Kwame Tuğba Björn Maïwenn
Gwenn-Aël Erwan Azilis Ange-Marie Marie-Thérèse Jean-Baptiste Louis-Marie Isidore Théodule Cunégonde
Euphrasie Zéphirin Appoline Philomène Liv Swann Isaure Côme Foucauld Timothée Lise-Marie Noémie Loïs
Marceau Gaspard Apollinaire Kenza Ilyès Soukaïna Fatoumata Boubacar Thi-Mai Wei João Conceição
Giulia Matteo Wojciech Ewa Rachel David Esther Samuel Océane Chloé Lucas Hugo Jade Raphaël Gabriel
Alice Rose Ambre Louise Mila Jules Arthur Léo
"""
_FAMILY = """
Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy
Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Benali Traoré
Nguyen Da-Silva Kowalski Özdemir Le-Goff Kerbrat Etcheverry Zidane N’Diaye Schneider Muller Abidi
Diallo Chevallier Poirier Humeau Gourdon Ménard Abline Chauvigné
"""
GIVEN, FAMILY = _GIVEN.split(), _FAMILY.split()
WAYS = ("rue", "avenue", "bd", "boulevard", "chemin", "allée", "impasse", "place", "route")
WAY_NAMES = (
    "des Lilas", "de la Gare", "Victor-Hugo", "du 8-Mai-1945", "Marie-Curie", "de l’Église",
    "Jean-Jaurès", "du Général Leclerc", "Pierre Mendès-France", "de Bretagne", "du Moulin",
)  # fmt: skip
TOWNS = ("Angers", "Trélazé", "Avrillé", "Beaucouzé", "Les Ponts-de-Cé", "Verrières-en-Anjou")
DESKS = ("contact", "mairie", "accueil", "info", "secretariat", "urbanisme")
SCHOOLS = ("Jules Ferry", "Marie Curie", "Jean Moulin", "Les Tilleuls", "Victor Hugo")
PLACES = ("Les Tilleuls", "Le Grand Pré", "La Marelle", "Centre", "Belle-Beille", "La Roseraie")
OFFICES = ("Madame la Préfète", "Monsieur le Directeur départemental", "M. le Maire")
PLATE = "ABCDEFGHJKLMNPQRSTVWXYZ"
FICTION = ("063998", "026191", "019900", "053640")
# Texts in which nobody is named, full of dates, sums, places and numbers.
SUBJECTS = (
    "Le lampadaire est éteint depuis le 12/03/2025, merci d’intervenir.",
    "Dépôt sauvage signalé devant le 14 rue des Lilas, photo jointe.",
    "Demande n° 2025-004512 relative au bac jaune, tournée du mardi.",
    "Réponse de Monsieur le Maire attendue avant le conseil du 3 juin.",
    "Facture 0912345 réglée pour 1 245,30 € le 2 janvier.",
    "Nid-de-poule au carrefour de la place Madame de Sévigné.",
    "Rappel : le numéro vert est le 0 800 123 456, service gratuit.",
    "Voir l’arrêté 49-2024-07-018 et la parcelle AB 123.",
    "Contact habituel du service : mairie@example.org, standard ouvert.",
    "Le marché 2024DT0042 est notifié, SIRET 244 900 015 00011.",
    "RAS",
    "Sans objet",
    "Coordonnées 47.4784, -0.5632 relevées au GPS.",
)


class People:
    """Values drawn from one seed; a value is the name of one of these methods."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def drawn(self, pattern: str) -> str:
        """`#` is a figure, `@` a capital, `%` a hexadecimal figure; the rest stands."""
        signs = {"#": "0123456789", "@": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "%": "0123456789abcdef"}
        return "".join(self.chance.choice(signs.get(sign, sign)) for sign in pattern)

    def one_in(self, share: float) -> bool:
        return self.chance.random() < share

    # --- persons --------------------------------------------------------------------------------

    def given(self) -> str:
        name = self.chance.choice(GIVEN)
        return name.upper() if self.one_in(0.2) else name

    def family(self) -> str:
        return self.chance.choice(FAMILY).replace("-", " ")

    def full_name(self) -> str:
        pair = [self.family().upper(), self.given()]
        return " ".join(pair if self.one_in(0.5) else reversed(pair))

    def civil_name(self) -> str:
        title = self.chance.choice(("M.", "Mme", "Monsieur", "Madame", "Mlle"))
        return f"{title} {self.family()}"

    def mail(self) -> str:
        local = f"{self.chance.choice(GIVEN)}.{self.chance.choice(FAMILY)}".lower()
        local = local.encode("ascii", "ignore").decode()
        domain = self.chance.choice(("example.org", "mail.example.fr"))
        return f"{local}{self.chance.choice(('', '49', '.1'))}@{domain}"

    def hidden_mail(self) -> str:
        return self.mail().replace("@", " [at] ")

    def bare_phone(self) -> str:
        return self.chance.choice(FICTION) + self.drawn("####")

    def phone_without_zero(self) -> int:
        return int(self.bare_phone())

    def phone(self) -> str:
        n = self.bare_phone()
        rest = spaced(n[2:], 2, 2, 2, 2)
        pairs = f"{n[:2]} {rest}"
        return self.chance.choice(
            (
                pairs,
                pairs.replace(" ", "."),
                pairs.replace(" ", "-"),
                pairs.replace(" ", "\u00a0"),
                n,
                f"{n[:4]} {spaced(n[4:], 2, 2, 2)}",
                f"{n[:2]} {spaced(n[2:], 3, 3, 2)}",
                f"0 {spaced(n[1:], 3, 3, 3)}",
                f"+33 {n[1]} {rest}",
                f"+33{n[1:]}",
                f"0033{n[1:]}",
                f"+33 (0){n[1]} {rest}",
            )
        )

    def nir(self) -> str:
        place = self.chance.choice(("49", "75", "13", "2A", "2B", "99", "97"))
        month = f"{self.chance.randint(1, 12):02d}"
        body = f"{self.chance.choice('12')}{self.drawn('##')}{month}{place}{self.drawn('######')}"
        number = int(body.replace("2A", "19").replace("2B", "18"))
        return f"{body}{97 - number % 97:02d}"

    def spaced_nir(self) -> str:
        return spaced(self.nir(), 1, 2, 2, 2, 3, 3, 2)

    def nir_without_key(self) -> str:
        return self.nir()[:13]

    def iban(self) -> str:
        account = self.drawn("#" * 23)
        return f"FR{98 - int(account + '152700') % 97:02d}{account}"

    def spaced_iban(self) -> str:
        return spaced(self.iban(), 4, 4, 4, 4, 4, 4, 3)

    def plate(self) -> str:
        pairs = ["".join(self.chance.choices(PLATE, k=2)).replace("SS", "ST") for _ in range(2)]
        return f"{pairs[0]}-{self.drawn('###')}-{pairs[1]}"

    def bare_plate(self) -> str:
        return self.plate().replace("-", "")

    def old_plate(self) -> str:
        letters = "".join(self.chance.choices(PLATE, k=self.chance.choice((2, 3))))
        where = self.chance.choice(("49", "44", "75", "2A"))
        return f"{self.chance.randint(10, 9999)} {letters} {where}"

    def address(self) -> str:
        number = f"{self.chance.randint(1, 180)}{self.chance.choice(('', '', ' bis', 'B'))}"
        return f"{number} {self.way()}"

    def birth(self) -> str:
        day, month = self.chance.randint(1, 28), self.chance.randint(1, 12)
        return f"{self.chance.randint(1930, 2015)}-{month:02d}-{day:02d}"

    def french_birth(self) -> str:
        return "/".join(reversed(self.birth().split("-")))

    # --- persons in words -----------------------------------------------------------------------

    def asked_by(self) -> str:
        return f"Demande de {self.civil_name()}, à rappeler."

    def met(self) -> str:
        """A name without a civility, as one writes it of a colleague."""
        return f"vu avec {self.given()} {self.family()} sur place"

    def born(self) -> str:
        said = self.chance.choice(("né le", "née le", "Né(e) le", "date de naissance :"))
        return f"Enfant {said} {self.french_birth()}."

    def living(self) -> str:
        return f"J’habite au {self.address()}"

    # --- nobody ---------------------------------------------------------------------------------

    def way(self) -> str:
        return f"{self.chance.choice(WAYS)} {self.chance.choice(WAY_NAMES)}"

    def desk(self) -> str:
        end = self.chance.choice(("", ".angers", "-49"))
        return f"{self.chance.choice(DESKS)}{end}@example.fr"

    def company(self) -> str:
        kind = self.chance.choice(("SARL", "SAS", "EARL", "SCI", "Boulangerie", "Garage"))
        return f"{kind} {self.chance.choice((*FAMILY, *WAY_NAMES))}"

    def hall(self) -> str:
        return f"Salle {self.given()} {self.family()}"

    def friends(self) -> str:
        return f"Les amis de {self.given()} {self.family()}"

    def school(self) -> str:
        return self.chance.choice(SCHOOLS)

    def site(self) -> str:
        return self.school() if self.one_in(0.3) else self.chance.choice(PLACES)

    def town(self) -> str:
        return self.chance.choice(TOWNS)

    def office(self) -> str:
        return self.chance.choice(OFFICES)

    def subject(self) -> str:
        return self.chance.choice(SUBJECTS)

    def siren(self) -> str:
        return luhn(self.drawn("########"))

    def siret(self) -> str:
        return luhn(self.drawn("#############"))

    def spaced_siret(self) -> str:
        return spaced(self.siret(), 3, 3, 3, 5)

    def ean(self) -> str:
        return luhn(self.drawn("############"))

    def imei(self) -> str:
        return luhn(self.drawn("##############"))

    def long_number(self) -> int:
        return int(self.drawn("1##############"))

    def recent_day(self) -> str:
        return self.drawn("202#-0#-1#").replace("-00-", "-01-")

    def period(self) -> str:
        return f"du {self.french_birth()} au {self.french_birth()}"


def luhn(digits: str) -> str:
    """The digits and the one more that makes their sum a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


def spaced(text: str, *lengths: int) -> str:
    """A number in groups."""
    parts, start = [], 0
    for length in lengths:
        parts.append(text[start : start + length])
        start += length
    return " ".join(parts)
