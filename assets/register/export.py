"""The register as files: a spreadsheet after the CNIL's simplified model, and JSON for machines.

Whole, security measures included: it is for the DPO and the authority of control. What a page
tells of it is in `assets.dashboards.subjects.registre`.
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assets.register.facts import Processing
from assets.register.words import DATA, SENSITIVE, assessment, duration, ground
from checks.territory import Territory
from resources.french import plural, weight
from resources.opendocument import write_sheets

Rows = list[Sequence[object]]
SHEET_NAME = 31  # signs that every office suite keeps


def write_register(
    path: Path, territory: Territory, found: Sequence[Processing], day: dt.date
) -> None:
    """A spreadsheet: the list of processings, then one sheet each, in the CNIL's order.

    Raises:
        OSError: it cannot be written there.
    """
    sheets: dict[str, Rows] = {"Liste des traitements": _list(territory, found, day)}
    for rank, one in enumerate(found, 1):
        name = f"{one.entry.number} {one.entry.title}"[:SHEET_NAME].strip()
        # Two processings may bear one number: neither may take the other's place.
        sheets[name if name not in sheets else f"{name[: SHEET_NAME - 5]} {rank}"] = _sheet(one)
    write_sheets(path, f"Registre des traitements de {territory.name}", sheets, day)


def register_json(
    territory: Territory, found: Sequence[Processing], day: dt.date
) -> dict[str, Any]:
    """The register for machines: what is declared word for word, and what is observed beside it."""
    return {
        "territory": territory.name,
        "siren": territory.epci,
        "dpo": territory.dpo,
        "made_on": day.isoformat(),
        "processings": [
            {
                "name": one.name,
                **one.entry.model_dump(mode="json"),
                "assessment_missing": one.entry.assessment.missing,
                "observed": {
                    "rows": one.rows,
                    "overdue_rows": one.overdue,
                    "open_tables_made_of_it": list(one.opened),
                    "tables": [
                        {
                            "table": held.key,
                            "access": held.access,
                            "keep": held.keep,
                            "rows": held.rows,
                            "bytes": held.bytes,
                            "natures": dict(held.natures),
                            "pseudonyms": list(held.pseudonyms),
                            "columns_not_kept": list(held.left_out),
                            "last_purge": held.purge.day.isoformat() if held.purge else None,
                            "purged_rows": held.purge.rows if held.purge else None,
                        }
                        for held in one.holdings
                    ],
                },
            }
            for one in found
        ],
    }


def _list(territory: Territory, found: Sequence[Processing], day: dt.date) -> Rows:
    return [
        ["Registre des activités de traitement (RGPD, article 30)"],
        ["Organisme", territory.name],
        ["SIREN", territory.epci],
        ["Contact", territory.contact],
        ["Délégué à la protection des données", territory.dpo],
        ["Édité le", day.isoformat()],
        [],
        [
            "N° / RÉF", "Nom du traitement", "Service", "Finalité principale", "Date de création",
            "Mise à jour", "Durée de conservation", "Données sensibles", "AIPD", "Lignes",
            "Lignes hors délai", "Dernière purge",
        ],
        *(
            [
                one.entry.number,
                one.entry.title,
                one.entry.service,
                one.entry.purposes.main,
                one.entry.created.isoformat(),
                one.entry.updated.isoformat(),
                duration(one.entry),
                "oui" if SENSITIVE & set(one.entry.data) or one.entry.nir else "non",
                assessment(one.entry),
                one.rows,
                one.overdue,
                one.purge.day.isoformat() if one.purge else "jamais",
            ]
            for one in found
        ),
    ]  # fmt: skip


def _sheet(one: Processing) -> Rows:
    entry, ages = one.entry, one.entry.retention
    rows: Rows = [
        ["Fiche de registre"],
        ["Nom / sigle", entry.title],
        ["N° / RÉF", entry.number],
        ["Date de création", entry.created.isoformat()],
        ["Mise à jour", entry.updated.isoformat()],
        ["Service chargé de la mise en œuvre", entry.service],
        ["Logiciels", *entry.software],
        [],
        ["Acteurs"],
        ["Responsable du traitement", entry.controller],
        ["Délégué à la protection des données", entry.dpo],
        ["Représentant", entry.representative or "sans objet"],
        ["Responsables conjoints", *(entry.joint_controllers or ["aucun"])],
        [],
        ["Finalités du traitement effectué"],
        ["Finalité principale", entry.purposes.main],
        *([f"Sous-finalité {n}", text] for n, text in enumerate(entry.purposes.others, 1)),
        ["Base légale", ground(entry)],
        [],
        ["Mesures de sécurité"],
        *(["Mesures de sécurité techniques", text] for text in entry.security.technical),
        *(
            ["Mesures de sécurité organisationnelles", text]
            for text in entry.security.organisational
        ),
        [],
        ["Catégories de données personnelles concernées", "Description", "Délai d’effacement"],
        *_data(entry.data, sensitive=False, delay=ages.french),
        [],
        ["Données sensibles", "Description", "Délai d’effacement"],
        *_data(entry.data, sensitive=True, delay=ages.french),
        [],
        ["Origine des données", entry.origin],
        [],
        ["Catégories de personnes concernées", "Description"],
        *([f"Catégorie de personnes {n}", text] for n, text in enumerate(entry.persons, 1)),
        ["Nombre estimé de personnes", entry.number_of_persons],
        [],
        ["Destinataires", "Type de destinataire"],
        *([text, "interne"] for text in entry.recipients.internal),
        *([text, "externe"] for text in entry.recipients.external),
        *([text, "sous-traitant"] for text in entry.recipients.processors),
        [],
        ["Transferts hors UE", "Pays", "Type de garanties", "Lien vers la documentation"],
        *(
            [move.recipient, move.country, move.guarantee, move.documentation]
            for move in entry.transfers
        ),
        *([] if entry.transfers else [["aucun"]]),
        [],
        ["Durées de conservation"],
        ["Base active et archivage intermédiaire", ages.french],
        ["Sort final", duration(entry)],
        ["Point de départ", ages.starts],
        ["Texte de référence", ages.reference],
        ["Validée par", ages.validated_by],
        ["Visa d’élimination", entry.elimination_visa or "sans objet"],
    ]
    if entry.hold:
        held = f"depuis le {entry.hold.since.isoformat()}, par {entry.hold.author}"
        rows.append(["Gel (contentieux)", f"{entry.hold.reason} ({held})"])
    rows += [
        ["Exercice des droits", entry.rights],
        ["Analyse d’impact (AIPD)", assessment(entry)],
        [],
        ["Constaté par la plateforme"],
        [
            "Table",
            "Accès",
            "Lignes",
            "Poids",
            "Conservation",
            "Dernière purge",
            "Colonnes personnelles",
            "Colonnes du fichier non gardées",
        ],
        *(
            [
                held.key,
                held.access,
                held.rows,
                weight(held.bytes) if held.bytes is not None else "",
                held.keep,
                f"{held.purge.day.isoformat()} ({plural(held.purge.rows, 'ligne')})"
                if held.purge
                else "jamais",
                ", ".join(held.natures),
                ", ".join(held.left_out),
            ]
            for held in one.holdings
        ),
    ]
    return rows


def _data(said: Any, *, sensitive: bool, delay: str) -> Rows:
    """Every category of the model, those that are not processed told as such."""
    return [
        [label, said.get(kind, "non"), delay if kind in said else ""]
        for kind, label in DATA.items()
        if (kind in SENSITIVE) is sensitive
    ]
