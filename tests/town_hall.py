"""A territory that holds persons: who asked what of a town hall, and what is made of it.

Camille is the person whose every byte is followed; nobody else bears any of her values.
"""

import zlib
from pathlib import Path

import zstandard

from assets.platform import Platform
from checks.identity import Description
from tests.scenario import Scenario

MAIL = "camille.arbrisseau@exemple.fr"
# How she writes herself here and there: none of these may remain.
CAMILLE = (MAIL, "Arbrisseau", "ARBRISSEAU", "0639981234", "06 39 98 12 34", "rue du Tilleul bleu")
IDENTITY = Description({"courriel": MAIL})
HEAD = "numero;depose_le;nom;prenom;courriel;telephone;adresse;objet\n"
OTHERS = """\
1;03/02/2026;Durand;Aline;aline.durand@exemple.fr;06 39 98 00 01;1 rue A;lampadaire
2;04/02/2026;Petit;Basile;basile.petit@exemple.fr;;2 rue B;poubelle
3;05/02/2026;Moreau;Chloé;;06 39 98 00 03;3 rue C;"voirie; trou
sur deux lignes"
"""
HERS = f"4;06/02/2026;Arbrisseau;Camille;{MAIL};06 39 98 12 34;4 rue du Tilleul bleu;banc\n"
# Set aside: a date that does not exist, then a line that does not have its columns.
SPOILT = f"5;31/02/2026;ARBRISSEAU;Camille;{MAIL.upper()};0639981234;4 rue du Tilleul bleu;banc\n"
TORN = f"6;06/02/2026;Arbrisseau;Camille;{MAIL}\n"
SOURCE = """\
title: Demandes
description: Ce que des habitants demandent.
publisher: Mairie
license: etalab-2.0
theme: relation aux habitants
grain: une ligne par demande
profiles: [essai]
url: file:../demandes.csv
dialect: {delimiter: ";"}
cadence: quotidienne
columns:
  - {name: numero, type: integer, description: Numéro., example: "1", personal_data: indirect,
     constraints: {required: true}}
  - {name: depose_le, type: date, format: "%d/%m/%Y", description: Jour., example: 03/02/2026}
  - {name: nom, description: Nom., example: Martin, personal_data: direct, identifies: person}
  - {name: prenom, description: Prénom., example: Jo, personal_data: direct, identifies: person}
  - {name: courriel, format: email, description: Courriel., example: a@exemple.fr,
     personal_data: direct, identifies: person}
  - {name: telephone, format: telephone, description: Téléphone., example: "0639980000",
     personal_data: direct, identifies: person}
  - {name: adresse, description: Adresse., example: 1 rue, personal_data: direct}
  - {name: objet, description: Objet., example: banc}
key: [numero]
quarantine: {max_pct: 70}
protection: {personal_data: direct, register: demandes}
access: restricted
retention: {keep: 2 years, since: depose_le, reason: répondre aux demandes}
budget: {downloaded_mb: 1, stored_mb: 5, cpu_s: 60}
"""
JOINED = """\
/* ---
title: Demandes et arbres
description: Chaque demande, et le nombre d’arbres.
theme: relation aux habitants
grain: une ligne par demande
profiles: [essai]
columns:
  - {name: numero, type: integer, description: Numéro., example: "1", personal_data: indirect}
  - {name: courriel, description: Courriel., example: a@exemple.fr, personal_data: direct,
     identifies: person}
  - {name: arbres, type: integer, description: Arbres., example: "3"}
key: [numero]
protection: {personal_data: direct, register: demandes}
access: restricted
retention: {keep: 2 years, reason: répondre aux demandes}
budget: {stored_mb: 5, cpu_s: 60}
--- */
select
    numero,
    courriel,
    arbres
from sources.demandes
cross join (select count(*) as arbres from sources.arbres)
"""
COUNTED = """\
/* ---
title: Objets des demandes
description: Combien de demandes par objet.
theme: relation aux habitants
grain: une ligne par objet
profiles: [essai]
columns:
  - {name: objet, description: Objet., example: banc}
  - {name: demandes, type: integer, description: Nombre., example: "3"}
key: [objet]
access: internal
retention: {keep: 2 years, reason: répondre aux demandes}
budget: {stored_mb: 5, cpu_s: 60}
--- */
select
    objet,
    count(*) as demandes
from sources.demandes
group by objet
"""
ENTRY = """\
title: Demandes des habitants
number: T-001
created: 2026-01-05
updated: 2026-01-05
service: Relation aux habitants
controller: "{name}"
dpo: "{dpo}"
purposes: {main: Répondre aux demandes}
basis: {article_6: public_task, justification: mission de service public}
persons: [habitants]
data: {identity: nom et prénom}
origin: la personne
recipients: {internal: [relation aux habitants]}
retention: {active: 2 years, final: destroy, starts: dépôt, reference: essai, validated_by: essai}
security: {technical: [chiffrement], organisational: [habilitations]}
rights: par courrier
assessment: {criteria: []}
"""


def town_hall(folder: Path) -> Scenario:
    """The territory, nothing published yet."""
    scenario = Scenario(folder)
    scenario.write("sources/demandes.yaml", SOURCE)
    scenario.write("curated/demandes_arbres.sql", JOINED)
    scenario.write("curated/objets_demandes.sql", COUNTED)
    scenario.write("register/demandes.yaml", ENTRY)
    scenario.write("demandes.csv", HEAD + OTHERS + HERS + SPOILT + TORN)
    return scenario


def holders(platform: Platform, words: tuple[str, ...] = CAMILLE) -> dict[str, list[str]]:
    """The files of the data folder that hold a word, packed ones opened; nothing is believed."""
    found = {}
    for path in sorted(platform.home.path.rglob("*")):
        if path.is_file():
            content = b"".join(_contents(path))
            spelled = {word: (word.encode(), word.encode("utf-16-le")) for word in words}
            held = [word for word, forms in spelled.items() if any(one in content for one in forms)]
            if held:
                found[path.relative_to(platform.home.path).as_posix()] = held
    return found


def _contents(path: Path) -> list[bytes]:
    content = path.read_bytes()
    opened = [content]
    if path.suffix == ".zst":
        opened.append(zstandard.ZstdDecompressor().stream_reader(content).read())
    if content.startswith(b"\x1f\x8b"):
        opened.append(zlib.decompress(content, wbits=31))
    return opened
