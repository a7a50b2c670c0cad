"""Requests of residents to the services of the authority: the personal data of the demo.

Nobody in it exists (`assets.demo.names`). Requests follow the inhabitants of each IRIS. Free text
is where persons leave what nobody asked for: some lines hold a telephone number or an e-mail
address, as real ones do.
"""

import datetime as dt

import polars as pl

from assets.demo.chance import Chance
from assets.demo.damage import Damage, Row, replaced
from assets.demo.names import FIRST_NAMES, STREETS, SURNAMES, mail, phone
from assets.demo.world import Fate, Generated, Options, World

VERSION = 2
HEADER = (
    "Numéro",
    "Date de dépôt",
    "Date de clôture",
    "Service",
    "Statut",
    "Nom",
    "Prénom",
    "Courriel",
    "Téléphone",
    "Adresse",
    "Code IRIS",
    "Description",
    "Origine",
)
REQUESTS_PER_INHABITANT = 0.02
LEAST = 5_000
DAYS = 540
# Each service: its share of the requests, its usual delay in days, what people write.
SERVICES = {
    "Propreté et déchets": (30, 6, "Bac non collecté depuis une semaine"),
    "Voirie et éclairage": (26, 12, "Lampadaire éteint devant la maison"),
    "Eau et assainissement": (10, 8, "Fuite au pied du compteur"),
    "Espaces verts": (10, 15, "Branche tombée sur le trottoir"),
    "Transports": (9, 10, "Arrêt déplacé sans information"),
    "Petite enfance et éducation": (8, 9, "Inscription au restaurant scolaire"),
    "Urbanisme": (6, 40, "Question sur une déclaration préalable"),
    # Rare on purpose: its monthly counts are under the threshold of secrecy.
    "Cimetières": (0.6, 20, "Renouvellement d’une concession"),
}
WITHOUT_MAIL, WITHOUT_PHONE = 0.15, 0.2
POLITE = ("Merci de votre aide.", "Cordialement.", "Déjà signalé le mois dernier.", "")

SPACED_PHONE_RATE = 0.3
CONTACT_IN_TEXT_RATE = 0.03
SEVERAL_LINES_RATE = 0.02
CLOSED_BEFORE_RATE = 0.002
BROKEN_MAIL_RATE = 0.003
SHORT_PHONE_RATE = 0.003
IMPOSSIBLE_DATE_RATE = 0.002
UNKNOWN_IRIS_RATE = 0.002
REPEATED_RATE = 0.005


def _rate(world: World) -> float:
    """Requests per inhabitant; more where there are few, or every monthly count would be hidden."""
    return max(REQUESTS_PER_INHABITANT, LEAST / int(world.iris["population"].sum()))


def generate(world: World, options: Options) -> Generated:
    """One line per request of the last eighteen months."""
    chance = Chance(options.seed, "demandes_usagers")
    rows = _requests(world, options.until, chance)
    damage = Damage(rows, chance)
    damage.spoil("clôture avant le dépôt", CLOSED_BEFORE_RATE, _closed_before, Fate.PUBLISHED)
    damage.spoil(
        "coordonnées dans le texte libre",
        CONTACT_IN_TEXT_RATE,
        lambda row: _with_contact(row, chance),
        Fate.PUBLISHED,
    )
    damage.spoil("texte sur plusieurs lignes", SEVERAL_LINES_RATE, _on_two_lines, Fate.MENDED)
    damage.spoil(
        "courriel sans arobase", BROKEN_MAIL_RATE, _broken_mail, Fate.QUARANTINED, "FORMAT"
    )
    damage.spoil("téléphone incomplet", SHORT_PHONE_RATE, _short_phone, Fate.QUARANTINED, "FORMAT")
    damage.spoil(
        "date impossible", IMPOSSIBLE_DATE_RATE, _impossible_date, Fate.QUARANTINED, "DATE"
    )
    damage.spoil("IRIS inconnu", UNKNOWN_IRIS_RATE, _unknown_iris, Fate.QUARANTINED, "REFERENCE")
    damage.spoil("téléphone espacé", SPACED_PHONE_RATE, _spaced_phone, Fate.MENDED)
    damage.repeat("demande envoyée deux fois", REPEATED_RATE)
    return damage.written(HEADER, encoding="utf-8-sig", delimiter=";", line_end="\r\n")


def _requests(world: World, until: dt.date, chance: Chance) -> list[Row]:
    homes = world.iris.join(
        world.communes.select("code_commune", "nom", "code_postal"),
        on="code_commune",
        maintain_order="left",
    ).with_columns(demandes=(pl.col("population") * _rate(world)).round().cast(pl.Int64))
    requests = sorted(
        (until - dt.timedelta(days=chance.between(0, DAYS)), number, home)
        for number, home in enumerate(
            (home["code_iris"], home["nom"], home["code_postal"])
            for home in homes.iter_rows(named=True)
            for _ in range(home["demandes"])
        )
    )
    return [
        _row(f"D{day.year}-{position:06d}", day, until, home, chance)
        for position, (day, _, home) in enumerate(requests, 1)
    ]


def _row(
    number: str, day: dt.date, until: dt.date, home: tuple[str, str, str], chance: Chance
) -> Row:
    service, (_, usual, subject) = chance.weighted(
        [((name, facts), facts[0]) for name, facts in SERVICES.items()]
    )
    first_name, surname = chance.pick(FIRST_NAMES), chance.pick(SURNAMES)
    closed = day + dt.timedelta(days=round(chance.around(usual, usual * 0.9)))
    street = f"{chance.between(1, 120)} {chance.pick(STREETS)}"
    return {
        "numero": number,
        "depot": f"{day:%d/%m/%Y}",
        "cloture": f"{closed:%d/%m/%Y}" if closed <= until else "",
        "service": service,
        "statut": "close" if closed <= until else "en cours",
        "nom": surname,
        "prenom": first_name,
        "courriel": "" if chance.happens(WITHOUT_MAIL) else mail(first_name, surname, chance),
        "telephone": "" if chance.happens(WITHOUT_PHONE) else phone(chance),
        "adresse": f"{street}, {home[2]} {home[1]}",
        "iris": home[0],
        "description": f"{subject}. {chance.pick(POLITE)}".strip(),
        "origine": "synthetique",
    }


def _closed_before(row: Row) -> Row | None:
    if not row["cloture"]:
        return None
    day = dt.datetime.strptime(row["depot"], "%d/%m/%Y")
    return replaced(row, cloture=f"{day - dt.timedelta(days=30):%d/%m/%Y}")


def _with_contact(row: Row, chance: Chance) -> Row:
    contact = phone(chance)
    if chance.happens(0.5):
        contact = mail(row["prenom"], row["nom"], chance)
    return replaced(row, description=f"{row['description']} Me joindre : {contact}")


def _on_two_lines(row: Row) -> Row:
    return replaced(row, description=f"Bonjour ;\n{row['description']}")


def _broken_mail(row: Row) -> Row | None:
    address = row["courriel"]
    return replaced(row, courriel=address.replace("@", " chez ")) if address else None


def _short_phone(row: Row) -> Row | None:
    return replaced(row, telephone=row["telephone"][:7]) if row["telephone"] else None


def _spaced_phone(row: Row) -> Row | None:
    digits = row["telephone"]
    pairs = " ".join(digits[start : start + 2] for start in range(0, 10, 2))
    return replaced(row, telephone=pairs) if digits else None


def _impossible_date(row: Row) -> Row:
    return replaced(row, depot=f"31/02/{row['depot'][-4:]}")


def _unknown_iris(row: Row) -> Row:
    return replaced(row, iris=row["iris"][:5] + "9999")
