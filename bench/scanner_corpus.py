"""A labelled corpus: tables of persons, tables of nobody, and who is in each cell.

Each table is rows of words: the title of a column (silent as those of real files often are), what
it holds, and the value of `scanner_people` that fills it, or a pattern of figures and letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scanner_people import People

ROWS, EMPTY, SEED = 500, 0.05, 20180525

# (title, kind, value): columns whose every cell is somebody's.
PERSONS = {
    "usagers": (
        ("nom", "nom", "family"),
        ("prenom", "prenom", "given"),
        ("courriel", "courriel", "mail"),
        ("telephone", "telephone", "phone"),
        ("adresse", "adresse", "address"),
        ("date_naissance", "naissance", "birth"),
    ),
    "export_sans_titres": (
        ("c1", "nom", "full_name"),
        ("c2", "prenom", "given"),
        ("c3", "courriel", "mail"),
        ("c4", "telephone", "bare_phone"),
        ("c5", "nir", "nir"),
        ("c6", "iban", "iban"),
        ("c7", "immatriculation", "plate"),
        ("c8", "adresse", "address"),
        ("c9", "nom", "family"),
        ("c10", "naissance", "french_birth"),
    ),
    "regie": (
        ("payeur", "nom", "full_name"),
        ("compte", "iban", "spaced_iban"),
        ("nom_usager", "nom", "family"),
    ),
    "stationnement": (
        ("plaque", "immatriculation", "bare_plate"),
        ("vehicule", "immatriculation", "plate"),
        ("ancien_vehicule", "immatriculation", "old_plate"),
    ),
    "action_sociale": (
        ("numero", "nir", "spaced_nir"),
        ("num_secu", "nir", "nir_without_key"),
        ("ne_le", "naissance", "french_birth"),
    ),
    "agents": (
        ("agent", "nom", "full_name"),
        ("mel", "courriel", "hidden_mail"),
        ("poste", "telephone", "phone"),
        ("mobile", "telephone", "phone_without_zero"),
        ("responsable", "nom", "civil_name"),
    ),
}
# (title, value most of the time, (kind, value, share of the rows)): free texts.
TEXTS = {
    "usagers": (
        ("remarque", "subject", (("telephone", "phone", 0.01), ("courriel", "mail", 0.005))),
    ),
    "action_sociale": (
        ("suivi", "subject", (("naissance", "born", 0.02), ("nir", "spaced_nir", 0.005))),
    ),
    "signalements": (
        (
            "description",
            "subject",
            (
                ("telephone", "phone", 0.01),
                ("courriel", "mail", 0.01),
                ("nom", "asked_by", 0.02),
                ("iban", "spaced_iban", 0.004),
                ("immatriculation", "plate", 0.01),
                ("adresse", "living", 0.02),
            ),
        ),
        ("note", "subject", (("nom", "met", 0.02),)),
    ),
    "contacts": (("contact", "desk", (("courriel", "mail", 0.3),)),),
}
# (title, what it looks like, value or pattern): nobody.
NOBODY = {
    "entreprises": (
        ("siren", "SIREN", "siren"),
        ("siret", "SIRET", "siret"),
        ("c1", "SIRET espacé", "spaced_siret"),
        ("tva", "numéro de TVA", "FR###########"),
        ("rna", "RNA", "W#########"),
        ("activite", "code NAF", "##.##Z"),
        ("denomination", "raison sociale", "company"),
        ("adresse", "adresse d’un établissement", "address"),
        ("contact", "courriel de service", "desk"),
        ("telephone", "numéro en 08", "08## ### ###"),
    ),
    "codes": (
        ("code_commune", "code INSEE", "49###"),
        ("iris", "code IRIS", "49#######"),
        ("code_postal", "code postal", "49###"),
        ("uai", "UAI", "049####K"),
        ("finess", "FINESS", "49#######"),
        ("parcelle", "parcelle", "49007000@@####"),
        ("permis", "permis de construire", "PC 049 007 24 A####"),
        ("uuid", "UUID", "%%%%%%%%-%%%%-%%%%-%%%%-%%%%%%%%%%%%"),
        ("empreinte", "pseudonyme", "k2:%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"),
    ),
    "references": (
        ("ref", "9 chiffres au hasard", "#########"),
        ("ref2", "10 chiffres au hasard", "##########"),
        ("ref3", "13 chiffres (EAN)", "ean"),
        ("pdl", "14 chiffres (point de livraison)", "##############"),
        ("imei", "15 chiffres (IMEI)", "imei"),
        ("r6", "15 chiffres, en nombre", "long_number"),
        ("dossier", "numéro précédé de zéros", "0000######"),
        ("produit", "référence AB-123-CD", "@@-###-@@"),
        ("lot", "référence de 27 signes", "FR#########################"),
        ("bordereau", "référence 1234 AB 567", "#### @@ ###"),
    ),
    "mesures": (
        ("montant", "prix", "### ###,## €"),
        ("position", "GPS", "47.######, -0.######"),
        ("lambert", "Lambert 93", "######.## #######.##"),
        ("jour", "date", "recent_day"),
        ("instant", "horodatage", "2025-01-1#T1#:2#:00"),
        ("compact", "horodatage compact", "202501011#2#00"),
        ("ip", "adresse IP", "1##.1##.##.##"),
        ("version", "version", "##.##.##.##.##"),
    ),
    "lieux": (
        ("commune", "commune", "town"),
        ("voie", "nom de voie", "way"),
        ("nom_ecole", "école au nom de quelqu’un", "school"),
        ("salle", "salle au nom de quelqu’un", "hall"),
        ("association", "association au nom de quelqu’un", "friends"),
        ("adresse", "adresse d’un équipement", "address"),
        ("libelle", "sites, un quart au nom de quelqu’un", "site"),
    ),
    "textes": (
        ("objet", "texte libre sans personne", "subject"),
        ("motif", "office sans nom", "office"),
        ("periode", "dates dans un texte", "period"),
        ("decision", "délibération", "Convention n° ########## du 1# juin, ## 000 €"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column: its values, and for each the kinds of personal data that it holds.

    `look` says what a column of nobody looks like.
    """

    name: str
    values: Sequence[str | int | None]
    labels: Sequence[frozenset[str]]
    look: str = ""

    @property
    def kinds(self) -> frozenset[str]:
        """What must be found in the column."""
        return frozenset().union(*self.labels)


def tables() -> list[tuple[str, list[Column]]]:
    """Tables of persons, then tables of nobody."""
    people = People(SEED)
    found = []
    for name in dict.fromkeys([*PERSONS, *TEXTS]):
        columns = [_full(people, *words) for words in PERSONS.get(name, ())]
        columns += [_text(people, *words) for words in TEXTS.get(name, ())]
        found.append((name, columns))
    for name, each in NOBODY.items():
        found.append((name, [_full(people, title, "", value, look) for title, look, value in each]))
    return found


def _value(people: People, value: str) -> str | int:
    """What a word of these tables stands for."""
    make = getattr(people, value, None)
    return people.drawn(value) if make is None else make()


def _full(people: People, title: str, kind: str, value: str, look: str = "") -> Column:
    values = [None if people.one_in(EMPTY) else _value(people, value) for _ in range(ROWS)]
    held = frozenset({kind}) if kind else frozenset()
    return Column(
        title, values, [held if each is not None else frozenset() for each in values], look
    )


def _text(
    people: People, title: str, usual: str, inside: Sequence[tuple[str, str, float]]
) -> Column:
    values, labels = [], []
    for _ in range(ROWS):
        said = [
            (kind, _value(people, value)) for kind, value, share in inside if people.one_in(share)
        ]
        text = str(_value(people, usual))
        alone = usual != "subject"
        values.append(
            str(said[0][1]) if said and alone else " ".join([text, *(str(v) for _, v in said)])
        )
        labels.append(frozenset(kind for kind, _ in said))
    return Column(title, values, labels)
