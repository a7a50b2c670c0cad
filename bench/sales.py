"""Property sales like the geolocated DVF files, drawn by DuckDB: twenty columns, always the same.

`written` gives the file an agent receives: UTF-8 as data.gouv.fr serves it, or cp1252 with French
numbers and dates as a business application exports it. Thirty-two rows are at fault, one in
`rows / 32`: a letter in a number, a day that does not exist, a torn line, a nature of sale that is
not on the list. The contract of each is `contract`.
"""

from pathlib import Path
from typing import Any

import duckdb

FAULTS = 32
COLUMNS: list[tuple[str, str, dict[str, Any]]] = [
    ("id_mutation", "string", {"required": True}),
    ("date_mutation", "date", {"required": True}),
    ("numero_disposition", "integer", {"required": True, "minimum": 1}),
    (
        "nature_mutation",
        "string",
        {"enum": ["Vente", "Vente en l’état futur d’achèvement", "Adjudication", "Échange"]},
    ),
    ("valeur_fonciere", "number", {"minimum": 0}),
    ("adresse_numero", "integer", {"minimum": 0, "maximum": 9999}),
    ("adresse_nom_voie", "string", {}),
    ("code_postal", "string", {}),
    ("code_commune", "string", {"required": True, "pattern": r"([013-9]\d|2[AB1-9])\d{3}"}),
    ("nom_commune", "string", {"required": True}),
    ("code_departement", "string", {"minLength": 2, "maxLength": 3}),
    ("id_parcelle", "string", {"required": True, "minLength": 14, "maxLength": 14}),
    ("nombre_lots", "integer", {"minimum": 0}),
    ("code_type_local", "integer", {"minimum": 1, "maximum": 4}),
    ("type_local", "string", {"enum": ["Maison", "Appartement", "Dépendance", "Local"]}),
    ("surface_reelle_bati", "number", {"minimum": 0}),
    ("nombre_pieces_principales", "integer", {"minimum": 0, "maximum": 100}),
    ("surface_terrain", "number", {"minimum": 0}),
    ("longitude", "number", {"minimum": -180, "maximum": 180}),
    ("latitude", "number", {"minimum": -90, "maximum": 90}),
]
DRAWN = """
select
    2021 + i % 5 || '-' || (100000 + i // 3) as id_mutation,
    date '2021-01-02' + ((i // 3) * 1800 // greatest({rows} // 3, 1))::int as date_mutation,
    1 + (hash(i, 1) % 3)::int as numero_disposition,
    ['Vente', 'Vente', 'Vente', 'Vente en l’état futur d’achèvement', 'Adjudication', 'Échange']
        [1 + (hash(i // 3, 2) % 6)::int] as nature_mutation,
    case when hash(i, 3) % 50 > 0
        then (20000 + hash(i // 3, 3) % 60000000 / 100)::decimal(12, 2) end as valeur_fonciere,
    case when hash(i, 4) % 5 > 0 then (1 + hash(i, 5) % 240)::int end as adresse_numero,
    ['RUE', 'AVENUE', 'ALLÉE', 'CHEMIN', 'IMPASSE'][1 + (hash(i, 6) % 5)::int] || ' '
        || ['DES LYCÉES', 'DU MAIL', 'SAINT-AUBIN', 'DE LA RÉPUBLIQUE', 'JEAN JAURÈS', 'D’ANJOU']
        [1 + (hash(i, 7) % 6)::int] || ' ' || (hash(i, 8) % 900) as adresse_nom_voie,
    printf('49%03d', (hash(i, 9) % 900)::int) as code_postal,
    printf('49%03d', (hash(i, 9) % 360)::int) as code_commune,
    ['Angers', 'Trélazé', 'Écouflant', 'Les Ponts-de-Cé', 'Avrillé', 'Saint-Barthélemy-d’Anjou']
        [1 + (hash(i, 9) % 6)::int] as nom_commune,
    '49' as code_departement,
    printf('49%03d000%s%04d', (hash(i, 9) % 360)::int, ['AB', 'ZC', 'DK'][1 + (i % 3)::int],
        (hash(i, 10) % 9999)::int) as id_parcelle,
    (hash(i, 11) % 4)::int as nombre_lots,
    case when hash(i, 12) % 3 > 0 then (1 + hash(i, 13) % 4)::int end as code_type_local,
    case when hash(i, 12) % 3 > 0 then ['Maison', 'Appartement', 'Dépendance', 'Local']
        [1 + (hash(i, 13) % 4)::int] end as type_local,
    case when hash(i, 12) % 3 > 0 then (9 + hash(i, 14) % 240)::int end as surface_reelle_bati,
    case when hash(i, 12) % 3 > 0 then (hash(i, 15) % 9)::int end as nombre_pieces_principales,
    case when hash(i, 16) % 2 > 0 then (10 + hash(i, 17) % 3000)::int end as surface_terrain,
    (-0.75 + hash(i, 18) % 450000 / 1e6)::decimal(9, 6) as longitude,
    (47.34 + hash(i, 19) % 280000 / 1e6)::decimal(9, 6) as latitude
from range({rows}) as drawn(i)
"""


def contract(*, french: bool = False, exact: bool = False, **words: Any) -> dict[str, Any]:
    """The words of the contract, for `Contract.model_validate`; `exact` numbers are decimals."""
    own: dict[str, dict[str, Any]] = {}
    if french:
        own = {"number": {"decimalChar": ",", "groupChar": " "}, "date": {"format": "%d/%m/%Y"}}
    return {
        "title": "Ventes",
        "description": "Ventes immobilières tirées au sort.",
        "theme": "aménagement",
        "grain": "une ligne par bien vendu",
        "encoding": "cp1252" if french else "utf-8",
        "dialect": {"delimiter": ";" if french else ","},
        "columns": [
            {
                "name": name,
                "type": kind,
                "description": name,
                "example": "x",
                "constraints": constraints,
                **own.get(kind, {}),
                **(
                    {"decimals": 6 if name.endswith("tude") else 2}
                    if exact and kind == "number"
                    else {}
                ),
            }
            for name, kind, constraints in COLUMNS
        ],
        "access": "open",
        "retention": {"keep": "1 year", "reason": "mesure"},
        "budget": {"stored_mb": 1000, "cpu_s": 100},
        **words,
    }


def written(path: Path, rows: int, *, french: bool = False, faults: int = FAULTS) -> Path:
    """The file of `rows` sales, so many of them at fault, made once."""
    if path.is_file():
        return path
    draft = path.with_suffix(".draft")
    written = ", ".join(_text(name, kind, french) for name, kind, _ in COLUMNS)
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select {written} from ({DRAWN.format(rows=rows)})) to '{draft}' "
            f"(format csv, header true, delimiter '{';' if french else ','}')"
        )
    step, at = max(rows // max(faults, 1), 1), 0
    encoding = "cp1252" if french else "utf-8"
    with (
        draft.open(encoding="utf-8", newline="") as read,
        path.open("w", encoding=encoding, newline="") as file,
    ):
        for number, line in enumerate(read):
            if faults and number and number % step == 0:
                line = _spoilt(line, ";" if french else ",", at)
                at += 1
            file.write(line)
    draft.unlink()
    return path


def _text(name: str, kind: str, french: bool) -> str:
    if french and kind == "number":
        return f"replace({name}::varchar, '.', ',') as {name}"
    if french and kind == "date":
        return f"strftime({name}, '%d/%m/%Y') as {name}"
    return name


def _spoilt(line: str, delimiter: str, which: int) -> str:
    fields = line.rstrip("\n").split(delimiter)
    match which % 4:
        case 0:
            fields[2] = "12a"
        case 1:
            fields[1] = fields[1].replace("/", "-")[:8] + "45"
        case 2:
            fields.append("de trop")
        case 3:
            fields[3] = "Don"
    return delimiter.join(fields) + "\n"
