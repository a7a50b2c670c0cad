"""Subsidies granted by the intercommunality and its communes, in the national schema SCDL 2.1.1.

The grantors are real (their SIREN is in the extract), the subsidies and those who receive them are
not (`assets.demo.names`). Amounts keep the usual shape: many small ones, a few large.
"""

import datetime as dt

from assets.demo.chance import Chance
from assets.demo.damage import Damage, Row, replaced
from assets.demo.names import CLUBS, PLACES, invented_siren, siret
from assets.demo.world import Fate, Generated, Options, World

VERSION = 1
# The names and the order of schema.data.gouv.fr, then our mark.
HEADER = (
    "nomAttribuant", "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire",
    "idBeneficiaire", "rnaBeneficiaire", "objet", "montant", "nature", "conditionsVersement",
    "datesPeriodeVersement", "idRAE", "notificationUE", "pourcentageSubvention", "dispositifAide",
    "origine",
)  # fmt: skip
YEARS = 4
INHABITANTS_PER_SUBSIDY = 350
AMOUNTS = (
    (300, 10), (500, 18), (1_000, 20), (1_500, 12), (2_500, 12), (5_000, 12), (8_000.5, 4),
    (15_000, 6), (30_000, 3), (60_000, 2), (150_000, 1),
)  # fmt: skip
PURPOSES = (
    "Fonctionnement de l’année", "Festival de quartier", "Achat de matériel", "Accueil de jeunes",
    "Animations climat et énergie", "Tournoi annuel", "Rénovation des locaux",
)  # fmt: skip

SPACED_RATE = 0.05
LOST_ZERO_RATE = 0.04
GROUPED_RATE = 0.03
PROSE_RATE = 0.006
WRONG_DATE_RATE = 0.005
WRONG_KEY_RATE = 0.003
NO_PURPOSE_RATE = 0.002
LONG_PURPOSE_RATE = 0.002
BARE_DELIMITER_RATE = 0.002
REPEATED_RATE = 0.006


def generate(world: World, options: Options) -> Generated:
    """One line per subsidy of the last four years."""
    chance = Chance(options.seed, "subventions")
    rows = _subsidies(world, options.until, chance)
    damage = Damage(rows, chance)
    damage.spoil("SIRET espacé", SPACED_RATE, _spaced, Fate.MENDED)
    damage.spoil("zéro initial du SIRET perdu", LOST_ZERO_RATE, _without_zero, Fate.MENDED)
    damage.spoil("montant avec espaces", GROUPED_RATE, _grouped, Fate.MENDED)
    damage.spoil("montant en toutes lettres", PROSE_RATE, _in_prose, Fate.QUARANTINED, "TYPE")
    damage.spoil("date impossible", WRONG_DATE_RATE, _wrong_date, Fate.QUARANTINED, "DATE")
    damage.spoil("SIRET erroné", WRONG_KEY_RATE, _wrong_key, Fate.QUARANTINED, "FORMAT")
    damage.spoil("objet absent", NO_PURPOSE_RATE, _no_purpose, Fate.QUARANTINED, "MANQUANT")
    damage.spoil("objet trop long", LONG_PURPOSE_RATE, _long, Fate.QUARANTINED, "LONGUEUR")
    damage.spoil(
        "séparateur sans guillemets", BARE_DELIMITER_RATE, _cut, Fate.QUARANTINED, "NB_COLONNES"
    )
    damage.repeat("convention saisie deux fois", REPEATED_RATE)
    return damage.written(HEADER, delimiter=";")


def _subsidies(world: World, until: dt.date, chance: Chance) -> list[Row]:
    population = int(world.communes["population"].sum())
    grantors = [(world.name, world.epci, population // (2 * INHABITANTS_PER_SUBSIDY))] + [
        (commune["nom"], commune["siren"], 2 + commune["population"] // INHABITANTS_PER_SUBSIDY)
        for commune in world.communes.iter_rows(named=True)
    ]
    receivers = [_receiver(chance) for _ in range(2 + population // 1_000)]
    days = (until - dt.date(until.year - YEARS + 1, 1, 1)).days
    return [
        _row(name, siren, number, until - dt.timedelta(days=chance.between(0, days)), chance)
        | chance.pick(receivers)
        for name, siren, count in grantors
        for number in range(1, count + 1)
    ]


def _receiver(chance: Chance) -> Row:
    return {
        "nom_beneficiaire": f"{chance.pick(CLUBS)} {chance.pick(PLACES)}",
        "id_beneficiaire": siret(invented_siren(chance)),
        "rna": f"W999{chance.between(0, 999_999):06d}",
    }


def _row(name: str, siren: str, number: int, day: dt.date, chance: Chance) -> Row:
    amount = chance.weighted(AMOUNTS)
    several = amount >= 15_000
    return {
        "attribuant": name,
        "id_attribuant": siret(siren),
        "date": day.isoformat(),
        "reference": f"{day.year}-{number:04d}",
        # Filled in by the receiver, kept here for the order of the columns.
        "nom_beneficiaire": "",
        "id_beneficiaire": "",
        "rna": "",
        "objet": chance.pick(PURPOSES),
        "montant": f"{amount:.2f}",
        "nature": "aide en nature" if chance.happens(0.05) else "aide en numéraire",
        "conditions": "échelonné" if several else "unique",
        "periode": f"{day}/{day + dt.timedelta(days=360)}" if several else day.isoformat(),
        "rae": "",
        "notification": "non",
        "pourcentage": "1.00",
        "dispositif": "",
        "origine": "synthetique",
    }


def _spaced(row: Row) -> Row:
    number = row["id_beneficiaire"]
    parts = (number[:3], number[3:6], number[6:9], number[9:])
    return replaced(row, id_beneficiaire=" ".join(parts))


def _without_zero(row: Row) -> Row | None:
    number = row["id_beneficiaire"]
    return replaced(row, id_beneficiaire=number[1:]) if number.startswith("0") else None


def _grouped(row: Row) -> Row | None:
    amount = float(row["montant"])
    return replaced(row, montant=f"{amount:,.2f}".replace(",", " ")) if amount >= 1_000 else None


def _in_prose(row: Row) -> Row:
    return replaced(row, montant=f"{float(row['montant']):.0f} euros, voir délibération")


def _wrong_date(row: Row) -> Row:
    return replaced(row, date=f"{row['date'][:4]}-02-30")


def _wrong_key(row: Row) -> Row:
    number = row["id_beneficiaire"]
    return replaced(row, id_beneficiaire=number[:-1] + str((int(number[-1]) + 1) % 10))


def _no_purpose(row: Row) -> Row:
    return replaced(row, objet="")


def _long(row: Row) -> Row:
    return replaced(row, objet=f"{row['objet']}, " + "avec le soutien des habitants, " * 9)


def _cut(row: Row) -> Row:
    """The purpose holds a semicolon and no quotes: the line has one value too many."""
    cut: Row = {}
    for name, value in row.items():
        cut[name] = value
        if name == "objet":
            cut["objet_suite"] = " second volet"
    return cut
